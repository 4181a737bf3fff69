/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the host rests, so that the next allocator may be told to give back what it keeps: which takes
 * that allocator's locks for up to half a second, and must not happen between two requests. Rest is
 * that nothing of the host ran at all, for seconds. Pure: all times are arguments.
 */
#ifndef POLICY_REST_H
#define POLICY_REST_H

#include <stdbool.h>
#include <stdint.h>

/* What the host has done since it started, without the clock's own part. */
struct weir_rest_seen {
	int64_t cpu_ns;
	uint64_t switches; /* how often one of its threads went to sleep */
};

/* All zero at first. */
struct weir_rest {
	struct weir_rest_seen still; /* what was seen when the present quiet began */
	int64_t still_ns;	     /* and when that was; 0: nothing was seen yet */
	int64_t need_ns;	     /* how long a rest it takes; 0: the least */
	int64_t trimmed_ns;	     /* the last trim's end, 0: none */
	int64_t took_ns;	     /* and how long it took */
	int64_t trimmed_cpu_ns;	     /* how much the host had worked before */
};

#define WEIR_REST_LOOK_NS 500000000ll

/*
 * Nanoseconds until the next look; 0: it rests, trim now and call weir_rest_trimmed; INT64_MAX: there is
 * nothing to wait for until the host has worked again.
 */
int64_t weir_rest_look(struct weir_rest *r, int64_t now_ns, struct weir_rest_seen seen);

/* The trim lasted from `begun_ns` to `now_ns`; `seen` is what was seen after it. */
void weir_rest_trimmed(struct weir_rest *r, int64_t begun_ns, int64_t now_ns,
		       struct weir_rest_seen seen);

#endif
