/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pace of looks.
 */
#include "policy/beat.h"

#define QUICK_NS 1000000000ll
#define SLOW_NS	 10000000000ll

/* Less comes and goes in any program; so much is no trickle. */
#define MOVE_BYTES  ((uint64_t)1 << 20)
#define SURGE_BYTES ((uint64_t)8 << 20)

/* By then it is SLOW_NS. A heap that grows by the collection stands still for seconds in between. */
#define STILL_MOST 4

int64_t
weir_beat_wait(const struct weir_beat *b, int64_t born_ns, int64_t now_ns)
{
	int64_t pace_ns = QUICK_NS << b->still;

	if (b->seen_ns == 0)
		return born_ns + WEIR_BEAT_AGE_NS - now_ns;
	return b->seen_ns + (pace_ns < SLOW_NS ? pace_ns : SLOW_NS) - now_ns;
}

void
weir_beat_seen(struct weir_beat *b, int64_t now_ns, uint64_t rss_bytes)
{
	uint64_t more = rss_bytes > b->rss_bytes ? rss_bytes - b->rss_bytes
						 : b->rss_bytes - rss_bytes;

	if (more >= SURGE_BYTES)
		b->still = 0;
	else if (more >= MOVE_BYTES)
		b->still /= 2;
	else if (b->still < STILL_MOST)
		b->still++;
	b->rss_bytes = rss_bytes;
	b->seen_ns = now_ns;
}
