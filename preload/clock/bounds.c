/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounds of one round: what may be lent and kept together, what may be kept, and what of that is offered to the
 * kernel. Files are read here, decisions are policy/purge.h's.
 */
#include "preload/clock/bounds.h"

#include <stdatomic.h>

#include "policy/beat.h"
#include "policy/looks.h"
#include "policy/purge.h"
#include "preload/clock/keep.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/own_files.h"
#include "preload/ground/settings.h"
#include "preload/machine/sampling_look.h"
#include "preload/machine/scarce.h"

#define MS_NS	      1000000ll
#define SCARCE_EVERY  (100 * MS_NS)
#define TOUCHED_EVERY (900 * MS_NS)

#define UNTOUCHED_LEAST ((uint64_t)16 << 20)

/* So much the host's own thread measures, which would wait for it; at most this part of a processor. */
#define RESIDENT_INLINE ((uint64_t)256 << 20)
#define RESIDENT_SHARE	2000

static _Atomic uint64_t other_bytes;
/* Of weir's address space, measured at ns; not again before next_ns. */
static struct {
	int64_t ns, next_ns;
	uint64_t bytes;
} seen;
static int64_t scarce_ns;   /* when limits of data and address space were read */
static bool is_limited;	    /* by the group, or by what may be promised */
static uint64_t firm_bytes; /* see weir_keep_firm */
static uint64_t rest_peak;  /* the most that was charged lately for what is not weir's */

static uint64_t
own_bytes(void)
{
	return weir_pool_lent_bytes() + weir_pool_cached_bytes();
}

bool
bounds_resident(int64_t now_ns, enum chores_by by, int64_t within_ns, uint64_t *bytes)
{
	uint64_t most = by == CHORES_BY_CLOCK ? UINT64_MAX : RESIDENT_INLINE;

	if (seen.ns == 0 || now_ns - seen.ns >= within_ns) {
		if (now_ns < seen.next_ns)
			return false;
		int64_t begun_ns = clock_read(CLOCK_MONOTONIC);
		bool measured = weir_pool_resident(most, &seen.bytes);
		int64_t cost_ns = clock_read(CLOCK_MONOTONIC) - begun_ns;
		seen.next_ns = now_ns + cost_ns * RESIDENT_SHARE;
		if (!measured)
			return false;
		seen.ns = now_ns;
	}
	*bytes = seen.bytes;
	return true;
}

/* What is lent is not all touched: where that matters, the resident part is measured, which takes time. */
static bool
own_resident(int64_t now_ns, enum chores_by by, uint64_t *bytes)
{
	*bytes = own_bytes();
	if (*bytes < UNTOUCHED_LEAST)
		return true;
	return weir_look_due(now_ns, seen.ns, TOUCHED_EVERY) &&
	       bounds_resident(now_ns, by, 0, bytes);
}

static void
note_other(const struct facts_memory *m, uint64_t own)
{
	atomic_store(&other_bytes, weir_rest_seen(m->rss_bytes, own));
}

/* The process's size was read before weir's: what is freed between the two is not taken for growth. */
static void
look_at_small(int64_t now_ns, const struct facts_memory *m, enum chores_by by)
{
	uint64_t own;

	if (m->fresh && weir_beat_old_enough(gate_born_ns, now_ns) &&
	    own_resident(now_ns, by, &own))
		sampling_look(now_ns, m->anon_bytes, own);
}

void
bounds_small(int64_t now_ns, const struct facts_memory *m, enum chores_by by)
{
	look_at_small(now_ns, m, by);
	note_other(m, own_bytes());
}

uint64_t
bounds_other_bytes(void)
{
	return atomic_load_explicit(&other_bytes, memory_order_relaxed);
}

bool
bounds_limited(void)
{
	return is_limited;
}

static uint64_t
less(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Of data and address space: the host may map memory itself at any time, most of what it may have stays free. */
static uint64_t
most_scarce(int64_t now_ns)
{
	uint64_t most = scarce_most();

	if (weir_look_due(now_ns, scarce_ns, SCARCE_EVERY)) {
		scarce_ns = now_ns;
		most = scarce_look();
	}
	return most != RLIM_INFINITY ? most / 16 : UINT64_MAX;
}

/* What is lent and kept together, by the group and by what may be promised: what is kept is promised to nobody else. */
static void
bound_held(struct weir_tick *tick, const struct facts_memory *m, uint64_t own,
	   struct weir_pressure *group)
{
	struct weir_pressure promises = {
		.limit_bytes = m->promise_limit_bytes,
		.rest_bytes = weir_rest_seen(m->promised_bytes, own),
	};

	tick->most_bytes = less(weir_most(group), weir_most(&promises));
	is_limited = m->limit_bytes != 0 || m->promise_limit_bytes != 0;
}

/* What is kept, whatever is lent; and UINT64_MAX, or what is lent and kept, as the option goes before limits. */
static void
bound_kept(struct weir_tick *tick, enum chores_by by, uint64_t lent)
{
	uint64_t option = weir_config.cache_max;
	uint64_t held = option != 0 ? UINT64_MAX : tick->most_bytes;

	tick->cap_bytes =
		less(option != 0 ? option : UINT64_MAX, most_scarce(tick->now_ns));
	keep_limit(tick->cap_bytes, held);
	if (by != CHORES_BY_CLOCK) {
		tick->cap_bytes = keep_most();
		return;
	}
	if (held != UINT64_MAX)
		tick->cap_bytes = less(tick->cap_bytes, weir_rest_seen(held, lent));
	tick->cap_bytes = less(tick->cap_bytes, weir_keep_bytes(tick->lent_peak, lent));
}

void
bounds_look(struct weir_tick *tick, int64_t worked_ns, enum chores_by by,
	    struct snapshot_clock *counts)
{
	struct facts_memory m = {0};
	uint64_t own = own_bytes(), cached = weir_pool_cached_bytes();
	bool look = by == CHORES_BY_ONE || own_files_here();

	if (look) {
		facts_memory(&m);
		look_at_small(tick->now_ns, &m, by);
	}
	if (own < own_bytes())
		own = own_bytes();
	uint64_t charged = weir_charged(m.charged_bytes, m.droppable_bytes,
					weir_rest_seen(cached, weir_pool_firm_bytes()));
	counts->rss_bytes = m.rss_bytes;
	counts->limit_bytes = m.limit_bytes;
	note_other(&m, own);
	rest_peak = weir_recent_peak(rest_peak, weir_rest_seen(charged, own), worked_ns,
				     weir_config.decay_ms);
	uint64_t lent = weir_pool_lent_bytes();
	struct weir_pressure group = {.limit_bytes = m.limit_bytes,
				      .rest_bytes = rest_peak,
				      .lent_bytes = lent};
	tick->lent_peak = weir_recent_peak(weir_pool_lent_peak(), lent, worked_ns,
					   weir_config.decay_ms);
	tick->slack_bytes = weir_keep_slack(tick->lent_peak);
	bound_held(tick, &m, own, &group);
	bound_kept(tick, by, lent);
	if (look)
		firm_bytes = weir_keep_firm(&group);
	tick->firm_bytes = firm_bytes;
	/* Nobody looks again while the host's one thread asks weir for nothing. */
	if (by == CHORES_BY_CLOCK)
		tick->firm_held_bytes = weir_held_firm(&group);
	else if (firm_bytes == 0)
		tick->firm_bytes = keep_firm(tick->now_ns);
	counts->cap_bytes = tick->cap_bytes;
}

void
bounds_after_fork(void)
{
	scarce_ns = 0;
	rest_peak = 0;
	seen.ns = seen.next_ns = 0;
}
