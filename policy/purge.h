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
	uint64_t rest_bytes;  /* charged against it for what is not weir's */
	uint64_t lent_bytes;  /* held by the host; counts as if all of it was touched */
};

/*
 * What of a charge is certainly not weir's, of whose memory `own_bytes` is the most that was lent or kept
 * while the charge was read. It is all of the rest only while the host has touched all that it was lent:
 * the most of it that was seen lately (weir_recent_peak) is the best guess.
 */
uint64_t weir_rest_seen(uint64_t charged_bytes, uint64_t own_bytes);

/*
 * How much weir may lend and keep together: what the rest leaves below nine tenths of the limit, so that
 * what it keeps never brings the host to its limit; UINT64_MAX without one. Beyond that, fresh pages are
 * paid for by giving kept ones back.
 */
uint64_t weir_most(const struct weir_pressure *p);

/* How much of that may be kept: what the host leaves of it. UINT64_MAX: age alone decides. */
uint64_t weir_cache_cap(const struct weir_pressure *p);

/*
 * So much of what is kept stays weir's whatever happens; the rest is the kernel's to take as soon as anybody
 * needs memory, faster than any look. A sixteenth of the limit, a quarter of what is left of it where that
 * is less, and at least 1 MB, so that a few small blocks cost nothing. 0 without a limit: all of it.
 */
uint64_t weir_keep_firm(const struct weir_pressure *p);

/*
 * As much more of it stays weir's as this leaves of the most that the host held lately: so that the host may hold as
 * much again, and what is not weir's be twice what it is, before anybody looks.
 */
uint64_t weir_held_firm(const struct weir_pressure *p);

/*
 * What is charged for memory that is in use: `droppable` bytes of the charge are not, but for `offered`
 * of them: what weir keeps and the kernel may take is among them, and known to be weir's.
 */
uint64_t weir_charged(uint64_t all_bytes, uint64_t droppable_bytes,
		      uint64_t offered_bytes);

/*
 * The most that was held lately, of `now`: what a runtime holds swings between two garbage collections,
 * and the cache must serve the next peak of that swing. An older peak should not make weir keep memory:
 * what it has more than the present falls to nothing within a decay time.
 */
uint64_t weir_recent_peak(uint64_t peak, uint64_t now, int64_t elapsed_ns,
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
