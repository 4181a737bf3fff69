/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations, and what must be equal after each. Where the C library's answer is a matter of
 * how much memory there is (a huge alignment), ours may succeed where theirs fails, never the
 * other way round.
 */
#include "tests/heaps/heap_pairs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRESET 4242		 /* no error has this number */
#define HUGE   ((size_t)1 << 20) /* alignments from here on cost theirs more than ours */

static _Noreturn void
differs(const struct pairs *r, const char *what)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "%s: operation %llu, %s: %s\n", r->name,
			 (unsigned long long)r->operations, r->doing, what);

	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		_exit(3);
	abort();
}

static uint32_t
pick(struct pairs *r, uint32_t n)
{
	return r->pick(r->source, n);
}

static size_t
near(struct pairs *r, size_t size)
{
	return size + pick(r, 35) - 17;
}

static size_t
pick_size(struct pairs *r)
{
	switch (pick(r, 16)) {
	case 0:
		return pick(r, 65);
	case 1:
		return near(r, (size_t)4096 * (1 + pick(r, 256)));
	case 2:
	case 3:
		return near(r, r->around[0]);
	case 4:
	case 5:
		return near(r, r->around[1]);
	case 6: /* four steps a doubling */
		return near(r, (size_t)(4 + pick(r, 4)) << (10 + pick(r, 12)));
	case 7:
		return near(r, (size_t)1 << (12 + pick(r, 12)));
	case 8:
		return near(r, PTRDIFF_MAX);
	case 9:
		return SIZE_MAX - pick(r, 8192);
	case 10:
		return near(r, (size_t)1 << (41 + pick(r, 22)));
	default:
		return 1 + pick(r, 2u << pick(r, 23));
	}
}

static size_t
pick_align(struct pairs *r)
{
	switch (pick(r, 8)) {
	case 0: /* none that is allowed */
		return pick(r, 100);
	case 1:
		return SIZE_MAX / 2 + pick(r, 4);
	case 2:
		return (size_t)1 << pick(r, 64);
	default:
		return (size_t)8 << pick(r, 19);
	}
}

static unsigned char
byte_at(const struct pair *b, size_t at)
{
	return (unsigned char)(b->pattern + at + (at >> 8) * 7 + (at >> 16) * 31);
}

/* The next place that is looked at: coarse, but every page of all but giants, and both ends. */
static size_t
place_after(size_t at, size_t size)
{
	size_t step = size > (size_t)64 << 20 ? size / 4096 : 509;

	if (at < 16 || at + 16 >= size)
		return at + 1;
	return at + step < size - 16 ? at + step : size - 16;
}

static void
fill(struct pair *b)
{
	for (size_t at = 0; at < b->size; at = place_after(at, b->size))
		b->ours[at] = b->theirs[at] = byte_at(b, at);
}

/* The first `keep` bytes, laid out for a block of b->size. */
static void
check_content(const struct pairs *r, const struct pair *b, size_t keep)
{
	for (size_t at = 0; at < keep; at = place_after(at, b->size)) {
		if (b->theirs[at] != byte_at(b, at))
			differs(r, "the test itself or the C library lost content");
		if (b->ours[at] != byte_at(b, at))
			differs(r, "content lost");
	}
}

static void
check_zero(const struct pairs *r, const unsigned char *p, size_t size, size_t usable)
{
	for (size_t at = 0; at < size; at = place_after(at, size))
		if (p[at] != 0)
			differs(r, "calloc is not zero");
#ifdef __SANITIZE_ADDRESS__
	usable = size; /* nothing and one byte are the same to it, but for the zero */
#endif
	for (size_t at = size; at < usable; at++)
		if (p[at] != 0)
			differs(r, "calloc is not zero behind its end");
}

/* Two results and the errno each left behind; true if both are blocks. */
static bool
same(struct pairs *r, struct pair *b, int our_errno, int their_errno, size_t align)
{
	if (b->ours == NULL && b->theirs == NULL) {
		if (our_errno != their_errno)
			differs(r, "both failed, errno is not the same");
		return false;
	}
	if (b->ours == NULL)
		differs(r, "failed where the C library succeeds");
	if (b->theirs == NULL) {
		if (align < HUGE || their_errno != ENOMEM)
			differs(r, "succeeded where the C library fails");
		r->ours->free(b->ours);
		b->ours = NULL;
		return false;
	}
	if (((uintptr_t)b->ours & (align - 1)) != 0 || (uintptr_t)b->ours % 16 != 0)
		differs(r, "alignment");
	return true;
}

/* A block that both have: what may be written must be there to be written. */
static void
check_usable(const struct pairs *r, const struct pair *b)
{
	size_t usable = r->ours->malloc_usable_size(b->ours);

	if (usable < b->size)
		differs(r, "usable size below the size");
	if (usable > 0)
		b->ours[usable - 1] ^= 0xff;
	if (usable > 0)
		b->ours[usable - 1] ^= 0xff;
}

/* One call on each heap, with errno preset, and what it left. */
#define BOTH(b, call)                                                                    \
	do {                                                                             \
		errno = PRESET;                                                          \
		(b)->ours = r->ours->call;                                               \
		our_errno = errno;                                                       \
		errno = PRESET;                                                          \
		(b)->theirs = r->theirs->call;                                           \
		their_errno = errno;                                                     \
	} while (0)

/* An address sanitizer's heap knows fewer alignments, and sizes of aligned_alloc, than glibc. */
static size_t
aligned_as_the_next_takes_it(uint32_t how, size_t align, struct pair *b)
{
#ifdef __SANITIZE_ADDRESS__
	if (align < 8 || align > HUGE || (align & (align - 1)) != 0)
		align = 64;
	if (how == 1 && b->size % align != 0)
		b->size &= ~(align - 1);
#else
	(void)how;
	(void)b;
#endif
	return align;
}

static bool
make_aligned(struct pairs *r, struct pair *b, uint32_t how)
{
	static const char *const names[] = {"posix_memalign", "aligned_alloc",
					    "memalign"};
	size_t align = aligned_as_the_next_takes_it(how, pick_align(r), b);
	size_t granted = align;
	int our_errno, their_errno;

	snprintf(r->doing, sizeof(r->doing), "%s(%zu, %zu)", names[how], align, b->size);
	if (how == 0) {
		void *ours = r, *theirs = r;

		our_errno = r->ours->posix_memalign(&ours, align, b->size);
		their_errno = r->theirs->posix_memalign(&theirs, align, b->size);
		if ((our_errno != 0 && ours != r) || (our_errno == 0 && ours == NULL))
			differs(r, "the pointer does not fit the result");
		b->ours = our_errno == 0 ? ours : NULL;
		b->theirs = their_errno == 0 ? theirs : NULL;
		our_errno = our_errno == 0 ? PRESET : our_errno;
		their_errno = their_errno == 0 ? PRESET : their_errno;
	} else if (how == 1) {
		BOTH(b, aligned_alloc(align, b->size));
	} else {
		BOTH(b, memalign(align, b->size));
	}
	/* The C library rounds what is no power of two up to one. */
	if (granted == 0 || (granted & (granted - 1)) != 0)
		granted = 16;
	return same(r, b, our_errno, their_errno, granted);
}

static bool
make_plain(struct pairs *r, struct pair *b, uint32_t how)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = 1 + pick(r, 3);
	int our_errno, their_errno;

	snprintf(r->doing, sizeof(r->doing), "new block of %zu bytes in way %u, n %zu",
		 b->size, how, n);
	switch (how) {
	case 0:
		BOTH(b, realloc(NULL, b->size));
		break;
	case 1:
		BOTH(b, reallocarray(NULL, b->size, n));
		break;
	case 2:
		BOTH(b, valloc(b->size));
		return same(r, b, our_errno, their_errno, page);
	case 3:
		BOTH(b, pvalloc(b->size));
		return same(r, b, our_errno, their_errno, page);
	case 4:
	case 5:
		BOTH(b, calloc(n, b->size));
		if (b->ours != NULL)
			check_zero(r, b->ours, b->size * n,
				   r->ours->malloc_usable_size(b->ours));
		break;
	default:
		BOTH(b, malloc(b->size));
	}
	return same(r, b, our_errno, their_errno, 16);
}

static void
make(struct pairs *r, struct pair *b)
{
	uint32_t how = pick(r, 12);

	b->size = pick_size(r);
	b->pattern = pick(r, 256);
	bool made = how < 3 ? make_aligned(r, b, how) : make_plain(r, b, how - 3);
	if (!made)
		return;
	check_usable(r, b);
	fill(b);
}

static void
resize(struct pairs *r, struct pair *b)
{
	bool array = pick(r, 4) == 0;
	size_t n = array ? pick(r, 4) : 1, size = pick_size(r), bytes;
	struct pair new = {.size = b->size, .pattern = b->pattern};
	int our_errno, their_errno;

	snprintf(r->doing, sizeof(r->doing), "realloc of %zu bytes to %zu times %zu",
		 b->size, n, size);
	check_content(r, b, b->size);
	errno = PRESET;
	new.ours = array ? r->ours->reallocarray(b->ours, n, size)
			 : r->ours->realloc(b->ours, size);
	our_errno = errno;
	errno = PRESET;
	new.theirs = array ? r->theirs->reallocarray(b->theirs, n, size)
			   : r->theirs->realloc(b->theirs, size);
	their_errno = errno;
	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	bool gone = bytes == 0;
	if (gone && (new.ours != NULL || our_errno != PRESET))
		differs(r, "realloc to nothing");
	if (!same(r, &new, our_errno, their_errno, 16)) {
		if (gone)
			b->ours = b->theirs = NULL;
		else
			check_content(r, b, b->size); /* failed: as it was */
		return;
	}
	check_content(r, &new, b->size < bytes ? b->size : bytes);
	new.size = bytes;
	*b = new;
	check_usable(r, b);
	fill(b);
}

static void
end(struct pairs *r, struct pair *b)
{
	snprintf(r->doing, sizeof(r->doing), "free of %zu bytes", b->size);
	check_content(r, b, b->size);
	check_usable(r, b);
	errno = PRESET;
	r->ours->free(b->ours);
	if (errno != PRESET)
		differs(r, "free changed errno");
	r->theirs->free(b->theirs);
	b->ours = b->theirs = NULL;
}

static void
exchange(struct pairs *r, struct pair *b)
{
	struct pairs_swap *swap = r->swap;
	uint32_t i = pick(r, PAIRS_SWAP);
	struct pair mine = *b;

	if (swap == NULL)
		return;
	pthread_mutex_lock(&swap->lock[i]);
	*b = swap->pair[i];
	swap->pair[i] = mine;
	pthread_mutex_unlock(&swap->lock[i]);
}

void
pairs_step(struct pairs *r)
{
	struct pair *b = &r->blocks[pick(r, PAIRS_BLOCKS)];
	uint32_t what = pick(r, 16);

	r->operations++;
	if (what == 15 && pick(r, 32) == 0) {
		snprintf(r->doing, sizeof(r->doing), "malloc_trim");
		r->ours->malloc_trim(pick(r, 100));
		r->ours->free(NULL);
	} else if (b->ours == NULL) {
		make(r, b);
	} else if (what < 6) {
		resize(r, b);
	} else if (what < 9) {
		exchange(r, b);
	} else {
		end(r, b);
	}
}

void
pairs_end(struct pairs *r)
{
	for (int i = 0; i < PAIRS_BLOCKS; i++)
		if (r->blocks[i].ours != NULL)
			end(r, &r->blocks[i]);
}

void
pairs_swap_init(struct pairs_swap *swap)
{
	memset(swap, 0, sizeof(*swap));
	for (int i = 0; i < PAIRS_SWAP; i++)
		pthread_mutex_init(&swap->lock[i], NULL);
}

void
pairs_swap_end(struct pairs *r)
{
	for (int i = 0; i < PAIRS_SWAP; i++)
		if (r->swap->pair[i].ours != NULL)
			end(r, &r->swap->pair[i]);
}
