/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often what is resident is measured, preload/clock/bounds.c: with a pool, a process and a time of the test's own. A measurement
 * takes as long as the test says.
 */
#include "preload/clock/bounds.h"

#include <time.h>

#include "preload/clock/keep.h"
#include "preload/ground/gate.h"
#include "preload/ground/own_files.h"
#include "preload/ground/settings.h"
#include "preload/machine/sampling_look.h"
#include "preload/machine/scarce.h"
#include "tests/tap.h"

#define MS 1000000ll
#define S  (1000 * MS)
#define MB ((uint64_t)1 << 20)

struct weir_options weir_config = {.decay_ms = 1000};
int64_t gate_born_ns;

static int64_t now_ns, cost_ns;
static unsigned measured;
static uint64_t lent_bytes, seen_own_bytes;

int
clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	*t = (struct timespec){now_ns / S, now_ns % S};
	return 0;
}

bool
weir_pool_resident(uint64_t most, uint64_t *resident)
{
	measured++;
	now_ns += cost_ns;
	*resident = lent_bytes / 2;
	return lent_bytes <= most;
}

uint64_t
weir_pool_lent_bytes(void)
{
	return lent_bytes;
}

uint64_t
weir_pool_lent_peak(void)
{
	return lent_bytes;
}

uint64_t
weir_pool_cached_bytes(void)
{
	return 0;
}

uint64_t
weir_pool_firm_bytes(void)
{
	return 0;
}

void
facts_memory(struct facts_memory *m)
{
	*m = (struct facts_memory){
		.rss_bytes = lent_bytes, .anon_bytes = lent_bytes, .fresh = true};
}

void
sampling_look(int64_t at_ns, uint64_t rss_bytes, uint64_t own_bytes)
{
	(void)at_ns;
	(void)rss_bytes;
	seen_own_bytes = own_bytes;
}

unsigned
own_files_here(void)
{
	return 1;
}

uint64_t
keep_most(void)
{
	return 32 * MB;
}

uint64_t
keep_firm(int64_t at_ns)
{
	(void)at_ns;
	return 0;
}

void
keep_limit(uint64_t kept_bytes, uint64_t held_bytes)
{
	(void)kept_bytes;
	(void)held_bytes;
}

uint64_t
scarce_look(void)
{
	return UINT64_MAX; /* RLIM_INFINITY */
}

uint64_t
scarce_most(void)
{
	return UINT64_MAX;
}

static void
begin(uint64_t lent, int64_t cost)
{
	bounds_after_fork();
	now_ns += 1000 * S;
	gate_born_ns = now_ns - 100 * S;
	lent_bytes = lent;
	cost_ns = cost;
	measured = 0;
}

/* A round, as chores.c makes it, in each tenth of a second. */
static void
live(int64_t seconds, enum chores_by by)
{
	int64_t end_ns = now_ns + seconds * S;
	struct snapshot_clock counts = {0};

	while (now_ns < end_ns) {
		struct weir_tick tick = {.now_ns = now_ns};

		bounds_look(&tick, 0, by, &counts);
		bounds_resident(tick.now_ns, by, 5 * S, &counts.resident_bytes);
		now_ns += 100 * MS;
	}
}

TEST(two_who_want_to_know_share_one_measurement)
{
	uint64_t bytes = 0;

	begin(4096 * MB, 10 * MS / 100);
	CHECK(bounds_resident(now_ns, CHORES_BY_CLOCK, 5 * S, &bytes));
	CHECK_EQ(bytes, 2048 * MB);
	now_ns += 4 * S;
	bytes = 0;
	CHECK(bounds_resident(now_ns, CHORES_BY_CLOCK, 5 * S, &bytes));
	CHECK_EQ(bytes, 2048 * MB);
	CHECK_EQ(measured, 1);
	now_ns += 2 * S;
	CHECK(bounds_resident(now_ns, CHORES_BY_CLOCK, 5 * S, &bytes));
	CHECK_EQ(measured, 2);
}

TEST(in_a_minute_it_takes_a_two_thousandth)
{
	begin(4096 * MB, 8 * MS);
	live(60, CHORES_BY_CLOCK);
	/* Each 16 seconds, and the first. */
	CHECK(measured >= 3 && measured <= 5);
	CHECK_EQ(seen_own_bytes, 2048 * MB);
	begin(4096 * MB, 80 * MS);
	live(60, CHORES_BY_CLOCK);
	CHECK_EQ(measured, 1);
}

TEST(what_costs_little_is_measured_each_second)
{
	begin(64 * MB, MS / 10);
	live(60, CHORES_BY_CLOCK);
	CHECK(measured >= 50 && measured <= 70);
}

TEST(what_the_hosts_thread_is_not_to_wait_for_is_not_tried_all_the_time)
{
	begin(4096 * MB, 8 * MS);
	live(60, CHORES_BY_ONE);
	CHECK(measured <= 5);
}

TEST(little_is_not_measured_for_itself)
{
	begin(4 * MB, MS);
	struct weir_tick tick = {.now_ns = now_ns};
	struct snapshot_clock counts = {0};

	bounds_look(&tick, 0, CHORES_BY_CLOCK, &counts);
	CHECK_EQ(measured, 0);
	CHECK_EQ(seen_own_bytes, 4 * MB);
}

#define TAP_TESTS                                                                        \
	T(two_who_want_to_know_share_one_measurement)                                    \
	T(in_a_minute_it_takes_a_two_thousandth)                                         \
	T(what_costs_little_is_measured_each_second)                                     \
	T(what_the_hosts_thread_is_not_to_wait_for_is_not_tried_all_the_time)            \
	T(little_is_not_measured_for_itself)
TAP_MAIN()
