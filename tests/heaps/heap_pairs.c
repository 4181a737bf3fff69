/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations and where their sizes come from. What must be equal after each is in heap_checks.c.
 */
#include "tests/heaps/heap_pairs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/heaps/heap_checks.h"

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

/*
 * An empty block of ThreadSanitizer's has one usable byte, which its realloc copies; weir's does the
 * same and is told that this byte was freed.
 */
#ifdef __SANITIZE_THREAD__
#define LEAST 1
#else
#define LEAST 0
#endif

static size_t
pick_size(struct pairs *r)
{
	switch (pick(r, 16)) {
	case 0:
		return LEAST + pick(r, 65);
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

/* One call on each heap, with errno preset, and what it left. */
#define BOTH(b, call)                                                                    \
	do {                                                                             \
		errno = CHECKS_PRESET;                                                   \
		(b)->ours = r->ours->call;                                               \
		our_errno = errno;                                                       \
		errno = CHECKS_PRESET;                                                   \
		(b)->theirs = r->theirs->call;                                           \
		their_errno = errno;                                                     \
	} while (0)

/*
 * A sanitizer's heap knows fewer alignments, and sizes of aligned_alloc, than glibc. glibc 2.31 writes past its heap where both
 * together are more than all addresses, and each of them is not.
 */
static size_t
aligned_as_the_next_takes_it(uint32_t how, size_t align, struct pair *b)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	if (align < 8 || align > CHECKS_HUGE || (align & (align - 1)) != 0)
		align = 64;
	if (how == 1 && b->size % align != 0)
		b->size &= ~(align - 1);
	if (how == 1 && b->size == 0)
		b->size = align;
#else
	(void)how;
	if (b->size <= PTRDIFF_MAX && align > SIZE_MAX - b->size - CHECKS_HUGE)
		align = 64;
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
			checks_differ(r, "the pointer does not fit the result");
		b->ours = our_errno == 0 ? ours : NULL;
		b->theirs = their_errno == 0 ? theirs : NULL;
		our_errno = our_errno == 0 ? CHECKS_PRESET : our_errno;
		their_errno = their_errno == 0 ? CHECKS_PRESET : their_errno;
	} else if (how == 1) {
		BOTH(b, aligned_alloc(align, b->size));
	} else {
		BOTH(b, memalign(align, b->size));
	}
	/* The C library rounds what is no power of two up to one. */
	if (granted == 0 || (granted & (granted - 1)) != 0)
		granted = 16;
	return checks_same(r, b, our_errno, their_errno, granted);
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
		return checks_same(r, b, our_errno, their_errno, page);
	case 3:
		BOTH(b, pvalloc(b->size));
		return checks_same(r, b, our_errno, their_errno, page);
	case 4:
	case 5:
		BOTH(b, calloc(n, b->size));
		if (b->ours != NULL)
			checks_zero(r, b->ours, b->size * n,
				    r->ours->malloc_usable_size(b->ours));
		break;
	default:
		BOTH(b, malloc(b->size));
	}
	return checks_same(r, b, our_errno, their_errno, 16);
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
	checks_usable(r, b);
	checks_fill(b);
}

/*
 * Hosts use all that malloc_usable_size promises, and realloc keeps it. Writes to the last such byte behind
 * the size that was asked for, and returns where it is; SIZE_MAX if there is none.
 */
#define TAIL_MARK 0xa5

static size_t
mark_tail(const struct pairs *r, struct pair *b)
{
	size_t usable = r->ours->malloc_usable_size(b->ours);

	if (usable <= b->size)
		return SIZE_MAX;
	b->ours[usable - 1] = TAIL_MARK;
	return usable - 1;
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
	checks_content(r, b, b->size);
	size_t tail = mark_tail(r, b);
	errno = CHECKS_PRESET;
	new.ours = array ? r->ours->reallocarray(b->ours, n, size)
			 : r->ours->realloc(b->ours, size);
	our_errno = errno;
	errno = CHECKS_PRESET;
	new.theirs = array ? r->theirs->reallocarray(b->theirs, n, size)
			   : r->theirs->realloc(b->theirs, size);
	their_errno = errno;
	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	bool gone = bytes == 0;
	if (gone && (new.ours != NULL || our_errno != CHECKS_PRESET))
		checks_differ(r, "realloc to nothing");
	if (!checks_same(r, &new, our_errno, their_errno, 16)) {
		if (gone)
			b->ours = b->theirs = NULL;
		else
			checks_content(r, b, b->size); /* failed: as it was */
		return;
	}
	checks_content(r, &new, b->size < bytes ? b->size : bytes);
	if (tail < bytes && new.ours[tail] != TAIL_MARK)
		checks_differ(r, "realloc lost a usable byte");
	new.size = bytes;
	*b = new;
	checks_usable(r, b);
	checks_fill(b);
}

static void
end(struct pairs *r, struct pair *b)
{
	snprintf(r->doing, sizeof(r->doing), "free of %zu bytes", b->size);
	checks_content(r, b, b->size);
	checks_usable(r, b);
	errno = CHECKS_PRESET;
	r->ours->free(b->ours);
	if (errno != CHECKS_PRESET)
		checks_differ(r, "free changed errno");
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
