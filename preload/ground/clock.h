/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time as the shim sees it: CLOCK_MONOTONIC in nanoseconds, at the tick's resolution (4 ms),
 * which is what a timestamp on every free may cost.
 */
#ifndef PRELOAD_CLOCK_H
#define PRELOAD_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t
clock_read(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int64_t
clock_now_ns(void)
{
	return clock_read(CLOCK_MONOTONIC_COARSE);
}

#endif
