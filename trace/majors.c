/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two counts a clock, of which the larger one counts; where the isolate changes both begin from that.
 */
#include "trace/majors.h"

#include <stdatomic.h>

static struct {
	_Atomic uint32_t isolate, own, mains;
} clocks[MAJORS_CLOCKS];
static _Atomic uint32_t n_clocks = 1; /* in use: the first ones */
static _Atomic uint64_t all, of_main;

uint32_t
majors_at(uint32_t clock)
{
	uint32_t own = atomic_load_explicit(&clocks[clock].own, memory_order_relaxed);
	uint32_t mains = atomic_load_explicit(&clocks[clock].mains, memory_order_relaxed);

	return own > mains ? own : mains;
}

void
majors_follow(uint32_t clock, uint32_t isolate)
{
	uint32_t now = majors_at(clock);

	atomic_store(&clocks[clock].own, now);
	atomic_store(&clocks[clock].mains, now);
	atomic_store(&clocks[clock].isolate, isolate);
	if (clock >= n_clocks)
		atomic_store(&n_clocks, clock + 1);
}

void
majors_forget(uint32_t isolate)
{
	for (uint32_t i = 0; i < n_clocks; i++)
		if (clocks[i].isolate == isolate)
			majors_follow(i, 0);
}

void
majors_count(uint32_t isolate, bool is_main)
{
	for (uint32_t i = 0; i < n_clocks; i++) {
		if (clocks[i].isolate == isolate)
			atomic_fetch_add(&clocks[i].own, 1);
		if (is_main)
			atomic_fetch_add(&clocks[i].mains, 1);
	}
	if (is_main)
		atomic_fetch_add(&of_main, 1);
	atomic_fetch_add(&all, 1);
}

uint64_t
majors_all(void)
{
	return atomic_load_explicit(&all, memory_order_acquire);
}

uint64_t
majors_of_main(void)
{
	return atomic_load_explicit(&of_main, memory_order_acquire);
}
