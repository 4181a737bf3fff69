/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two counters a bucket, added to without order among each other: a reader may see one stack more
 * than another counter says, and never less than before.
 */
#include "trace/sites/cost.h"

#include <stdatomic.h>
#include <string.h>

static _Atomic uint64_t known_stacks[WEIR_TRACE_COSTS], new_stacks[WEIR_TRACE_COSTS];

/* As the file has it for the even and the odd heads. */
static struct weir_trace_cost written[2][WEIR_TRACE_COSTS];

uint32_t
cost_bucket(uint64_t ns)
{
	if (ns < 4)
		return (uint32_t)ns;
	uint32_t log2 = 63 - (uint32_t)__builtin_clzll(ns);
	uint32_t bucket = 4 * (log2 - 1) + (uint32_t)(ns >> (log2 - 2) & 3);

	return bucket < WEIR_TRACE_COSTS ? bucket : WEIR_TRACE_COSTS - 1;
}

void
cost_count(bool known, uint64_t ns, uint32_t weight)
{
	_Atomic uint64_t *stacks = known ? known_stacks : new_stacks;

	atomic_fetch_add_explicit(&stacks[cost_bucket(ns)], weight, memory_order_relaxed);
}

void
cost_copy(struct weir_trace_cost to[WEIR_TRACE_COSTS])
{
	for (uint32_t i = 0; i < WEIR_TRACE_COSTS; i++)
		to[i] = (struct weir_trace_cost){
			atomic_load_explicit(&known_stacks[i], memory_order_relaxed),
			atomic_load_explicit(&new_stacks[i], memory_order_relaxed),
		};
}

int
cost_write(const struct weir_trace_sink *sink, uint64_t offset, int parity)
{
	static struct weir_trace_cost now[WEIR_TRACE_COSTS]; /* one at a time publishes */

	cost_copy(now);
	if (memcmp(now, written[parity], sizeof(now)) == 0)
		return 0;
	int rc = sink->write(sink->context, offset, now, sizeof(now));
	if (rc == 0)
		memcpy(written[parity], now, sizeof(now));
	return rc;
}

void
cost_after_fork(void)
{
	memset(written, 0, sizeof(written));
	for (uint32_t i = 0; i < WEIR_TRACE_COSTS; i++) {
		atomic_store_explicit(&known_stacks[i], 0, memory_order_relaxed);
		atomic_store_explicit(&new_stacks[i], 0, memory_order_relaxed);
	}
}
