/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shim inside a program, so that sanitizers see all of it: threads draw operations, exchange
 * blocks and end, while others trim, count, tick and fork. Under --enable-sanitizers=thread this
 * is the stress of the tables; the variable OPERATIONS says how long. Each storm has a process of its
 * own, so that no timer is left over when the options change.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/heap.h"
#include "pool/pool.h"
#include "pool/pool_stats.h"
#include "preload/blocks/place.h"
#include "preload/ground/record.h"
#include "tests/heaps/shim_heap.h"
#include "tests/tap.h"
#include "tests/unit/moves.h"
#include "weir/scratch.h"

/* The sanitizer is a library, and must see this. */
#define SEEN __attribute__((visibility("default")))
SEEN const char *__asan_default_options(void);
SEEN const char *__tsan_default_options(void);
const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1:quarantine_size_mb=16";
}

const char *
__tsan_default_options(void)
{
	return "allocator_may_return_null=1:die_after_fork=0";
}

enum { THREADS = 4, OPERATIONS = 1500 };

static unsigned operations = OPERATIONS; /* of each thread */

static struct heap theirs;
static struct pairs_swap swap;
static _Atomic bool stop;
static size_t around[2];

static uint32_t
pick(void *source, uint32_t n)
{
	uint64_t *s = source;

	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return (uint32_t)((*s >> 11) % n);
}

static void *
work(void *seed)
{
	uint64_t random = (uint64_t)(uintptr_t)seed * 0x9e3779b97f4a7c15 + 1;
	struct pairs r = {.ours = &shim_heap,
			  .theirs = &theirs,
			  .pick = pick,
			  .source = &random,
			  .around = {around[0], around[1]},
			  .swap = &swap,
			  .name = "test_heaps"};

	while (r.operations < operations)
		pairs_step(&r);
	pairs_end(&r);
	return NULL;
}

static void *
scratch(void *unused)
{
	for (unsigned i = 0; !atomic_load(&stop); i++) {
		unsigned char *p = weir_scratch_get(1 + i * 7919 % 300000);

		if (p == NULL)
			continue;
		p[0] = 1;
		if (i % 3 == 0 && weir_scratch_ref(p) != NULL)
			weir_scratch_unref(p);
		weir_scratch_unref(p);
	}
	return unused;
}

/* What the clock, statistics and fork do, over and over. */
static void *
watch(void *unused)
{
	static struct record_sums sums;

	while (!atomic_load(&stop)) {
		struct weir_live_totals live;
		uint64_t resident;

		weir_pool_live(&live);
		record_freeze();
		record_sum(&sums);
		record_thaw();
		shim_malloc_trim(0);
		weir_pool_cached_bytes();
		weir_pool_resident(UINT64_MAX, &resident);
		usleep(500);
	}
	return unused;
}

static void
storm(const char *options)
{
	pthread_t threads[THREADS], more[2];
	struct pairs rest = {
		.ours = &shim_heap, .theirs = &theirs, .swap = &swap, .name = "rest"};

	theirs = next_heap();
	shim_options(options);
	shim_free(shim_malloc(weir_floor)); /* there is a pool now */
	around[0] = weir_config.floor;
	around[1] = weir_config.threshold;
	pairs_swap_init(&swap);
	atomic_store(&stop, false);
	REQUIRE(pthread_create(&more[0], NULL, watch, NULL) == 0);
	REQUIRE(pthread_create(&more[1], NULL, scratch, NULL) == 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		REQUIRE(pthread_create(&threads[i], NULL, work, (void *)(i + 1)) == 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	atomic_store(&stop, true);
	for (int i = 0; i < 2; i++)
		pthread_join(more[i], NULL);
	pairs_swap_end(&rest);
}

static void
apart(const char *options, void (*then)(void))
{
	const char *wanted = getenv("OPERATIONS");
	int status = -1;

	if (wanted != NULL)
		operations = (unsigned)strtoul(wanted, NULL, 10);
	pid_t child = fork();
	if (child == 0) {
		storm(options);
		if (then != NULL)
			then();
		_exit(tap_failures != 0);
	}
	REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
	CHECK_EQ(status, 0);
}

static void
go_on(void)
{
	unsigned char *p = shim_malloc(3000000);

	p[2999999] = 1;
	shim_free(shim_realloc(p, 5000000));
	shim_malloc_trim(0);
}

static void
go_on_in_a_child(void)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		go_on();
		_exit(0);
	}
	REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
	CHECK_EQ(status, 0);
}

TEST(threads_at_a_low_floor)
{
	apart("stats=off,floor=4K,threshold=64K,decay_ms=5", NULL);
}

TEST(threads_without_the_timer)
{
	apart("stats=off,floor=8K,threshold=1M,decay_thread=off,decay_ms=1", NULL);
}

TEST(threads_with_guards_and_quarantine)
{
	apart("stats=off,floor=8K,guard=on,quarantine=4M", NULL);
}

TEST(a_child_goes_on)
{
	apart("stats=off,floor=4K,threshold=64K,decay_ms=5", go_on_in_a_child);
}

/* Blocks of 1 to 5 MB in turns, half of whose pages are written: of which few are, weir moves none. */
static void *
blocks_in_turns(void *seed)
{
	enum { KEPT = 8, MB = 1 << 20, TOUCHED = 8192 };
	uint64_t random = (uint64_t)(uintptr_t)seed * 0x9e3779b97f4a7c15 + 1;
	unsigned char *kept[KEPT] = {NULL};
	size_t bytes[KEPT] = {0};

	for (unsigned i = 0; i < 2 * operations; i++) {
		unsigned at = pick(&random, KEPT);

		for (size_t o = 0; o < bytes[at]; o += TOUCHED)
			if (kept[at][o] != at)
				abort();
		shim_free(kept[at]);
		bytes[at] = MB * (1 + pick(&random, 4)) + pick(&random, MB);
		kept[at] = shim_malloc(bytes[at]);
		for (size_t o = 0; o < bytes[at]; o += TOUCHED)
			kept[at][o] = (unsigned char)at;
	}
	for (unsigned at = 0; at < KEPT; at++)
		shim_free(kept[at]);
	return NULL;
}

static void
run_all(void *(*run)(void *))
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run, (void *)(i + 1)) != 0)
			abort();
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

/*
 * With nothing kept beside the peak, what does not fit is made of the pages of others. No tick comes in
 * between on a slow machine: it would decide anew what is kept.
 */
static void
gather(void)
{
	struct weir_heap_stats before, after;

	weir_config.decay_ms = weir_config.stats_ms = 3600000;
	weir_pool_heap_stats(&before);
	weir_lock(&heap_mutex);
	heap_gather_from = WEIR_POOL_GATHER_FROM;
	heap_slack = heap_lent_peak = 0;
	heap_unlock();
	run_all(blocks_in_turns);
	weir_pool_heap_stats(&after);
	/* Not where somebody watches mappings, as ThreadSanitizer does. */
	if (moves_work())
		CHECK(after.gathered_bytes > before.gathered_bytes);
}

TEST(threads_gather)
{
	apart("stats=off,decay_thread=off,decay_ms=5", gather);
}

#define TAP_TESTS                                                                        \
	T(threads_at_a_low_floor)                                                        \
	T(threads_without_the_timer)                                                     \
	T(threads_with_guards_and_quarantine)                                            \
	T(a_child_goes_on)                                                               \
	T(threads_gather)
TAP_MAIN()
