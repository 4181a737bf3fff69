/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the pool's tests: the sums that must hold whenever the pool stands still, and a page
 * source that counts and fails on demand.
 */
#ifndef TESTS_UNIT_POOL_MODEL_H
#define TESTS_UNIT_POOL_MODEL_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "pool/pool.h"
#include "pool/pool_stats.h"
#include "pool/scratch_pool.h"
#include "tests/tap.h"

static struct {
	bool no_address_space, no_commit, no_purge, no_move, no_meta;
	bool filled; /* whatever is made usable is resident at once */
	unsigned
		lost_move; /* the so-manyeth from now on takes its target away; 0: none */
	int many;	   /* purged by one call at most; 0: none is */
	unsigned no_commits; /* so many of the next ones fail */
	_Atomic unsigned reserves, commits, purges, releases, metas;
	_Atomic unsigned crooked; /* ranges that are not of whole pages of the machine */
	void (*window)(void); /* before and after each call, where nobody holds a lock */
} fake;

static inline void
fake_window(void)
{
	if (fake.window != NULL)
		fake.window();
}

static inline void
fake_range(const void *addr, size_t bytes)
{
	fake.crooked += (((uintptr_t)addr | bytes) & (weir_machine_page - 1)) != 0;
}

#define FAKE_CALL(type, call)                                                            \
	do {                                                                             \
		fake_window();                                                           \
		type made = call;                                                        \
		fake_window();                                                           \
		return made;                                                             \
	} while (0)

static void *
fake_reserve(size_t bytes, size_t align)
{
	fake.reserves++;
	FAKE_CALL(void *,
		  fake.no_address_space ? NULL : weir_pages_system.reserve(bytes, align));
}

static int
fake_commit(void *addr, size_t bytes)
{
	fake_range(addr, bytes);
	fake.commits++;
	if (fake.no_commits != 0 && fake.no_commits-- != 0)
		return -ENOMEM;
	FAKE_CALL(int, fake.no_commit ? -ENOMEM : weir_pages_system.commit(addr, bytes));
}

static int
fake_purge(void *addr, size_t bytes)
{
	fake_range(addr, bytes);
	fake.purges++;
	FAKE_CALL(int, fake.no_purge ? -EAGAIN : weir_pages_system.purge(addr, bytes));
}

static int
fake_purge_many(const struct iovec *ranges, int n)
{
	n = n < fake.many ? n : fake.many;
	for (int i = 0; i < n; i++) {
		fake_range(ranges[i].iov_base, ranges[i].iov_len);
		if (weir_pages_system.purge(ranges[i].iov_base, ranges[i].iov_len) !=
		    WEIR_PURGED_USABLE)
			return i;
	}
	return n;
}

static int
fake_renew(void *addr, size_t bytes)
{
	fake_range(addr, bytes);
	FAKE_CALL(int, fake.no_purge ? -ENOMEM : weir_pages_system.renew(addr, bytes));
}

static int
fake_reset(void *addr, size_t bytes)
{
	fake_range(addr, bytes);
	FAKE_CALL(int, fake.no_purge ? -ENOMEM : weir_pages_system.reset(addr, bytes));
}

static int
fake_release(void *addr, size_t bytes)
{
	fake_range(
		NULL,
		bytes); /* where tables lie, the kernel says, whose pages are smaller */
	fake.releases++;
	FAKE_CALL(int, weir_pages_system.release(addr, bytes));
}

static int
fake_move(void *from, void *to, size_t bytes)
{
	fake_range(from, bytes);
	fake_range(to, bytes);
	if (fake.lost_move != 0 && --fake.lost_move == 0)
		return weir_pages_system.release(to, bytes) == 0 ? WEIR_MOVE_LOST : -EIO;
	FAKE_CALL(int, fake.no_move ? -EFAULT : weir_pages_system.move(from, to, bytes));
}

static void *
fake_meta(size_t bytes)
{
	fake.metas++;
	FAKE_CALL(void *, fake.no_meta ? NULL : weir_pages_system.meta(bytes));
}

static int64_t
fake_resident(void *addr, size_t bytes)
{
	fake_range(addr, bytes);
	return fake.filled ? (int64_t)bytes : weir_pages_system.resident(addr, bytes);
}

static const struct weir_pages fake_pages = {
	.reserve = fake_reserve,
	.commit = fake_commit,
	.purge = fake_purge,
	.purge_many = fake_purge_many,
	.renew = fake_renew,
	.reset = fake_reset,
	.release = fake_release,
	.move = fake_move,
	.meta = fake_meta,
	.resident = fake_resident,
};

static uint64_t model_classes[] = {8 << 10, 64 << 10, 80 << 10, 1 << 20, 10 << 20};
enum { MODEL_CLASSES = 5, MODEL_CLASS_8K = 0, MODEL_CLASS_1M = 3 };

static inline void
model_init(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	for (int i = 0; i < MODEL_CLASSES; i++)
		model_classes[i] = weir_whole_pages(model_classes[i]);
	weir_pool_init(&(struct weir_pool_config){
		.pages = &fake_pages,
		.class_bytes = model_classes,
		.n_classes = MODEL_CLASSES,
		.region_bytes = 4 * WEIR_UNIT_BYTES,
		.gather_from = SIZE_MAX,
	});
}

static inline struct weir_span *
model_extent(size_t bytes)
{
	struct weir_ask ask = {
		.bytes = bytes, .align = WEIR_PAGE_BYTES, .requested = bytes};

	return weir_extent_take(&ask).span;
}

static inline void
model_give(struct weir_span *s, int64_t now_ns)
{
	CHECK(weir_span_claim(s));
	weir_pool_give(s, now_ns);
}

/* What is old enough goes back, and nothing else does. */
static inline struct weir_tick_result
model_tick(int64_t now_ns, int64_t before_ns)
{
	return weir_pool_tick(&(struct weir_tick){.now_ns = now_ns,
						  .stock_before_ns = before_ns,
						  .purge_before_ns = before_ns,
						  .cap_bytes = UINT64_MAX,
						  .most_bytes = UINT64_MAX,
						  .slack_bytes = UINT64_MAX});
}

/* A block's own pattern. One word a page, and the last byte: enough to see an overlap, cheap enough
 * to do often. */
static inline void
model_fill(const struct weir_span *s, uint32_t pattern)
{
	for (size_t at = 0; at < s->bytes; at += WEIR_PAGE_BYTES)
		*(uint32_t *)(s->base + at) = pattern + (uint32_t)at;
	*(uint8_t *)(s->base + s->bytes - 1) = (uint8_t)pattern;
}

static inline bool
model_words_intact(const struct weir_span *s, uint32_t pattern, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += WEIR_PAGE_BYTES)
		if (*(uint32_t *)(s->base + at) != pattern + (uint32_t)at)
			return false;
	return true;
}

static inline bool
model_intact(const struct weir_span *s, uint32_t pattern)
{
	return model_words_intact(s, pattern, s->bytes) &&
	       *(uint8_t *)(s->base + s->bytes - 1) == (uint8_t)pattern;
}

static inline void *
model_scratch(size_t bytes)
{
	struct weir_span *s = weir_scratch_take(bytes);

	return s != NULL ? (void *)s->base : NULL;
}

/* Every identity of the pool's own numbers, at one instant. */
static inline void
model_check(void)
{
	struct weir_heap_stats heap;
	struct weir_extent_stats e;
	uint64_t held = 0, stocked = 0, spans = 0;

	weir_pool_freeze();
	for (uint32_t i = 0; i < weir_pool_classes(); i++) {
		struct weir_class_stats c;

		weir_pool_class_stats(i, &c);
		CHECK_EQ(c.gets, c.hits + c.misses);
		CHECK_EQ(c.live, c.inherited + c.gets - c.refused - c.puts);
		CHECK_EQ(c.cached, c.inherited_cached + c.puts -
					   (c.hits - c.shared_hits) - c.evicted);
		CHECK(c.live_peak >= c.live && c.cached_peak >= c.cached);
		CHECK(c.live_requested_bytes <= c.live * c.capacity_bytes);
		held += c.live * c.capacity_bytes;
		stocked += c.cached * c.capacity_bytes;
	}
	weir_pool_extent_stats(&e);
	CHECK_EQ(e.gets, e.fresh + e.recycled_dirty + e.recycled_zero + e.refused);
	CHECK_EQ(e.live, e.inherited + e.gets - e.refused - e.puts);
	CHECK(e.live_requested_bytes <= e.live_held_bytes);
	CHECK(e.live_held_peak_bytes >= e.live_held_bytes);
	weir_pool_heap_stats(&heap);
	for (int state = 0; state < WEIR_SPAN_STATES; state++)
		spans += heap.state_bytes[state];
	CHECK_EQ(spans, heap.region_bytes);
	CHECK_EQ(fake.crooked, 0);
	CHECK_EQ(heap.state_bytes[WEIR_SPAN_LIVE], held + stocked + e.live_held_bytes);
	weir_pool_thaw();
}

#endif
