/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much free memory to keep, and until when. Pure: time, load and limits are arguments,
 * so that an hour of decay is tested in a microsecond.
 */
#ifndef POLICY_PURGE_H
#define POLICY_PURGE_H

#include <stdint.h>

struct weir_pressure {
	uint64_t limit_bytes; /* tightest of the cgroup's and machine's limits, 0: none */
	uint64_t current_bytes; /* charged against that limit now */
	uint64_t cached_bytes;	/* resident free bytes that weir keeps */
	uint64_t lent_bytes;	/* held by the host; counts as if all of it was touched */
};

/*
 * Bound on resident free bytes. `option_max` (cache_max) wins when it is not 0; otherwise
 * under a limit the cache may use the room that the rest leaves below nine tenths
 * of the limit, so that cached blocks never bring the host to its limit; with no limit there
 * is no bound (UINT64_MAX): age alone decides.
 */
uint64_t weir_cache_cap(uint64_t option_max, const struct weir_pressure *p);

/*
 * By how much weir may grow until it looks again: what is left below nine tenths of the limit;
 * UINT64_MAX without one. Beyond that, fresh pages are paid for by purging.
 */
uint64_t weir_growth_room(const struct weir_pressure *p);

/*
 * The most that the host held lately. What a runtime holds swings between two garbage collections, and
 * the cache must serve the next peak of that swing. An older peak should not make weir keep memory: what
 * it has more than the present falls to nothing within a decay time.
 */
uint64_t weir_lent_peak(uint64_t peak, uint64_t lent, int64_t elapsed_ns,
			uint64_t decay_ms);

/*
 * How much more than that peak may be in use and kept together before fresh pages cost kept ones: a
 * sixteenth of it, and at least 16 MB. With 4 MB, a program that has a few blocks of mixed sizes pays at
 * each of them.
 */
uint64_t weir_keep_slack(uint64_t peak);

/* How much may be kept free while the host holds `lent`: what is left to the peak and the slack. */
uint64_t weir_keep_bytes(uint64_t peak, uint64_t lent);

/*
 * Nanoseconds the background thread may sleep: until the oldest block is due, and never
 * longer than a quarter of the decay time, so that memory is given back at most a quarter of it
 * after it is due by aging.h, and 2.25 decay times after the host's last request; but always at least
 * `min_ns`, so that a short decay time does not spin. UINT64_MAX when nothing is cached.
 */
uint64_t weir_purge_sleep(int64_t oldest_age_ns, uint64_t decay_ms, uint64_t cached_bytes,
			  uint64_t min_ns);

#endif
