/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pace of looks.
 */
#include "policy/beat.h"

#define QUICK_NS 1000000000ll
#define SLOW_NS	 10000000000ll

/* Less comes and goes in any program. */
#define MOVE_BYTES ((uint64_t)1 << 20)

int64_t
weir_beat_wait(const struct weir_beat *b, int64_t born_ns, int64_t now_ns)
{
	if (b->seen_ns == 0)
		return born_ns + WEIR_BEAT_AGE_NS - now_ns;
	return b->seen_ns + (b->moves ? QUICK_NS : SLOW_NS) - now_ns;
}

void
weir_beat_seen(struct weir_beat *b, int64_t now_ns, uint64_t rss_bytes)
{
	uint64_t more = rss_bytes > b->rss_bytes ? rss_bytes - b->rss_bytes
						 : b->rss_bytes - rss_bytes;

	b->moves = more >= MOVE_BYTES;
	b->rss_bytes = rss_bytes;
	b->seen_ns = now_ns;
}
