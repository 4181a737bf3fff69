/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pauses and rests, see aging.h. Called by the background thread only. Must never look at a clock.
 */
#include "policy/aging.h"

#define NS_PER_MS 1000000ull

static int64_t
decay(uint64_t decay_ms)
{
	uint64_t most = INT64_MAX / 4 / NS_PER_MS;

	return (int64_t)((decay_ms < most ? decay_ms : most) * NS_PER_MS);
}

struct weir_aged
weir_aging_look(struct weir_aging *a, int64_t now_ns, bool asked, uint64_t decay_ms)
{
	int64_t decay_ns = decay(decay_ms), aging_ns = now_ns;

	if (asked && a->paused) {
		a->pause_ns = now_ns - a->asked_ns;
		a->resumed_ns = a->looked_ns = now_ns;
	}
	if (asked || a->asked_ns == 0)
		a->asked_ns = now_ns;
	int64_t since_ns = now_ns - a->asked_ns;

	a->paused = since_ns >= decay_ns / 4 && since_ns < 2 * decay_ns;
	if (a->paused)
		aging_ns = a->asked_ns;
	int64_t worked_ns = aging_ns > a->looked_ns ? aging_ns - a->looked_ns : 0;
	a->looked_ns = aging_ns;
	if (aging_ns - a->resumed_ns < decay_ns)
		aging_ns -= a->pause_ns;
	return (struct weir_aged){
		.now_ns = aging_ns, .worked_ns = worked_ns, .stands = a->paused};
}
