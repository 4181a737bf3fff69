/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bound on what is kept without a clock, policy/burst_bound.h, and whoever comes along keeping to it. Another thread
 * that has just come along as well is not waited for.
 */
#include "preload/clock/keep.h"

#include <stdatomic.h>

#include "policy/burst_bound.h"
#include "policy/looks.h"
#include "policy/purge.h"
#include "pool/lock.h"
#include "pool/pool.h"
#include "preload/ground/settings.h"
#include "preload/machine/facts.h"
#include "preload/sidecar/snapshot.h"

/* A free gives back no more than it brings, and this. */
#define STEP_BYTES   ((uint64_t)8 << 20)
#define AVAILABLE_NS 1000000000ll

static struct weir_lock lock;
static struct weir_bursts bursts;
static uint64_t fresh_bytes;  /* lent in new pages, at the last request */
static uint64_t forked_bytes; /* asked for, at the last fork */
static _Atomic uint64_t learned = WEIR_KEEP_INLINE, limit = UINT64_MAX;
static _Atomic uint64_t held_limit = UINT64_MAX; /* of what is lent and kept */

/* So much may be freed before it is worth a sum, as long as the bound is not below this. */
static uint64_t room, room_below;

/* Whatever is lent. */
static uint64_t
most_kept(void)
{
	uint64_t most = atomic_load_explicit(&learned, memory_order_relaxed);
	uint64_t allowed = atomic_load_explicit(&limit, memory_order_relaxed);

	return most < allowed ? most : allowed;
}

uint64_t
keep_most(void)
{
	uint64_t most = most_kept();
	uint64_t held = atomic_load_explicit(&held_limit, memory_order_relaxed);

	if (held != UINT64_MAX)
		held = weir_rest_seen(held, weir_pool_lent_bytes());
	return most < held ? most : held;
}

void
keep_limit(uint64_t kept_bytes, uint64_t held_bytes)
{
	atomic_store_explicit(&limit, kept_bytes, memory_order_relaxed);
	atomic_store_explicit(&held_limit, held_bytes, memory_order_relaxed);
}

/* Whether what came, up to this, can be what brings what is kept above a bound. If not, nothing is summed up. */
static bool
may_be_above(uint64_t came)
{
	uint64_t held = atomic_load_explicit(&held_limit, memory_order_relaxed);
	uint64_t most = most_kept();
	bool may = came >= room || most < room_below ||
		   (held != UINT64_MAX && weir_pool_takes_above(held));

	room = may ? 0 : room - came;
	if (may)
		room_below = most;
	return may;
}

static void
give_back(size_t freed, int64_t now_ns)
{
	/* Blocks are longer than what was asked for, by less than half. */
	if (!may_be_above((uint64_t)freed + freed / 2))
		return;
	uint64_t cached = weir_pool_cached_bytes(), most = keep_most();
	uint64_t bound = most + most / 8;

	if (cached <= bound) {
		room = bound - cached < STEP_BYTES ? bound - cached : STEP_BYTES;
		return;
	}
	uint64_t step = freed + STEP_BYTES;
	if (cached - most > step)
		most = cached - step;
	weir_bursts_gave(&bursts, now_ns, weir_pool_shrink(most, now_ns));
}

void
keep_asked(size_t freed, int64_t now_ns)
{
	if (!weir_trylock(&lock))
		return;
	uint64_t fresh = weir_pool_fresh_bytes();
	uint64_t more = fresh > fresh_bytes ? fresh - fresh_bytes : 0;

	fresh_bytes = fresh;
	weir_bursts_asked(&bursts, now_ns, more, weir_config.decay_ms);
	atomic_store_explicit(&learned, weir_bursts_keep(&bursts, weir_config.decay_ms),
			      memory_order_relaxed);
	if (freed != 0)
		give_back(freed, now_ns);
	weir_unlock(&lock);
}

uint64_t
keep_firm(int64_t now_ns)
{
	static int64_t looked_ns;
	static uint64_t firm;

	if (keep_most() <= WEIR_KEEP_INLINE)
		return 0;
	if (firm == 0 || weir_look_due(now_ns, looked_ns, AVAILABLE_NS)) {
		looked_ns = now_ns;
		firm = weir_bursts_firm(facts_available());
	}
	return firm;
}

static void
forget(void)
{
	bursts.more_bytes = bursts.given_bytes = room = 0;
	atomic_store_explicit(&learned, weir_bursts_keep(&bursts, weir_config.decay_ms),
			      memory_order_relaxed);
}

void
keep_little(int64_t now_ns)
{
	weir_lock(&lock);
	forget();
	weir_unlock(&lock);
	weir_pool_shrink(keep_most(), now_ns);
}

void
keep_for_fork(int64_t now_ns)
{
	uint64_t asked = snapshot_use().asked_bytes;
	uint64_t most = weir_bursts_fork(asked - forked_bytes);

	forked_bytes = asked;
	if (weir_pool_cached_bytes() > most)
		weir_pool_shrink(most, now_ns);
}

void
keep_after_fork(void)
{
	weir_lock_reset(&lock);
	forget();
	fresh_bytes = forked_bytes = 0;
	keep_limit(UINT64_MAX, UINT64_MAX);
}
