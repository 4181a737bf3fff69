/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The look at what the process has done, and the trim.
 */
#include "preload/clock/idle.h"

#include <sys/resource.h>

#include "policy/rest.h"
#include "preload/clock/trim.h"
#include "preload/ground/clock.h"
#include "preload/ground/settings.h"

/* A process without a heap to speak of: there is nothing to be had. */
#define WORTH_BYTES ((uint64_t)16 << 20)

static struct weir_rest rest;

/* The process first: what this thread does in between is then not taken for the host's. */
static struct weir_rest_seen
seen(void)
{
	struct rusage all = {0}, own = {0};
	int64_t cpu_ns = clock_read(CLOCK_PROCESS_CPUTIME_ID);

	cpu_ns -= clock_read(CLOCK_THREAD_CPUTIME_ID);
	getrusage(RUSAGE_SELF, &all);
	getrusage(RUSAGE_THREAD, &own);
	return (struct weir_rest_seen){
		.cpu_ns = cpu_ns, .switches = (uint64_t)(all.ru_nvcsw - own.ru_nvcsw)};
}

uint64_t
idle_look(uint64_t other_bytes)
{
	int64_t now_ns = clock_read(CLOCK_MONOTONIC);

	if (!weir_config.trim_next)
		return UINT64_MAX;
	int64_t next_ns = weir_rest_look(&rest, now_ns, seen());
	if (next_ns == 0) {
		if (other_bytes >= WORTH_BYTES)
			trim_at_rest();
		weir_rest_trimmed(&rest, now_ns, clock_read(CLOCK_MONOTONIC), seen());
		return WEIR_REST_LOOK_NS;
	}
	if (next_ns != INT64_MAX)
		return (uint64_t)next_ns;
	trim_still_so(now_ns);
	return UINT64_MAX;
}

void
idle_after_fork(void)
{
	rest = (struct weir_rest){0};
}
