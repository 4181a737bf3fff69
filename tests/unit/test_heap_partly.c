/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block of which a part is recycled, where new pages are bounded; and what is on its way back to the
 * system is not paid for twice.
 */
#include "tests/unit/pool_model.h"

#include <string.h>

#include "pool/heap.h"
#include "pool/heap_private.h"

#define MB ((size_t)1 << 20)

static struct weir_span *
take_aligned(size_t bytes, size_t align)
{
	struct weir_span *s = weir_extent_take(&(struct weir_ask){.bytes = bytes,
								  .align = align,
								  .requested = bytes})
				      .span;

	if (s == NULL)
		abort();
	return s;
}

static struct weir_span *
take(size_t bytes)
{
	return take_aligned(bytes, WEIR_PAGE_BYTES);
}

static void
claim(struct weir_span *s)
{
	if (!weir_span_claim(s))
		abort();
}

/* All that is free goes back to the system; from here on the bound is what is lent now, and `slack` more. */
static void
bound(size_t slack)
{
	struct weir_tick tick = {.now_ns = 6000,
				 .stock_before_ns = INT64_MAX,
				 .purge_before_ns = INT64_MAX,
				 .cap_bytes = UINT64_MAX,
				 .most_bytes = UINT64_MAX,
				 .slack_bytes = slack};

	heap_gather_from = SIZE_MAX;
	weir_pool_tick(&tick);
}

static struct weir_heap_stats
stats(void)
{
	struct weir_heap_stats h;

	weir_pool_heap_stats(&h);
	return h;
}

/* Of two neighbours the first or the second is recycled, the other one is unused. */
static void
take_beside(bool unused_first)
{
	struct weir_span *s[4];

	model_init();
	bound(0);
	for (int i = 0; i < 4; i++) {
		s[i] = take(MB);
		memset((void *)s[i]->base, 1, MB);
		CHECK(i == 0 || s[i]->base == s[i - 1]->base + MB);
	}
	bound(0);
	struct weir_span *unused = s[unused_first ? 1 : 2];
	struct weir_span *used = s[unused_first ? 2 : 1];
	uintptr_t base = used->base;
	claim(unused);
	weir_pool_give_purged(unused, 7000);
	claim(used);
	weir_pool_give(used, 7000);
	struct weir_heap_stats before = stats();

	/* The bound has room for that part of it: nothing is given back, and nothing is left. */
	struct weir_span *b = take(5 * MB / 4);
	CHECK_EQ(b->base, unused_first ? base - MB / 4 : base);
	CHECK_EQ(b->bytes, 5 * MB / 4);
	CHECK_EQ(*(char *)base, 1);
	CHECK_EQ(*(char *)(b->base + (unused_first ? 0 : MB)), 0);
	CHECK_EQ(stats().purges, before.purges);
	CHECK_EQ(stats().recycled_bytes - before.recycled_bytes, MB);
	CHECK_EQ(stats().fresh_bytes - before.fresh_bytes, MB / 4);
	CHECK_EQ(weir_pool_cached_bytes(), 0);
	memset((void *)b->base, 2, b->bytes);
	CHECK_EQ(*(char *)s[0]->base, 1);
	CHECK_EQ(*(char *)(s[3]->base), 1);
	model_check();
	claim(b);
	weir_pool_give(b, 8000);
	claim(s[0]);
	weir_pool_give(s[0], 8000);
	claim(s[3]);
	weir_pool_give(s[3], 8000);
	model_check();
}

TEST(unused_space_behind_recycled_pages)
{
	take_beside(false);
}

TEST(unused_space_before_recycled_pages)
{
	take_beside(true);
}

/* An aligned block is lent at the place of a shorter one, and the pages of that again. */
TEST(unused_space_behind_an_aligned_block)
{
	model_init();
	bound(0);
	struct weir_span *place = take_aligned(4 * MB, 2 * MB), *other = take(MB);
	uintptr_t base = place->base;
	claim(place);
	weir_pool_give_purged(place, 6500);
	struct weir_span *a = take_aligned(MB, 2 * MB);
	CHECK_EQ(a->base, base);
	memset((void *)a->base, 1, MB);
	bound(MB / 4);
	claim(a);
	weir_pool_give(a, 7000);
	struct weir_heap_stats before = stats();
	struct weir_span *b = take_aligned(5 * MB / 4, 2 * MB);
	CHECK_EQ(b->base, base);
	CHECK_EQ(*(char *)base, 1);
	CHECK_EQ(stats().purges, before.purges);
	CHECK_EQ(stats().recycled_bytes - before.recycled_bytes, MB);
	CHECK_EQ(stats().fresh_bytes - before.fresh_bytes, MB / 4);
	model_check();
	claim(b);
	weir_pool_give(b, 8000);
	claim(other);
	weir_pool_give(other, 8000);
	model_check();
}

/* Its new pages are paid for with what is kept elsewhere, be it longer. */
TEST(the_unused_part_is_paid_for)
{
	enum { N = 8 };
	struct weir_span *s[N];

	model_init();
	bound(0);
	for (int i = 0; i < N; i++)
		s[i] = take(MB);
	for (int i = 0; i < 2; i++) {
		claim(s[i]);
		weir_pool_give_purged(s[i], 6500);
	}
	bound(0); /* six are lent */
	for (int i = 2; i < N; i++)
		if (i != 3 && i != 5) {
			claim(s[i]);
			weir_pool_give(s[i], 7000);
		}
	struct weir_heap_stats before = stats();
	struct weir_span *b = take(5 * MB / 2);
	CHECK_EQ(stats().recycled_bytes - before.recycled_bytes, MB);
	CHECK_EQ(stats().fresh_bytes - before.fresh_bytes, 3 * MB / 2);
	CHECK_EQ(stats().purged_bytes - before.purged_bytes, 2 * MB);
	CHECK_EQ(weir_pool_lent_bytes(), 9 * MB / 2);
	CHECK_EQ(weir_pool_cached_bytes(), MB);
	model_check();
	claim(b);
	weir_pool_give(b, 8000);
	for (int i = 3; i <= 5; i += 2) {
		claim(s[i]);
		weir_pool_give(s[i], 8000);
	}
	model_check();
}

/* Another thread gives pages back: that is no reason to give back as much once more, until it is too much. */
TEST(what_is_under_way_is_paid_for)
{
	enum { N = 16, AWAY = 6, SLACK = 2 };
	struct weir_span *s[N], *b[3];

	model_init();
	bound(0);
	for (int i = 0; i < N; i++)
		s[i] = take(MB);
	bound(SLACK * MB);
	for (int i = 0; i < N; i += 2) {
		claim(s[i]);
		weir_pool_give(s[i], 7000);
	}
	weir_lock(&heap_mutex);
	for (int i = 0; i < AWAY; i++)
		heap_set_apart(s[2 * i], MB);
	heap_unlock();
	uint64_t purged = stats().purged_bytes;
	/* From 16 to 22 MB: 18 are the bound, and 4 of the 6 that are away. */
	b[0] = take(3 * MB);
	b[1] = take(3 * MB);
	CHECK_EQ(stats().purged_bytes, purged);
	b[2] = take(3 * MB / 2);
	CHECK_EQ(stats().purged_bytes - purged, 2 * MB);
	weir_lock(&heap_mutex);
	for (int i = 0; i < AWAY; i++) {
		weir_list_remove(s[2 * i]);
		heap_put(s[2 * i], WEIR_SPAN_DIRTY, 7000);
	}
	heap_unlock();
	model_check();
	for (int i = 0; i < 3; i++) {
		claim(b[i]);
		weir_pool_give(b[i], 8000);
	}
	for (int i = 1; i < N; i += 2) {
		claim(s[i]);
		weir_pool_give(s[i], 8000);
	}
	model_check();
}

#define TAP_TESTS                                                                        \
	T(unused_space_behind_recycled_pages)                                            \
	T(unused_space_before_recycled_pages)                                            \
	T(unused_space_behind_an_aligned_block)                                          \
	T(the_unused_part_is_paid_for)                                                   \
	T(what_is_under_way_is_paid_for)
TAP_MAIN()
