/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gathering: where no free span is large enough for a request, the pages of several smaller ones are
 * moved (mremap) to one place. Moving a page costs a tenth or less of touching a new one, and the
 * process does not grow. find.c decides when; doc/HACKING.md has the whole picture.
 *
 * The system calls happen without the lock, on spans that are LIVE or PURGING: no other thread may
 * touch those.
 */
#include "pool/heap_private.h"

#include "pool/origin.h"

/* A move costs as much as touching three to ten pages, whatever its size. */
#define PIECE_MIN ((size_t)64 << 10)
#define PIECES	  64
/* After so many refusals (by an old kernel, or a filter of system calls) it is not tried again. */
#define REFUSED_MAX 64

/* Pages that nobody has touched are moved for nothing. Where hardly one of a piece was, so many requests do without. */
#define SPARSE_BELOW  4 /* one page of so many is resident */
#define SPARSE_PAUSE  64
#define SPARSE_LOOKED ((size_t)4 << 20)

size_t heap_gather_from = SIZE_MAX;

_Atomic bool heap_gathering;
static unsigned n_refused, sparse_pause;

void
heap_adopt(struct weir_span *s)
{
	weir_list_remove(s);
	heap_leave(s);
	heap_enter(s, WEIR_SPAN_LIVE);
}

static size_t
piece_min(size_t bytes)
{
	return bytes / 16 > PIECE_MIN ? bytes / 16 : PIECE_MIN;
}

bool
heap_can_gather(size_t bytes)
{
	const struct weir_span *s = index_largest(&HEAP_FREE(WEIR_SPAN_DIRTY));

	if (bytes < heap_gather_from || heap_gathering || n_refused >= REFUSED_MAX ||
	    s == NULL || s->bytes < piece_min(bytes) || !origin_has_room(PIECES))
		return false;
	if (sparse_pause == 0)
		return true;
	sparse_pause--;
	return false;
}

static bool
is_sparse(const struct weir_span *piece)
{
	size_t bytes = piece->bytes < SPARSE_LOOKED ? piece->bytes : SPARSE_LOOKED;
	int64_t resident = heap_pages->resident((void *)piece->base, bytes);

	return resident >= 0 && (uint64_t)resident < bytes / SPARSE_BELOW;
}

static void
leave_piece(struct weir_span *piece)
{
	weir_lock(&heap_mutex);
	sparse_pause = SPARSE_PAUSE;
	weir_list_remove(piece);
	heap_put(piece, WEIR_SPAN_DIRTY, piece->freed_ns);
	heap_unlock();
}

/* Where the pages will go: unused address space, made usable. */
static struct weir_span *
take_target(size_t bytes)
{
	bool ready = heap_lock();
	enum weir_span_state was = WEIR_SPAN_CLEAN;
	struct weir_span *s = ready ? heap_take(bytes, WEIR_PAGE_BYTES, was) : NULL;

	if (ready && s == NULL) {
		was = WEIR_SPAN_RESERVED;
		s = heap_take(bytes, WEIR_PAGE_BYTES, was);
	}
	bool usable = s != NULL && (was == WEIR_SPAN_CLEAN || heap_is_usable(s));
	if (s != NULL)
		heap_set_apart(s, s->bytes);
	heap_unlock();
	if (s == NULL || usable || heap_commit(s) == 0)
		return s;
	weir_lock(&heap_mutex);
	weir_list_remove(s);
	heap_count_fresh(-(int64_t)s->bytes);
	heap_put(s, WEIR_SPAN_RESERVED, s->freed_ns);
	heap_unlock();
	return NULL;
}

bool
heap_may_move(struct weir_region *r)
{
	weir_lock(&heap_mutex);
	int32_t *table = r->origin;
	bool room = origin_has_room(1);
	heap_unlock();
	if (table != NULL || !room)
		return room;
	table = origin_make(heap_pages, r);
	if (table == NULL)
		return false;
	weir_lock(&heap_mutex);
	bool first = r->origin == NULL;
	if (first) {
		__atomic_store_n(&r->origin, table, __ATOMIC_RELEASE);
		heap_stats.metadata_bytes += origin_table_bytes(r);
	}
	heap_unlock();
	if (!first)
		heap_pages->release(table, origin_table_bytes(r));
	return true;
}

/* The longest free span (its first `bytes`, if it is longer); NULL if that is shorter than `least`. */
static struct weir_span *
take_piece(size_t bytes, size_t least)
{
	struct weir_span *s = NULL;

	if (heap_lock())
		s = index_largest(&HEAP_FREE(WEIR_SPAN_DIRTY));
	if (s != NULL && s->bytes < least)
		s = NULL;
	if (s != NULL)
		heap_set_apart(s, bytes);
	heap_unlock();
	return s;
}

size_t
heap_move(const struct weir_span *from, const struct weir_span *to, size_t offset,
	  size_t bytes, int *stop)
{
	const struct weir_region *source = region_get(from->region);
	struct weir_region *target = region_get(to->region);
	size_t done = 0;

	*stop = 0;
	while (done < bytes && heap_may_move(target)) {
		uintptr_t at = from->base + done, there = to->base + offset + done;
		size_t run = origin_run(source, at, bytes - done);

		if (run > HEAP_STEP_BYTES)
			run = HEAP_STEP_BYTES;

		if (!origin_can_move(source, at, there))
			break;
		*stop = heap_pages->move((void *)at, (void *)there, run);
		if (*stop != 0)
			break;
		weir_lock(&heap_mutex);
		origin_moved(source, at, target, there, run);
		heap_unlock();
		done += run;
	}
	return done;
}

/* Moves a piece's pages, as many as the kernel moves, and frees what is left of it. */
static size_t
move_piece(struct weir_span *s, const struct weir_span *to, size_t offset, int *stop)
{
	const struct weir_region *r = region_get(s->region);
	enum weir_span_state state = WEIR_SPAN_CLEAN;
	size_t bytes = s->bytes, moved = heap_move(s, to, offset, bytes, stop);

	if (moved < bytes)
		state = WEIR_SPAN_DIRTY;
	else if (origin_strange(r, s->base, bytes) &&
		 heap_discard(s) == WEIR_PURGED_RESERVED)
		state = WEIR_SPAN_RESERVED;
	weir_lock(&heap_mutex);
	weir_list_remove(s);
	n_refused += *stop != 0;
	heap_stats.gathered_bytes += moved;
	heap_count_fresh(-(int64_t)moved);
	heap_stats.recycled_bytes += moved;
	heap_put(s, state, s->freed_ns);
	heap_unlock();
	return moved;
}

/* What was the block's place may be anybody's: it stays out of use, for a forked child as well. */
static struct weir_span *
give_up(struct weir_span *s)
{
	weir_lock(&heap_mutex);
	weir_list_remove(s);
	heap_unlock();
	return NULL;
}

static struct weir_span *
gather(size_t bytes, enum weir_span_state *was)
{
	struct weir_span *s = take_target(bytes);
	size_t done = 0, least = piece_min(bytes);

	*was = WEIR_SPAN_CLEAN;
	if (s == NULL)
		return NULL;
	for (int i = 0; i < PIECES && bytes - done >= PIECE_MIN; i++) {
		struct weir_span *piece = take_piece(bytes - done, least);

		if (piece == NULL)
			break;
		if (i == 0 && is_sparse(piece)) {
			leave_piece(piece);
			break;
		}
		int stop;
		size_t wanted = piece->bytes, moved = move_piece(piece, s, done, &stop);
		if (stop == WEIR_MOVE_LOST)
			return give_up(s);
		done += moved;
		if (moved < wanted)
			break;
	}
	if (done != 0)
		*was = WEIR_SPAN_DIRTY;
	return s;
}

struct weir_span *
heap_gather(size_t bytes, enum weir_span_state *was)
{
	if (atomic_exchange(&heap_gathering, true))
		return NULL;
	struct weir_span *s = gather(bytes, was);
	heap_gathering = false;
	return s;
}
