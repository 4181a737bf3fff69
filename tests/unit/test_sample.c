/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples: that they are as far apart as said, that what they stand for adds up to what was there,
 * and that the table of live ones keeps and forgets each of them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/sites/capture.h"
#include "trace/sites/publish.h"
#include "trace/sites/sample.h"
#include "trace/sites/sites.h"

static uint64_t state = 1;

static uint64_t
random_next(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static bool
near(double got, double want, double share)
{
	if (fabs(got - want) <= want * share)
		return true;
	printf("# %g, want %g\n", got, want);
	return false;
}

TEST(distances_have_the_mean_and_no_memory)
{
	enum { N = 200000, MEAN = 65536 };
	double sum = 0;
	int beyond[4] = {0};

	for (int i = 0; i < N; i++) {
		uint64_t d = weir_sample_distance(MEAN, random_next());

		sum += (double)d;
		for (int k = 1; k < 4; k++)
			beyond[k] += d > (uint64_t)k * MEAN;
	}
	CHECK(near(sum / N, MEAN, 0.02));
	for (int k = 1; k < 4; k++)
		CHECK(near(beyond[k], N * exp(-k), 0.03));
	CHECK(weir_sample_distance(1, 0) >= 1);
	CHECK(weir_sample_distance(UINT64_MAX, 0) <= (uint64_t)1e18);
	CHECK_EQ(weir_sample_distance(1000, UINT64_MAX), 1);
}

TEST(weights_are_the_inverse_of_the_chance)
{
	for (double x = 1e-6; x < 60; x *= 1.3) {
		uint64_t mean = 1u << 30, bytes = (uint64_t)(x * (double)mean);
		struct weir_sample_weight w = weir_sample_weight(mean, bytes);
		double p = -expm1(-(double)bytes / (double)mean);

		CHECK(near((double)w.bytes, (double)bytes / p, 1e-9));
		CHECK(fabs((double)w.count - 1 / p) <= 0.5001);
	}
	CHECK_EQ(weir_sample_weight(1000, 0).count, 1);
	CHECK_EQ(weir_sample_weight(1000, 1u << 30).bytes, 1u << 30);
	CHECK_EQ(weir_sample_weight(1000, 1u << 30).count, 1);
}

/* Blocks of all sizes, sampled as the shim does it. */
TEST(sums_are_right_on_the_average)
{
	enum { MEAN = 32768 };
	double real_bytes = 0, real_count = 0, bytes = 0, count = 0;
	int64_t left = (int64_t)weir_sample_distance(MEAN, random_next());

	for (int i = 0; i < 2000000; i++) {
		uint64_t size = (uint64_t)16 << random_next() % 12;

		real_bytes += (double)size;
		real_count++;
		left -= (int64_t)size;
		if (left >= 0)
			continue;
		left = (int64_t)weir_sample_distance(MEAN, random_next());
		struct weir_sample_weight w = weir_sample_weight(MEAN, size);
		bytes += (double)w.bytes;
		count += w.count;
	}
	CHECK(near(bytes, real_bytes, 0.02));
	CHECK(near(count, real_count, 0.1));
}

/* With a mean of a byte, blocks from here on are chosen for certain, and stand for themselves. */
enum { SURE = 50 };

static uint32_t site;

static uint64_t
live(void)
{
	weir_trace_still();
	return ledger_image(site)[WEIR_S_live_bytes];
}

static const void *
pointer(uint32_t i)
{
	return (const void *)(uintptr_t)(0x7f0000000000u + (uint64_t)i * 16);
}

TEST(live_samples_are_kept_and_forgotten)
{
	enum { N = 30000 };
	static uint64_t held[N];
	uint64_t sum = 0;

	weir_lock(&ledger_lock);
	site = sites_of(1, 0 | WEIR_TRACE_SAMPLED, 0);
	weir_unlock(&ledger_lock);
	for (int round = 0; round < 400000; round++) {
		uint32_t i = (uint32_t)(random_next() % N);

		if (held[i] == 0) {
			held[i] = SURE + random_next() % 1000;
			weir_sample_born(pointer(i), site, held[i]);
			CHECK(weir_sample_may_be(pointer(i)));
			sum += held[i];
		} else {
			weir_sample_gone(pointer(i));
			sum -= held[i];
			held[i] = 0;
		}
	}
	CHECK_EQ(live(), sum);
	weir_sample_gone(pointer(N + 1)); /* a stranger with a sample's hash */
	CHECK_EQ(live(), sum);
	for (uint32_t i = 0; i < N; i++)
		if (held[i] != 0)
			weir_sample_gone(pointer(i));
	CHECK_EQ(live(), 0);
}

TEST(an_address_used_again_is_a_new_sample)
{
	weir_sample_born(pointer(1), site, 100);
	weir_sample_born(pointer(1), site, 70);
	CHECK_EQ(live(), 70);
	weir_sample_gone(pointer(1));
	weir_sample_gone(pointer(1));
	CHECK_EQ(live(), 0);
}

TEST(a_full_table_drops)
{
	for (uint32_t i = 0; i < 49152; i++)
		weir_sample_born(pointer(i), site, SURE);
	CHECK_EQ(intern_dropped(WEIR_DROP_samples), 0);
	weir_sample_born(pointer(50000), site, SURE);
	CHECK_EQ(intern_dropped(WEIR_DROP_samples), 1);
	CHECK_EQ(live(), 49152 * SURE);
	weir_sample_gone(pointer(50000));
	CHECK_EQ(live(), 49152 * SURE);
	for (uint32_t i = 0; i < 49152; i++)
		weir_sample_gone(pointer(i));
	CHECK_EQ(live(), 0);
}

static const uint64_t *
census_of(uint64_t bytes)
{
	static uint64_t rows[WEIR_STATS_SMALL_ROWS][WEIR_N_SMALL_FIELDS];
	uint32_t row = 0;

	weir_sample_census(rows);
	while (rows[row][WEIR_M_most_bytes] < bytes)
		row++;
	return rows[row];
}

TEST(the_census_has_a_row_for_each_size)
{
	uint64_t before = 0, n = 0;

	for (uint32_t row = 0; row < WEIR_STATS_SMALL_ROWS; row++) {
		static uint64_t rows[WEIR_STATS_SMALL_ROWS][WEIR_N_SMALL_FIELDS];

		weir_sample_census(rows);
		uint64_t most = rows[row][WEIR_M_most_bytes];
		uint64_t sizes[] = {before + 1, most < UINT64_MAX ? most : 1u << 20};

		CHECK(most > before);
		for (int i = 0; i < 2; i++) {
			uint64_t was = rows[row][WEIR_M_allocs];

			if (sizes[i] < SURE)
				continue;
			weir_sample_born(pointer((uint32_t)n++), site, sizes[i]);
			weir_sample_census(rows);
			CHECK_EQ(rows[row][WEIR_M_allocs], was + 1);
		}
		before = most;
	}
	CHECK_EQ(census_of(176)[WEIR_M_most_bytes], 176);
	CHECK_EQ(census_of(100000)[WEIR_M_most_bytes], 104 << 10);
	CHECK_EQ(census_of(128 << 10)[WEIR_M_most_bytes], 128 << 10);
	for (uint64_t i = 0; i < n; i++)
		weir_sample_gone(pointer((uint32_t)i));
	CHECK(weir_sample_none());
}

TEST(the_census_counts_what_lives_and_what_is_freed)
{
	const uint64_t *c = census_of(176);
	uint64_t allocs = c[WEIR_M_allocs], frees = c[WEIR_M_frees];

	weir_sample_born(pointer(1), site, 170);
	weir_sample_born(pointer(2), site, 176);
	weir_sample_born(pointer(3), site, 177);
	weir_sample_gone(pointer(2));
	census_of(176);
	CHECK_EQ(c[WEIR_M_allocs], allocs + 2);
	CHECK_EQ(c[WEIR_M_frees], frees + 1);
	CHECK_EQ(c[WEIR_M_live], 1);
	CHECK_EQ(c[WEIR_M_live_bytes], 170);
	CHECK_EQ(c[WEIR_M_live_samples], 1);
	CHECK(!weir_sample_none());
	weir_trace_freeze();
	weir_sample_after_fork();
	census_of(176);
	CHECK_EQ(c[WEIR_M_allocs], 0);
	CHECK_EQ(c[WEIR_M_live], 1);
	weir_trace_thaw();
	weir_sample_gone(pointer(1));
	weir_sample_gone(pointer(3));
	CHECK(weir_sample_none());
}

/* Of a cache whose new blocks nobody samples any more, the end of the old ones is no fall. */
TEST(what_is_freed_while_nothing_is_sampled_is_told_with_the_next_start)
{
	for (uint32_t i = 0; i < 40; i++)
		weir_sample_born(pointer(i), site, 1000);
	weir_sample_halt();
	for (uint32_t i = 0; i < 30; i++)
		weir_sample_gone(pointer(i));
	/* Twice is once, and what was not freed is looked for still. */
	weir_sample_gone(pointer(0));
	CHECK(!weir_sample_may_be(pointer(0)) && weir_sample_may_be(pointer(39)));
	CHECK_EQ(live(), 40000);
	/* One that was chosen when sampling ended. */
	weir_sample_born(pointer(1), site, 500);
	CHECK_EQ(live(), 39500);
	CHECK_EQ(weir_sample_start(1), 0);
	CHECK_EQ(live(), 10500);
	CHECK(!weir_sample_none());
	weir_sample_gone(pointer(1));
	for (uint32_t i = 30; i < 40; i++)
		weir_sample_gone(pointer(i));
	CHECK_EQ(live(), 0);
	CHECK(weir_sample_none());
	/* All freed meanwhile: there is nothing left to look for. */
	weir_sample_born(pointer(2), site, 700);
	weir_sample_halt();
	weir_sample_gone(pointer(2));
	CHECK(weir_sample_none());
	CHECK_EQ(live(), 700);
	CHECK_EQ(weir_sample_start(1), 0);
	CHECK_EQ(live(), 0);
}

#define TAP_TESTS                                                                        \
	T(distances_have_the_mean_and_no_memory)                                         \
	T(weights_are_the_inverse_of_the_chance)                                         \
	T(sums_are_right_on_the_average)                                                 \
	T(live_samples_are_kept_and_forgotten)                                           \
	T(an_address_used_again_is_a_new_sample)                                         \
	T(a_full_table_drops)                                                            \
	T(the_census_has_a_row_for_each_size)                                            \
	T(the_census_counts_what_lives_and_what_is_freed)                                \
	T(what_is_freed_while_nothing_is_sampled_is_told_with_the_next_start)

int
main(void)
{
	static const struct tap_test tests[] = {TAP_TESTS};

	return weir_trace_start(1) != 0 || weir_sample_start(1) != 0 ||
	       tap_run(tests, (int)(sizeof(tests) / sizeof(tests[0])));
}
