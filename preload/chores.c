/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One round of the clock's work: mail, memory, sidecar.
 */
#include "preload/chores.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "policy/aging.h"
#include "policy/beat.h"
#include "policy/looks.h"
#include "policy/purge.h"
#include "pool/pool.h"
#include "preload/clock.h"
#include "preload/facts.h"
#include "preload/gate.h"
#include "preload/keep.h"
#include "preload/own_files.h"
#include "preload/parts.h"
#include "preload/ready.h"
#include "preload/sampling_look.h"
#include "preload/scarce.h"
#include "preload/segment.h"
#include "preload/settings.h"
#include "preload/snapshot.h"
#include "preload/trim.h"
#include "weir/stats.h"

#define MS_NS	       1000000ll
#define SLEEP_MIN_NS   (5 * MS_NS)
#define SCARCE_EVERY   (100 * MS_NS)
#define RESIDENT_EVERY (5000 * MS_NS) /* it costs milliseconds a gigabyte */

/* What a thread of the host's does of it in one go. */
#define STEP_BYTES ((uint64_t)8 << 20)

/* Where the host's own thread would wait for it: at the end only. */
#define RESIDENT_INLINE ((uint64_t)256 << 20)
#define RESIDENT_AT_END ((uint64_t)16 << 30)
#define LIMIT_LOOK_NS	((uint64_t)200 * MS_NS)
#define PARTS_FROM_NS	(1000 * MS_NS)

#define UNTOUCHED_LEAST ((uint64_t)16 << 20)
#define TOUCHED_EVERY	(900 * MS_NS)

static struct snapshot_clock counts;
static _Atomic uint64_t failures, other_bytes;
static int64_t resident_ns; /* when resident_bytes was measured */
static struct weir_aging aging;
static uint64_t asked_bytes; /* that the host had asked for at the last look */
static int64_t written_ns, mail_ns;
static int64_t scarce_ns; /* when limits of data and address space were read */
static struct weir_beat beat;
static bool is_limited;	    /* by the group, or by what may be promised */
static uint64_t firm_bytes; /* see weir_keep_firm */
static uint64_t rest_peak;  /* the most that was charged lately for what is not weir's */

/* A class keeps a block for a quarter of its time, then all sizes may have it. */
static struct weir_tick
tick_at(int64_t now_ns, int64_t aging_ns)
{
	int64_t decay_ns = (int64_t)weir_config.decay_ms * MS_NS;

	return (struct weir_tick){
		.now_ns = now_ns,
		.stock_before_ns = aging_ns - decay_ns / 4,
		.purge_before_ns = aging_ns - decay_ns,
		.cap_bytes = UINT64_MAX,
		.most_bytes = UINT64_MAX,
		.slack_bytes = UINT64_MAX,
	};
}

static struct weir_aged
aged(int64_t now_ns)
{
	uint64_t asked = snapshot_use().asked_bytes;
	bool again = asked != asked_bytes;

	asked_bytes = asked;
	return weir_aging_look(&aging, now_ns, again, weir_config.decay_ms);
}

/* The bounds of a limit, where they are tighter than those of another one. */
static void
bound(struct weir_tick *tick, const struct weir_pressure *pressure)
{
	uint64_t cap = weir_cache_cap(weir_config.cache_max, pressure);
	uint64_t most = weir_most(pressure);

	if (cap < tick->cap_bytes)
		tick->cap_bytes = cap;
	if (most < tick->most_bytes)
		tick->most_bytes = most;
}

static uint64_t
own_bytes(void)
{
	return weir_pool_lent_bytes() + weir_pool_cached_bytes();
}

/* What is lent is not all touched: where that matters, the resident part is measured, which takes time. */
static bool
own_resident(int64_t now_ns, enum chores_by by, uint64_t *bytes)
{
	static int64_t next_ns;
	uint64_t most = by == CHORES_BY_CLOCK ? UINT64_MAX : RESIDENT_INLINE;

	*bytes = own_bytes();
	if (*bytes < UNTOUCHED_LEAST)
		return true;
	if (now_ns < next_ns)
		return false;
	int64_t begun_ns = clock_read(CLOCK_MONOTONIC);
	bool measured = weir_pool_resident(most, bytes);
	/* Each second, or a two-thousandth of a processor. */
	int64_t rest_ns = (clock_read(CLOCK_MONOTONIC) - begun_ns) * 2000;
	next_ns = now_ns + (rest_ns > TOUCHED_EVERY ? rest_ns : TOUCHED_EVERY);
	return measured;
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

static void
look_around(struct weir_tick *tick, int64_t worked_ns, enum chores_by by)
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
	uint64_t charged = weir_charged(
		m.charged_bytes, m.droppable_bytes,
		firm_bytes != 0 && cached > firm_bytes ? cached - firm_bytes : 0);
	counts.rss_bytes = m.rss_bytes;
	counts.limit_bytes = m.limit_bytes;
	atomic_store(&other_bytes, weir_rest_seen(m.rss_bytes, own));
	rest_peak = weir_recent_peak(rest_peak, weir_rest_seen(charged, own), worked_ns,
				     weir_config.decay_ms);
	struct weir_pressure pressure = {.limit_bytes = m.limit_bytes,
					 .rest_bytes = rest_peak,
					 .lent_bytes = weir_pool_lent_bytes()};
	bound(tick, &pressure);
	if (look)
		firm_bytes = weir_keep_firm(&pressure);
	tick->firm_bytes = firm_bytes;
	/* What is kept is promised to nobody else. */
	pressure.limit_bytes = m.promise_limit_bytes;
	pressure.rest_bytes = weir_rest_seen(m.promised_bytes, own);
	bound(tick, &pressure);
	is_limited = m.limit_bytes != 0 || m.promise_limit_bytes != 0;
	/* The host may map memory itself at any time: most of what it may have stays free. */
	uint64_t most = scarce_most();
	if (weir_look_due(tick->now_ns, scarce_ns, SCARCE_EVERY)) {
		scarce_ns = tick->now_ns;
		most = scarce_look();
	}
	if (most != RLIM_INFINITY && most / 16 < tick->cap_bytes)
		tick->cap_bytes = most / 16;
	uint64_t lent = pressure.lent_bytes;
	tick->lent_peak = weir_recent_peak(weir_pool_lent_peak(), lent, worked_ns,
					   weir_config.decay_ms);
	tick->slack_bytes = weir_keep_slack(tick->lent_peak);
	keep_limit(tick->cap_bytes);
	if (by != CHORES_BY_CLOCK && tick->firm_bytes == 0)
		tick->firm_bytes = keep_firm(tick->now_ns);
	uint64_t keep = by == CHORES_BY_CLOCK ? weir_keep_bytes(tick->lent_peak, lent)
					      : keep_most();
	if (keep < tick->cap_bytes)
		tick->cap_bytes = keep;
	counts.cap_bytes = tick->cap_bytes;
}

void
chores_hand_over(int64_t now_ns)
{
	keep_little(now_ns);
	counts.cap_bytes = keep_most();
}

uint64_t
chores_other_bytes(void)
{
	return atomic_load_explicit(&other_bytes, memory_order_relaxed);
}

void
chores_count_failure(void)
{
	atomic_fetch_add(&failures, 1);
}

/* Every write says how the clock is. */
static void
write_sidecar(int64_t now_ns, bool last)
{
	counts.failed = atomic_load(&failures);
	counts.trims = trim_counts();
	segment_write(now_ns, last, &counts);
}

uint64_t
chores_trim(void)
{
	return weir_pool_trim(clock_read(CLOCK_MONOTONIC));
}

/* One thread of several opens no file. What a short program is made of is not worth it. */
static void
look_at_parts(int64_t now_ns, enum chores_by by)
{
	counts.parts.next_used_ns = trim_next_used(&counts.parts.next_used_bytes);
	if (by != CHORES_BY_MANY && now_ns - gate_born_ns >= PARTS_FROM_NS)
		parts_look(&counts.parts, now_ns, counts.rss_bytes,
			   by != CHORES_BY_CLOCK);
}

/* A mark is of an instant: so is what is seen then. */
static int64_t
mark(const struct weir_stats_mailbox *m, int64_t now_ns)
{
	look_at_parts(now_ns, own_files_here() ? CHORES_BY_CLOCK : CHORES_BY_MANY);
	return segment_mark(m, now_ns, &counts);
}

/* What another process asks of this one: see struct weir_stats_mailbox. */
static void
read_mail(int64_t now_ns)
{
	struct weir_stats_mailbox m;
	int64_t result = -EINVAL;

	if (now_ns - mail_ns < BELL_LOOK_NS || !segment_exists())
		return;
	mail_ns = now_ns;
	if (!segment_mail(&m))
		return;
	if (m.command == WEIR_COMMAND_PURGE)
		result = (int64_t)chores_trim();
	else if (m.command == WEIR_COMMAND_MARK)
		result = mark(&m, now_ns);
	else if (m.command == WEIR_COMMAND_COLLECT && segment_leave_mail(&m))
		return;
	segment_answer(&m, result);
}

/* Costs the host's own thread what it would notice. */
static void
measure(int64_t now_ns, bool resting, enum chores_by by)
{
	uint64_t most = by == CHORES_BY_CLOCK ? UINT64_MAX : RESIDENT_INLINE;

	if (now_ns - resident_ns < RESIDENT_EVERY && !resting)
		return;
	if (weir_pool_resident(most, &counts.resident_bytes))
		resident_ns = now_ns;
}

uint64_t
chores_do(int64_t now_ns, enum chores_by by)
{
	/* Said while somebody waited for his turn. */
	if (gate_silent())
		return UINT64_MAX;
	struct weir_aged age = aged(now_ns);
	struct weir_tick tick = tick_at(now_ns, age.now_ns);

	if (by == CHORES_BY_CLOCK)
		counts.cpu_ns = (uint64_t)clock_read(CLOCK_THREAD_CPUTIME_ID);
	else
		tick.step_bytes = STEP_BYTES;
	read_mail(now_ns);
	look_around(&tick, age.worked_ns, by);
	struct weir_tick_result left = weir_pool_tick(&tick);
	counts.ticks++;
	int64_t oldest_age_ns = age.stands ? 0 : age.now_ns - left.oldest_ns;
	uint64_t sleep = weir_purge_sleep(oldest_age_ns, weir_config.decay_ms,
					  left.cached_bytes, SLEEP_MIN_NS);

	int64_t early_ns = written_ns + (int64_t)weir_config.stats_ms * MS_NS - now_ns;
	bool news = segment_news();
	if (news && early_ns > SLEEP_MIN_NS) {
		/* Too early to write again, whatever has woken the thread: sleep until then. */
		if (sleep > (uint64_t)early_ns)
			sleep = (uint64_t)early_ns;
	} else if (news) {
		measure(now_ns, sleep == UINT64_MAX, by);
		look_at_parts(now_ns, by);
		write_sidecar(now_ns, false);
		written_ns = now_ns;
		/* Wake up when the next write may be made: there may be news by then. */
		if (sleep > weir_config.stats_ms * MS_NS)
			sleep = weir_config.stats_ms * MS_NS;
	}
	/* With a long decay, too: the file, news and mail must not wait for it. */
	if (sleep != UINT64_MAX && sleep > BELL_LOOK_NS && !segment_given_up())
		sleep = BELL_LOOK_NS;
	/* The rest of the process may grow; what is kept beyond weir_keep_firm does not wait for a look. */
	if (is_limited && sleep > LIMIT_LOOK_NS && sleep != UINT64_MAX)
		sleep = LIMIT_LOOK_NS;
	return sleep;
}

/* What a child has from its parent is on record there: a server's hundred children leave nothing each. */
static bool
is_large(const struct facts_memory *m)
{
	return m->anon_bytes >= WEIR_BEAT_WORTH &&
	       (!segment_of_child() || facts_touched() >= WEIR_BEAT_WORTH);
}

bool
chores_worth_a_record(void)
{
	struct facts_memory m;

	if (gate_silent() || strcmp(weir_config.stats, "off") == 0)
		return false;
	facts_memory(&m);
	counts.rss_bytes = m.rss_bytes;
	return is_large(&m);
}

uint64_t
chores_beat(int64_t now_ns, enum chores_by by)
{
	struct facts_memory m;

	if (gate_silent() || segment_given_up())
		return UINT64_MAX;
	int64_t wait_ns = weir_beat_wait(&beat, gate_born_ns, now_ns);
	if (wait_ns > 0)
		return (uint64_t)wait_ns;
	facts_memory(&m);
	look_at_small(now_ns, &m, by);
	weir_beat_seen(&beat, now_ns, m.rss_bytes);
	atomic_store(&other_bytes, weir_rest_seen(m.rss_bytes, own_bytes()));
	bool large = is_large(&m);
	if (large)
		segment_want();
	if (segment_exists() || (large && ready_make())) {
		counts.rss_bytes = m.rss_bytes;
		counts.limit_bytes = m.limit_bytes;
		look_at_parts(now_ns, by);
		write_sidecar(now_ns, false);
		written_ns = now_ns;
	}
	return (uint64_t)weir_beat_wait(&beat, gate_born_ns, now_ns);
}

bool
chores_waiting(void)
{
	struct weir_stats_mailbox m;
	bool waiting = !gate_silent() && segment_mail(&m);

	if (waiting)
		mail_ns = 0; /* the next round reads it at once */
	return waiting;
}

void
chores_last_words(int64_t now_ns, bool ends)
{
	if (weir_beat_old_enough(gate_born_ns, now_ns) && chores_worth_a_record())
		segment_want();
	weir_pool_see(now_ns);
	if (segment_exists())
		weir_pool_resident(RESIDENT_AT_END, &counts.resident_bytes);
	/* What a host frees as it ends is not where its memory was: what was seen before stays. */
	if (counts.parts.ns == 0)
		look_at_parts(now_ns, CHORES_BY_ONE);
	counts.silent = !ends;
	write_sidecar(now_ns, ends);
}

void
chores_after_fork(void)
{
	beat = (struct weir_beat){0};
	counts = (struct snapshot_clock){0};
	atomic_store(&failures, 0);
	resident_ns = written_ns = mail_ns = scarce_ns = 0;
	rest_peak = 0;
	aging = (struct weir_aging){0};
	parts_after_fork();
}
