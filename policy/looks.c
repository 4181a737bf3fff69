/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks that pay for themselves.
 */
#include "policy/looks.h"

#define SECOND_NS  INT64_C(1000000000)
#define COST_SHARE 2000

bool
weir_look_due(int64_t now_ns, int64_t last_ns, int64_t every_ns)
{
	return now_ns < last_ns || now_ns - last_ns >= every_ns;
}

bool
weir_unused_due(const struct weir_unused_look *look)
{
	bool near = look->current_bytes > look->limit_bytes - look->limit_bytes / 4 &&
		    look->unused_bytes > look->limit_bytes / 16;
	int64_t every_ns = near && look->cost_ns < SECOND_NS / COST_SHARE
				   ? look->cost_ns * COST_SHARE
				   : SECOND_NS;

	return weir_look_due(look->now_ns, look->last_ns, every_ns);
}

#define EARLY_NS (SECOND_NS / 20)

/* Less comes and goes in any program. */
#define MOVE_BYTES ((uint64_t)1 << 20)

bool
weir_parts_due(const struct weir_parts_look *look, int64_t now_ns, uint64_t rss_bytes)
{
	uint64_t by = rss_bytes > look->rss_bytes ? rss_bytes - look->rss_bytes
						  : look->rss_bytes - rss_bytes;
	int64_t every_ns = look->cost_ns * (COST_SHARE / 5);

	/* Whoever asks does so each second, and is never on the dot. */
	if (every_ns < SECOND_NS - EARLY_NS)
		every_ns = SECOND_NS - EARLY_NS;
	if (by < MOVE_BYTES)
		every_ns *= 10;
	return look->last_ns == 0 || weir_look_due(now_ns, look->last_ns, every_ns);
}
