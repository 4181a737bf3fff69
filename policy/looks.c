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

/* Looks at where memory is: a share of a processor, and so much at once after a time without. */
#define PARTS_SHARE   (COST_SHARE / 5)
#define PARTS_AT_ONCE (SECOND_NS / 20)

/* Of what the looks up to the last one took, what their share has not paid for since. */
static int64_t
owed_now(const struct weir_parts_look *look, int64_t now_ns)
{
	int64_t paid_ns = (now_ns - look->last_ns) / PARTS_SHARE;

	return look->owed_ns > paid_ns ? look->owed_ns - paid_ns : 0;
}

bool
weir_parts_due(const struct weir_parts_look *look, int64_t now_ns, uint64_t rss_bytes)
{
	uint64_t by = rss_bytes > look->rss_bytes ? rss_bytes - look->rss_bytes
						  : look->rss_bytes - rss_bytes;
	/* Whoever asks does so each second, and is never on the dot. */
	int64_t every_ns = SECOND_NS - EARLY_NS, dear_ns = look->cost_ns * PARTS_SHARE;

	if (by < MOVE_BYTES)
		every_ns = 10 * (dear_ns > every_ns ? dear_ns : every_ns);
	else if (dear_ns > every_ns &&
		 owed_now(look, now_ns) + look->cost_ns > PARTS_AT_ONCE)
		every_ns = dear_ns;
	return look->last_ns == 0 || weir_look_due(now_ns, look->last_ns, every_ns);
}

/* What is not known yet is taken for what a quiet machine does with small pages: 5 ns for each. */
#define SELDOM_NS    INT64_C(10000000)
#define UNSEEN_BYTES ((uint64_t)256 << 20)

/* A page more than at the last look: ten times that, as on a busy machine. */
#define PAGE_NS	   50.0
#define PAGE_BYTES 4096

bool
weir_parts_brief(const struct weir_parts_look *look, int64_t now_ns, uint64_t rss_bytes)
{
	if (look->cost_ns == 0 || look->rss_bytes == 0)
		return rss_bytes <= UNSEEN_BYTES;
	double times = (double)rss_bytes / (double)look->rss_bytes;

	double more =
		rss_bytes > look->rss_bytes ? (double)(rss_bytes - look->rss_bytes) : 0;

	/*
	 * A few mappings cost more than a few pages: by its size alone a look at a small process that grows would soon be too
	 * dear for ever.
	 */
	double by_size_ns = (double)look->cost_ns * (times > 1 ? times : 1);
	double by_pages_ns = (double)look->cost_ns + more / PAGE_BYTES * PAGE_NS;
	double cost_ns = by_size_ns < by_pages_ns ? by_size_ns : by_pages_ns;

	return cost_ns <= (double)WEIR_PARTS_BRIEF_NS ||
	       (cost_ns <= (double)SELDOM_NS &&
		(double)(now_ns - look->last_ns) >= cost_ns * COST_SHARE);
}

void
weir_parts_looked(struct weir_parts_look *look, int64_t now_ns, int64_t cost_ns,
		  uint64_t rss_bytes)
{
	look->owed_ns = owed_now(look, now_ns) + cost_ns;
	look->last_ns = now_ns;
	look->cost_ns = cost_ns;
	look->rss_bytes = rss_bytes;
}
