/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bound that learns, see burst_bound.h. Called by the thread of a host that has one. Must never look at a clock.
 */
#include "policy/burst_bound.h"

#include <stdbool.h>

#define NS_PER_MS   1000000ull
#define FIRM_SHARE  128
#define FORK_LITTLE (1ull << 20)

static bool
is_rest(int64_t from_ns, int64_t now_ns, uint64_t decay_ms)
{
	uint64_t passed_ms =
		now_ns > from_ns ? (uint64_t)(now_ns - from_ns) / NS_PER_MS : 0;

	return passed_ms / 2 >= decay_ms;
}

void
weir_bursts_asked(struct weir_bursts *b, int64_t now_ns, uint64_t fresh_bytes,
		  uint64_t decay_ms)
{
	if (is_rest(b->asked_ns, now_ns, decay_ms))
		b->more_bytes = 0;
	b->asked_ns = now_ns;
	if (b->given_bytes == 0)
		return;
	if (is_rest(b->given_ns, now_ns, decay_ms))
		b->given_bytes = 0;
	uint64_t again = fresh_bytes < b->given_bytes ? fresh_bytes : b->given_bytes;
	b->given_bytes -= again;
	b->more_bytes += again;
}

void
weir_bursts_gave(struct weir_bursts *b, int64_t now_ns, uint64_t bytes)
{
	b->given_bytes += bytes;
	b->given_ns = now_ns;
}

uint64_t
weir_bursts_keep(const struct weir_bursts *b, uint64_t decay_ms)
{
	return decay_ms != 0 ? WEIR_KEEP_INLINE + b->more_bytes : 0;
}

uint64_t
weir_bursts_firm(uint64_t available_bytes)
{
	return WEIR_KEEP_INLINE + available_bytes / FIRM_SHARE;
}

uint64_t
weir_bursts_fork(uint64_t asked_bytes)
{
	return asked_bytes > FORK_LITTLE ? asked_bytes : FORK_LITTLE;
}
