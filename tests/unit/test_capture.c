/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site of a request: one place is one site, a start is not looked at, and who finds the tables locked waits
 * within bounds.
 */
#include "trace/sites/capture.h"

#include <pthread.h>
#include <sched.h>

#include "tests/tap.h"
#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/sites/sites.h"
#include "trace/walk/walk.h"

#define KB 1024

static __attribute__((noinline)) uint32_t
request(uintptr_t pc)
{
	return weir_trace_site((uintptr_t)__builtin_frame_address(0), pc, 0);
}

/* A V8 as far as is asked while it starts: exported, for weir looks at the executable's symbols. */
static void *isolate;
static bool in_context;

__attribute__((visibility("default"))) void *_ZN2v87Isolate13TryGetCurrentEv(void);
__attribute__((visibility("default"))) bool _ZN2v87Isolate9InContextEv(void *of);

void *
_ZN2v87Isolate13TryGetCurrentEv(void)
{
	return isolate;
}

bool
_ZN2v87Isolate9InContextEv(void *of)
{
	return of == isolate && in_context;
}

static uint64_t
stack_of_request(void)
{
	return ledger_site(request((uintptr_t)&in_context))->fields[WEIR_S_stack];
}

/* Comes first: nothing must have been looked at. */
TEST(a_start_is_not_looked_at_until_it_asks_for_much)
{
	uint64_t exact_bytes = sites_settings.exact_bytes;

	sites_settings.exact_bytes = 128 * KB;
	/* What V8 makes before it can run scripts has a site, without a stack. */
	isolate = &isolate;
	CHECK(walk_starting());
	in_context = true;
	CHECK(!walk_starting());
	in_context = false;
	CHECK(weir_trace_early(128 * KB));
	CHECK(!weir_trace_early(256 * KB));
	CHECK(request((uintptr_t)&in_context) != 0);
	CHECK_EQ(stack_of_request(), 0);
	CHECK(weir_trace_early(128 * KB));
	/* Who wants smaller blocks recorded wants these stacks too; so does who takes samples. */
	sites_settings.exact_bytes = 127 * KB;
	CHECK(stack_of_request() != 0);
	sites_settings.exact_bytes = 128 * KB;
	/* Once anything was looked at, all is. */
	CHECK(stack_of_request() != 0);
	isolate = NULL;
	/* Seven times 128 KB are less than 1 MB; from the eighth on all have a site. */
	for (int i = 0; i < 3; i++)
		CHECK(weir_trace_early(128 * KB));
	CHECK(!weir_trace_early(128 * KB));
	CHECK(!weir_trace_early(128 * KB));
	sites_settings.exact_bytes = exact_bytes;
}

TEST(one_place_is_one_site)
{
	struct capture_counts before, after;
	uint32_t sites[4];

	capture_counts(&before);
	for (int i = 0; i < 4; i++)
		sites[i] = request(i < 3 ? (uintptr_t)&request
					 : (uintptr_t)&stack_of_request);
	capture_counts(&after);
	CHECK(sites[0] != 0);
	CHECK_EQ(sites[1], sites[0]);
	CHECK_EQ(sites[2], sites[0]);
	CHECK(sites[3] != sites[0]);
	CHECK_EQ(after.captures - before.captures, 4);
	CHECK_EQ(after.hits - before.hits, 2);
	CHECK(ledger_site(sites[0])->fields[WEIR_S_thread] <=
	      ledger_count(WEIR_PART_THREADS));
}

TEST(a_locked_table_costs_the_site_not_the_request)
{
	weir_lock(&ledger_lock);
	CHECK_EQ(request((uintptr_t)&isolate), 0);
	weir_unlock(&ledger_lock);
	CHECK(request((uintptr_t)&isolate) != 0);
}

static void *
request_elsewhere(void *site)
{
	*(uint32_t *)site = request(0x7000);
	return NULL;
}

TEST(a_request_waits_for_its_turn)
{
	uint64_t dropped = intern_dropped(WEIR_DROP_busy);
	uint32_t site = 0;
	pthread_t thread;

	weir_lock(&ledger_lock);
	REQUIRE(pthread_create(&thread, NULL, request_elsewhere, &site) == 0);
	while (atomic_load(&ledger_lock.word) != 2 &&
	       intern_dropped(WEIR_DROP_busy) == dropped)
		sched_yield();
	weir_unlock(&ledger_lock);
	pthread_join(thread, NULL);
	CHECK(site != 0);
	CHECK_EQ(intern_dropped(WEIR_DROP_busy), dropped);
}

#define TAP_TESTS                                                                        \
	T(a_start_is_not_looked_at_until_it_asks_for_much)                               \
	T(one_place_is_one_site)                                                         \
	T(a_locked_table_costs_the_site_not_the_request)                                 \
	T(a_request_waits_for_its_turn)

int
main(void)
{
	static const struct tap_test tests[] = {TAP_TESTS};

	return weir_trace_start(1) != 0 ||
	       tap_run(tests, (int)(sizeof(tests) / sizeof(tests[0])));
}
