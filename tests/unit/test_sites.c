/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sites' numbers against a model, their ages over garbage collections, many threads at once,
 * a fork.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/runtimes/majors.h"
#include "trace/sites/capture.h"
#include "trace/sites/publish.h"
#include "trace/sites/sites.h"
#include "trace/walk/walk.h"

#define KB 1024

static uint64_t
random_next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static uint32_t
new_site(uint32_t stack, uint32_t kind)
{
	weir_lock(&ledger_lock);
	uint32_t site = sites_of(stack, kind, 0);
	weir_unlock(&ledger_lock);
	return site;
}

static uint64_t
field(uint32_t site, enum weir_site_field f)
{
	weir_trace_still();
	return ledger_image(site)[f];
}

/* The ages of a site add up to what is live, always. */
static uint64_t
ages(uint32_t site)
{
	weir_trace_still();
	const uint64_t *f = ledger_image(site);
	return f[WEIR_S_age0_bytes] + f[WEIR_S_age1_bytes] + f[WEIR_S_age2_bytes] +
	       f[WEIR_S_old_bytes];
}

TEST(a_site_is_stack_kind_and_thread)
{
	uint32_t a = new_site(7, 0);

	CHECK(a != 0);
	CHECK_EQ(new_site(7, 0), a);
	CHECK(new_site(7, 1) != a);
	CHECK(new_site(8, 0) != a);
	CHECK(new_site(7, 0 | WEIR_TRACE_SAMPLED) != a);
	weir_lock(&ledger_lock);
	CHECK(sites_of(7, 0, 1) != a);
	weir_unlock(&ledger_lock);
}

TEST(a_model_agrees)
{
	enum { BLOCKS = 300, SITES = 5 };
	static struct {
		struct weir_birth birth;
		uint64_t bytes;
	} blocks[BLOCKS];
	uint64_t live[SITES] = {0}, count[SITES] = {0}, alloc[SITES] = {0},
		 peak[SITES] = {0}, state = 3;
	uint32_t sites[SITES];

	for (uint32_t i = 0; i < SITES; i++)
		sites[i] = new_site(100 + i, 0);
	for (int round = 0; round < 20000; round++) {
		uint32_t b = random_next(&state) % BLOCKS,
			 s = random_next(&state) % SITES;
		uint64_t bytes = random_next(&state) % (1 << 20);

		if (blocks[b].bytes == 0) {
			blocks[b].bytes = ++bytes;
			blocks[b].birth = weir_trace_born(sites[s], bytes, 1);
			CHECK_EQ(blocks[b].birth.site, sites[s]);
			count[s]++;
			live[s] += bytes;
			alloc[s] += bytes;
		} else {
			for (s = 0; sites[s] != blocks[b].birth.site; s++)
				;
			if (round % 3 == 0) {
				weir_trace_resized(&blocks[b].birth, blocks[b].bytes,
						   ++bytes);
				alloc[s] += bytes > blocks[b].bytes
						    ? bytes - blocks[b].bytes
						    : 0;
				live[s] += bytes - blocks[b].bytes;
				blocks[b].bytes = bytes;
			} else {
				weir_trace_gone(&blocks[b].birth, blocks[b].bytes, 1);
				live[s] -= blocks[b].bytes;
				count[s]--;
				blocks[b].bytes = 0;
			}
		}
		if (live[s] > peak[s])
			peak[s] = live[s];
	}
	for (uint32_t s = 0; s < SITES; s++) {
		CHECK_EQ(field(sites[s], WEIR_S_live_bytes), live[s]);
		CHECK_EQ(field(sites[s], WEIR_S_live_count), count[s]);
		CHECK_EQ(field(sites[s], WEIR_S_alloc_bytes), alloc[s]);
		CHECK_EQ(field(sites[s], WEIR_S_peak_bytes), peak[s]);
		CHECK_EQ(ages(sites[s]), live[s]);
		CHECK(field(sites[s], WEIR_S_first_ns) <=
		      field(sites[s], WEIR_S_last_ns));
	}
	for (int b = 0; b < BLOCKS; b++)
		if (blocks[b].bytes != 0)
			weir_trace_gone(&blocks[b].birth, blocks[b].bytes, 1);
	for (uint32_t s = 0; s < SITES; s++) {
		CHECK_EQ(field(sites[s], WEIR_S_live_bytes), 0);
		CHECK_EQ(field(sites[s], WEIR_S_birth_ms_sum), 0);
		CHECK_EQ(ages(sites[s]), 0);
	}
}

/* After so many collections of the main isolate's. */
static void
age(struct ledger_site *s, uint32_t gc)
{
	while (sites_majors(s) < gc)
		majors_count(1, true);
	sites_age(s);
}

TEST(what_survives_ages)
{
	uint32_t site = new_site(200, 0);
	struct ledger_site *s = ledger_site(site);
	struct weir_birth first = weir_trace_born(site, 8 * KB, 1);

	age(s, 1);
	struct weir_birth second = weir_trace_born(site, 2 * KB, 1);
	CHECK_EQ(second.gc, 1);
	CHECK_EQ(field(site, WEIR_S_age0_bytes), 2 * KB);
	CHECK_EQ(field(site, WEIR_S_age1_bytes), 8 * KB);
	CHECK_EQ(field(site, WEIR_S_trough_bytes), 0); /* it began with nothing */
	CHECK_EQ(field(site, WEIR_S_birth_gc_sum), 2);
	age(s, 2);
	CHECK_EQ(s->fields[WEIR_S_trough_bytes], 8 * KB);
	CHECK_EQ(s->fields[WEIR_S_age2_bytes], 8 * KB);
	weir_trace_gone(&first, 8 * KB, 1);
	CHECK_EQ(s->fields[WEIR_S_age2_bytes], 0);
	age(s, 3);
	CHECK_EQ(s->fields[WEIR_S_trough_bytes], 2 * KB);
	CHECK_EQ(s->fields[WEIR_S_age2_bytes], 2 * KB);
	/* Many at once: nothing has happened in between. */
	age(s, 90);
	CHECK_EQ(s->fields[WEIR_S_old_bytes], 2 * KB);
	CHECK_EQ(s->fields[WEIR_S_age0_bytes], 0);
	CHECK_EQ(s->fields[WEIR_S_trough_bytes], 2 * KB);
	CHECK_EQ(s->gc, 90);
	CHECK_EQ(s->fields[WEIR_S_major_gcs], 90);
	weir_trace_gone(&second, 2 * KB, 1);
	CHECK_EQ(field(site, WEIR_S_live_bytes), 0);
	CHECK_EQ(field(site, WEIR_S_birth_gc_sum), 0);
	CHECK_EQ(ages(site), 0);
}

TEST(a_sealed_block_is_nobodys)
{
	static const struct weir_birth nobody = {0};
	uint32_t site = new_site(300, 0);
	uint64_t before = field(0, WEIR_S_live_bytes);
	struct weir_birth b = weir_trace_born(site, 5 * KB, 1);

	weir_trace_disowned(&b, 5 * KB, 1);
	CHECK_EQ(field(site, WEIR_S_live_bytes), 0);
	CHECK_EQ(field(site, WEIR_S_live_count), 0);
	CHECK_EQ(field(0, WEIR_S_live_bytes), before + 5 * KB);
	age(ledger_site(0), 91);
	weir_trace_gone(&nobody, 5 * KB, 1);
	CHECK_EQ(field(0, WEIR_S_live_bytes), before);
	CHECK_EQ(ages(0), before);
}

TEST(samples_are_counted_as_such)
{
	uint32_t site = new_site(400, WEIR_TRACE_SAMPLED);
	struct weir_birth b = weir_trace_born(site, 1000 * KB, 100);

	CHECK_EQ(field(site, WEIR_S_sampled_count), 1);
	CHECK_EQ(field(site, WEIR_S_live_count), 100);
	CHECK_EQ(field(site, WEIR_S_caller_kind), 0);
	weir_trace_gone(&b, 1000 * KB, 100);
	CHECK_EQ(field(site, WEIR_S_live_count), 0);
}

#define CHURNS 1000000 /* so that threads do meet */

static void *
churn(void *p)
{
	const uint32_t *sites = p;
	struct weir_birth held[8] = {{0}};
	uint64_t state = (uintptr_t)&held;

	for (int i = 0; i < CHURNS; i++) {
		struct weir_birth *b = &held[i % 8];

		if (i >= 8)
			weir_trace_gone(b, 3 * KB, 1);
		*b = weir_trace_born(sites[random_next(&state) % 3], 3 * KB, 1);
	}
	for (int i = 0; i < 8; i++)
		weir_trace_gone(&held[i], 3 * KB, 1);
	return NULL;
}

TEST(threads_lose_nothing)
{
	uint32_t sites[3] = {new_site(500, 0), new_site(501, 0), new_site(502, 0)};
	pthread_t threads[4];
	uint64_t blocks = 0;

	for (int i = 0; i < 4; i++)
		REQUIRE(pthread_create(&threads[i], NULL, churn, sites) == 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 3; i++) {
		blocks += field(sites[i], WEIR_S_alloc_count);
		CHECK_EQ(field(sites[i], WEIR_S_live_bytes), 0);
		CHECK_EQ(field(sites[i], WEIR_S_live_count), 0);
		CHECK_EQ(ages(sites[i]), 0);
	}
	CHECK_EQ(blocks, 4 * CHURNS);
}

TEST(a_process_may_be_years_old)
{
	const uint64_t year_ns = 365 * 86400 * UINT64_C(1000000000);
	const uint64_t began = sites_settings.started_ns;
	uint32_t site = new_site(700, 0);

	weir_trace_ms();
	sites_settings.started_ns = began - 5 * year_ns;
	struct weir_birth old = weir_trace_born(site, 64 * KB, 1);
	sites_settings.started_ns = began - 9 * year_ns;
	CHECK((weir_trace_ms() - old.ms) / 1000 / 86400 / 365 == 4);
	struct weir_birth young = weir_trace_born(site, 64 * KB, 1);
	CHECK(weir_trace_ms() - young.ms < 60000);
	/* What readers divide by what is live. */
	CHECK_EQ(field(site, WEIR_S_birth_ms_sum), 64 * (old.ms + young.ms));
	weir_trace_gone(&old, 64 * KB, 1);
	weir_trace_gone(&young, 64 * KB, 1);
	CHECK_EQ(field(site, WEIR_S_birth_ms_sum), 0);
	sites_settings.started_ns = began;
}

TEST(a_child_keeps_what_is_live)
{
	uint32_t site = new_site(600, 0);
	struct weir_birth kept = weir_trace_born(site, 5 * KB, 1);
	struct weir_birth gone = weir_trace_born(site, 6 * KB, 1);

	weir_trace_gone(&gone, 6 * KB, 1);
	uint32_t sampled = new_site(601, WEIR_TRACE_SAMPLED);
	weir_trace_born(sampled, KB, 1);
	weir_trace_born(sampled, KB, 1);
	weir_trace_freeze();
	weir_trace_after_fork();
	CHECK_EQ(field(sampled, WEIR_S_sampled_count), 1); /* still told apart */
	CHECK_EQ(field(site, WEIR_S_live_bytes), 5 * KB);
	CHECK_EQ(field(site, WEIR_S_alloc_bytes), 0);
	CHECK_EQ(field(site, WEIR_S_peak_bytes), 5 * KB);
	weir_trace_gone(&kept, 5 * KB, 1);
	CHECK_EQ(field(site, WEIR_S_live_bytes), 0);
	CHECK(new_site(602, 0) != 0); /* the lock is free */
}

TEST(full_sites_are_site_0)
{
	for (uint32_t i = 0; ledger_count(WEIR_PART_SITES0) < CAPACITY_SITES0; i++)
		REQUIRE(new_site(100000 + i, 0) != 0);
	CHECK_EQ(new_site(1, 0), 0);
	CHECK(new_site(100000, 0) != 0);
}

#define TAP_TESTS                                                                        \
	T(a_site_is_stack_kind_and_thread)                                               \
	T(a_model_agrees)                                                                \
	T(what_survives_ages)                                                            \
	T(a_sealed_block_is_nobodys)                                                     \
	T(samples_are_counted_as_such)                                                   \
	T(threads_lose_nothing)                                                          \
	T(a_process_may_be_years_old)                                                    \
	T(a_child_keeps_what_is_live)                                                    \
	T(full_sites_are_site_0)

int
main(void)
{
	static const struct tap_test tests[] = {TAP_TESTS};

	return weir_trace_start(1) != 0 ||
	       tap_run(tests, (int)(sizeof(tests) / sizeof(tests[0])));
}
