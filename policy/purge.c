/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much free memory to keep and until when, see purge.h. Called by the map tier's cache
 * and the background thread. Must never look at a clock: ages are arguments.
 */
#include "policy/purge.h"

#define NS_PER_MS 1000000ull
#define SLACK_MIN (16ull << 20)
#define FIRM_MIN  (1ull << 20)

uint64_t
weir_rest_seen(uint64_t charged_bytes, uint64_t own_bytes)
{
	return charged_bytes > own_bytes ? charged_bytes - own_bytes : 0;
}

uint64_t
weir_most(const struct weir_pressure *p)
{
	uint64_t allowed = p->limit_bytes / 10 * 9;

	if (p->limit_bytes == 0)
		return UINT64_MAX;
	return allowed > p->rest_bytes ? allowed - p->rest_bytes : 0;
}

uint64_t
weir_cache_cap(const struct weir_pressure *p)
{
	uint64_t most = weir_most(p);

	if (most == UINT64_MAX)
		return UINT64_MAX;
	return most > p->lent_bytes ? most - p->lent_bytes : 0;
}

uint64_t
weir_keep_firm(const struct weir_pressure *p)
{
	uint64_t firm = p->limit_bytes / 16, left = weir_cache_cap(p) / 4;

	if (p->limit_bytes == 0)
		return 0;
	if (firm > left)
		firm = left;
	return firm > FIRM_MIN ? firm : FIRM_MIN;
}

uint64_t
weir_held_firm(const struct weir_pressure *p)
{
	return p->limit_bytes != 0 ? weir_rest_seen(weir_most(p), p->rest_bytes) : 0;
}

uint64_t
weir_charged(uint64_t all_bytes, uint64_t droppable_bytes, uint64_t offered_bytes)
{
	uint64_t unused = weir_rest_seen(droppable_bytes, offered_bytes);

	return weir_rest_seen(all_bytes, unused);
}

uint64_t
weir_recent_peak(uint64_t peak, uint64_t now, int64_t elapsed_ns, uint64_t decay_ms)
{
	uint64_t elapsed_ms = elapsed_ns > 0 ? (uint64_t)elapsed_ns / NS_PER_MS : 0;

	if (peak <= now || elapsed_ms >= decay_ms)
		return now;
	return peak -
	       (uint64_t)((double)(peak - now) * (double)elapsed_ms / (double)decay_ms);
}

uint64_t
weir_keep_slack(uint64_t peak)
{
	return peak / 16 > SLACK_MIN ? peak / 16 : SLACK_MIN;
}

uint64_t
weir_keep_bytes(uint64_t peak, uint64_t lent)
{
	uint64_t swing = peak > lent ? peak - lent : 0;

	return swing + weir_keep_slack(peak);
}

uint64_t
weir_purge_sleep(int64_t oldest_age_ns, uint64_t decay_ms, uint64_t cached_bytes,
		 uint64_t min_ns)
{
	uint64_t age = oldest_age_ns > 0 ? (uint64_t)oldest_age_ns : 0;
	uint64_t decay_ns, sleep;

	if (cached_bytes == 0)
		return UINT64_MAX;
	if (__builtin_mul_overflow(decay_ms, NS_PER_MS, &decay_ns))
		decay_ns = UINT64_MAX;
	sleep = decay_ns > age ? decay_ns - age : 0;
	if (sleep > decay_ns / 4)
		sleep = decay_ns / 4;
	return sleep > min_ns ? sleep : min_ns;
}
