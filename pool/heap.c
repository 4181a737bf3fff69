/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking, giving, joining and cutting spans. No system call happens here: what the kernel must
 * do stands in heap_system.c, outside the lock.
 */
#include "pool/heap_private.h"

#include "pool/origin.h"
#include "pool/pool.h"
#include "pool/records.h"

#define ROOMY_GAP ((size_t)64 << 20)

struct weir_heap_stats heap_stats;
const struct weir_pages *heap_pages = &weir_pages_system;
struct weir_lock heap_mutex;
size_t heap_region_bytes = (size_t)1 << 30;
uint64_t heap_footprint_max = UINT64_MAX, heap_lent_peak, heap_slack = UINT64_MAX;
_Atomic int64_t heap_clock_ns;
_Atomic uint64_t heap_free_events;

struct span_index heap_free[HEAP_FREE_STATES];
struct weir_span heap_purging;
struct heap_region_use heap_use[WEIR_REGIONS_MAX];

void
heap_init(const struct weir_pages *pages, size_t region_bytes)
{
	heap_pages = pages;
	heap_region_bytes = region_bytes;
	heap_ahead_most = region_bytes / 64;
	index_init(&HEAP_FREE(WEIR_SPAN_DIRTY));
	index_init(&HEAP_FREE(WEIR_SPAN_CLEAN));
	index_init(&HEAP_FREE(WEIR_SPAN_RESERVED));
	weir_list_init(&heap_purging);
}

uint64_t
heap_footprint(void)
{
	return heap_stats.state_bytes[WEIR_SPAN_LIVE] +
	       heap_stats.state_bytes[WEIR_SPAN_DIRTY] +
	       heap_stats.state_bytes[WEIR_SPAN_PURGING] - heap_ahead_bytes;
}

/* The lock is held. */
static bool
ready_records(void)
{
	while (!records_at_hand()) {
		weir_unlock(&heap_mutex);
		void *chunk = records_chunk(heap_pages);
		weir_lock(&heap_mutex);
		if (chunk == NULL)
			return records_at_hand();
		records_add_chunk(chunk);
		heap_stats.metadata_bytes += RECORDS_CHUNK_BYTES;
	}
	return true;
}

bool
heap_lock(void)
{
	weir_lock(&heap_mutex);
	return ready_records();
}

bool
heap_lock_soon(bool *ready)
{
	bool got = weir_lock_soon(&heap_mutex);

	if (got)
		*ready = ready_records();
	return got;
}

bool
heap_lock_spin(bool *ready)
{
	bool got = weir_lock_spin(&heap_mutex);

	if (got)
		*ready = ready_records();
	return got;
}

void
heap_unlock(void)
{
	weir_unlock(&heap_mutex);
}

bool
weir_pool_is_around(const struct weir_span *s, uintptr_t at)
{
	if (!weir_trylock(&heap_mutex))
		return false;
	bool is = at - s->base < s->bytes && weir_span_state(s) == WEIR_SPAN_LIVE;
	weir_unlock(&heap_mutex);
	return is;
}

static bool
is_free(enum weir_span_state state)
{
	return state == WEIR_SPAN_DIRTY || state == WEIR_SPAN_CLEAN ||
	       state == WEIR_SPAN_RESERVED;
}

static bool
takes_memory(enum weir_span_state state)
{
	return state != WEIR_SPAN_CLEAN && state != WEIR_SPAN_RESERVED;
}

/* The kernel has a mapping for each, and one for what lies between two. */
static size_t reserved_spans;

/* Every change of a span's state or size goes through account: the sums cannot drift. */
static void
account(const struct weir_span *s, enum weir_span_state state, int sign)
{
	uint64_t bytes = sign < 0 ? -(uint64_t)s->bytes : s->bytes;

	/* Whoever wants only an idea of it reads it without the lock. */
	__atomic_store_n(&heap_stats.state_bytes[state],
			 heap_stats.state_bytes[state] + bytes, __ATOMIC_RELAXED);
	if (takes_memory(state))
		heap_use[s->region].used_bytes += bytes;
	if (state == WEIR_SPAN_RESERVED)
		reserved_spans += (size_t)sign;
}

/* Puts a span that is in no list into `state`, and into its index if it is free. */
void
heap_enter(struct weir_span *s, enum weir_span_state state)
{
	account(s, state, 1);
	if (state != WEIR_SPAN_RESERVED && s->base + s->bytes > heap_use[s->region].high)
		heap_use[s->region].high = s->base + s->bytes;
	weir_span_set_state(s, state);
	region_map_set(region_get(s->region), s);
	if (is_free(state))
		index_add(&HEAP_FREE(state), s);
}

/* Takes a span out of its state, and of its index if it is free. */
void
heap_leave(struct weir_span *s)
{
	enum weir_span_state state = weir_span_state(s);

	/* STOCKED is lent as LIVE is: the classes tell them apart. */
	if (state == WEIR_SPAN_STOCKED)
		state = WEIR_SPAN_LIVE;
	account(s, state, -1);
	if (is_free(state))
		index_remove(&HEAP_FREE(state), s);
}

struct weir_span *
heap_split(struct weir_span *s, size_t bytes)
{
	struct weir_span *rest = record_new();

	rest->base = s->base + bytes;
	rest->bytes = s->bytes - bytes;
	rest->region = s->region;
	rest->freed_ns = s->freed_ns;
	s->bytes = bytes;
	return rest;
}

void
heap_set_apart(struct weir_span *s, size_t bytes)
{
	enum weir_span_state was = weir_span_state(s);

	heap_leave(s);
	if (s->bytes > bytes)
		heap_enter(heap_split(s, bytes), was);
	heap_enter(s, WEIR_SPAN_PURGING);
	weir_list_push(&heap_purging, s);
}

void
heap_count_use(size_t bytes, enum weir_span_state from)
{
	if (from == WEIR_SPAN_DIRTY)
		heap_stats.recycled_bytes += bytes;
	else
		heap_count_fresh((int64_t)bytes);
}

struct weir_span *
heap_carve(struct weir_span *s, size_t head, size_t bytes)
{
	enum weir_span_state from = weir_span_state(s);

	heap_leave(s);
	if (head != 0) {
		struct weir_span *front = s;

		s = heap_split(front, head);
		heap_enter(front, from);
	}
	if (s->bytes > bytes)
		heap_enter(heap_split(s, bytes), from);
	s->grade = WEIR_SPAN_NO_GRADE;
	s->flags = 0;
	heap_enter(s, WEIR_SPAN_LIVE);
	heap_count_use(bytes, from);
	return s;
}

/* What served an aligned block before serves the next one, though it has nothing to spare. */
static struct weir_span *
fit(size_t bytes, size_t align, enum weir_span_state state)
{
	struct weir_span *s = index_fit(&HEAP_FREE(state), bytes);

	if (s == NULL || heap_head(s, align) + bytes <= s->bytes)
		return s;
	return index_fit(&HEAP_FREE(state), bytes + align - WEIR_PAGE_BYTES);
}

bool
heap_has_unused(size_t bytes)
{
	return index_fit(&HEAP_FREE(WEIR_SPAN_CLEAN), bytes) != NULL ||
	       index_fit(&HEAP_FREE(WEIR_SPAN_RESERVED), bytes) != NULL;
}

struct weir_span *
heap_take(size_t bytes, size_t align, enum weir_span_state from)
{
	struct weir_span *s = fit(bytes, align, from);

	return s != NULL ? heap_carve(s, heap_head(s, align), bytes) : NULL;
}

struct weir_span *
heap_take_roomy(size_t bytes, size_t room, enum weir_span_state from)
{
	struct weir_span *s = index_largest(&HEAP_FREE(from));
	size_t gap = 0;

	if (s == NULL || s->bytes < room)
		return NULL;
	/* Other blocks begin at the start of unused space: leave them some, while mappings are plenty. */
	if (from != WEIR_SPAN_DIRTY && s->bytes / 16 >= bytes &&
	    reserved_spans < origin_most())
		gap = s->bytes / 4 < ROOMY_GAP ? s->bytes / 4 & -weir_machine_page
					       : ROOMY_GAP;
	return heap_carve(s, gap, bytes);
}

struct weir_span *
heap_neighbour(const struct weir_span *s, uintptr_t address)
{
	struct weir_region *r = region_get(s->region);

	if (address < r->base || address >= r->base + r->bytes)
		return NULL;
	return atomic_load_explicit(&r->map[region_page(r, address)],
				    memory_order_relaxed);
}

/* `into` swallows `s`, which lies next to it; neither is in a state. */
static void
join(struct weir_span *into, struct weir_span *s)
{
	/* The age of a joined span is the mean of its bytes' ages. */
	double share = (double)s->bytes / (double)(s->bytes + into->bytes);

	into->freed_ns += (int64_t)(share * (double)(s->freed_ns - into->freed_ns));
	into->bytes += s->bytes;
	if (s->base < into->base)
		into->base = s->base;
	record_free(s);
}

/* It may have to be made usable again (heap_usable.c). */
static void
forget_usable(const struct weir_span *s)
{
	struct heap_region_use *use = &heap_use[s->region];

	if (s->base >= use->usable_to || s->base + s->bytes <= use->usable_from)
		return;
	use->usable_to = s->base > use->usable_from ? s->base : use->usable_from;
}

void
heap_put(struct weir_span *s, enum weir_span_state state, int64_t freed_ns)
{
	struct weir_span *before = heap_neighbour(s, s->base - 1);
	struct weir_span *behind = heap_neighbour(s, s->base + s->bytes);

	heap_leave(s);
	if (state == WEIR_SPAN_RESERVED)
		forget_usable(s);
	s->freed_ns = freed_ns;
	if (before != NULL && weir_span_state(before) == state) {
		heap_leave(before);
		join(s, before);
	}
	if (behind != NULL && weir_span_state(behind) == state) {
		heap_leave(behind);
		join(s, behind);
	}
	heap_enter(s, state);
	heap_count_free();
	heap_use[s->region].quiet_since_ns = INT64_MAX;
}

void
heap_cut(struct weir_span *s, size_t bytes, enum weir_span_state state, int64_t freed_ns)
{
	heap_leave(s);
	struct weir_span *rest = heap_split(s, bytes);
	heap_enter(s, WEIR_SPAN_LIVE);
	heap_enter(rest, WEIR_SPAN_LIVE);
	heap_put(rest, state, freed_ns);
}

static bool
find_behind(const struct weir_span *s, size_t more, struct heap_behind *behind)
{
	uintptr_t end = s->base + s->bytes, wanted = end + more;

	behind->n = 0;
	while (end < wanted && behind->n < HEAP_BEHIND_MAX) {
		struct weir_span *piece = heap_neighbour(s, end);

		if (piece == NULL || !is_free(weir_span_state(piece)))
			return false;
		behind->piece[behind->n++] = piece;
		end += piece->bytes;
	}
	return end >= wanted;
}

bool
heap_take_behind(const struct weir_span *s, size_t more, struct heap_behind *behind)
{
	if (!find_behind(s, more, behind))
		return false;
	behind->fresh_bytes = 0;
	for (unsigned i = 0; i < behind->n; i++) {
		struct weir_span *piece = behind->piece[i];
		enum weir_span_state was = weir_span_state(piece);

		heap_set_apart(piece, more);
		more -= piece->bytes;
		behind->was[i] = was;
		behind->fresh_bytes += was != WEIR_SPAN_DIRTY ? piece->bytes : 0;
	}
	return true;
}

void
heap_append(struct weir_span *s, const struct heap_behind *behind)
{
	heap_leave(s);
	for (unsigned i = 0; i < behind->n; i++) {
		struct weir_span *piece = behind->piece[i];

		weir_list_remove(piece);
		heap_leave(piece);
		s->bytes += piece->bytes;
		heap_count_use(piece->bytes, behind->was[i]);
		record_free(piece);
	}
	heap_enter(s, WEIR_SPAN_LIVE);
}

void
heap_leave_behind(const struct heap_behind *behind)
{
	for (unsigned i = 0; i < behind->n; i++) {
		weir_list_remove(behind->piece[i]);
		heap_put(behind->piece[i], behind->was[i], behind->piece[i]->freed_ns);
	}
}

int64_t
heap_oldest_ns(void)
{
	const struct weir_span *s = index_oldest(&HEAP_FREE(WEIR_SPAN_DIRTY));

	return s != NULL ? s->freed_ns : INT64_MAX;
}
