/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two counts a clock, of which the larger one counts; where the isolate changes both begin from that.
 */
#include "trace/runtimes/majors.h"

#include <stdatomic.h>

/* Both counts in one word, the isolate's own in the lower half: whoever follows another one loses none. */
#define MAINS ((uint64_t)1 << 32)

static struct {
	_Atomic uint64_t counts;
	_Atomic uint32_t isolate;
} clocks[MAJORS_CLOCKS];
static _Atomic uint32_t n_clocks = 1; /* in use: the first ones */
static _Atomic uint64_t all, of_main;

static uint32_t
larger(uint64_t counts)
{
	uint32_t own = (uint32_t)counts, mains = (uint32_t)(counts >> 32);

	return own > mains ? own : mains;
}

uint32_t
majors_at(uint32_t clock)
{
	return larger(atomic_load_explicit(&clocks[clock].counts, memory_order_relaxed));
}

static void
level(uint32_t clock)
{
	uint64_t was = clocks[clock].counts;

	while (!atomic_compare_exchange_weak(&clocks[clock].counts, &was,
					     larger(was) * (MAINS + 1)))
		;
}

void
majors_follow(uint32_t clock, uint32_t isolate)
{
	level(clock);
	atomic_store(&clocks[clock].isolate, isolate);
	if (clock >= n_clocks)
		atomic_store(&n_clocks, clock + 1);
}

void
majors_forget(uint32_t isolate)
{
	for (uint32_t i = 0; i < n_clocks; i++) {
		uint32_t its = isolate;

		if (clocks[i].isolate != isolate)
			continue;
		level(i);
		/* Unless the clock follows another one meanwhile. */
		atomic_compare_exchange_strong(&clocks[i].isolate, &its, 0);
	}
}

void
majors_count(uint32_t isolate, bool is_main)
{
	for (uint32_t i = 0; i < n_clocks; i++) {
		if (clocks[i].isolate == isolate)
			atomic_fetch_add(&clocks[i].counts, 1);
		if (is_main)
			atomic_fetch_add(&clocks[i].counts, MAINS);
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
