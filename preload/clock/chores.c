/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One round of the clock's work: mail, memory, sidecar.
 */
#include "preload/clock/chores.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "policy/aging.h"
#include "policy/beat.h"
#include "policy/purge.h"
#include "pool/pool.h"
#include "preload/clock/bounds.h"
#include "preload/clock/keep.h"
#include "preload/clock/parts.h"
#include "preload/clock/trim.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/own_files.h"
#include "preload/ground/settings.h"
#include "preload/machine/facts.h"
#include "preload/machine/ready.h"
#include "preload/sidecar/segment.h"
#include "preload/sidecar/segment_mail.h"
#include "preload/sidecar/snapshot.h"
#include "trace/walk/walk.h"
#include "weir/stats.h"

#define MS_NS		1000000ll
#define SLEEP_MIN_NS	(5 * MS_NS)
#define RESIDENT_WITHIN (5000 * MS_NS)

/* What a thread of the host's does of it in one go. */
#define STEP_BYTES ((uint64_t)8 << 20)

/* Where the host's own thread would wait for it: at the end only. */
#define RESIDENT_AT_END ((uint64_t)16 << 30)
#define AGAIN_NS	((uint64_t)50 * MS_NS)
#define COLLECTING_NS	(60000 * MS_NS)
#define LIMIT_LOOK_NS	((uint64_t)200 * MS_NS)
#define PARTS_FROM_NS	(1000 * MS_NS)

static struct snapshot_clock counts;
static _Atomic uint64_t failures;
static struct weir_aging aging;
static uint64_t asked_bytes; /* that the host had asked for at the last look */
static int64_t written_ns, mail_ns;
static struct weir_beat beat;

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

void
chores_hand_over(int64_t now_ns)
{
	keep_little(now_ns);
	counts.cap_bytes = keep_most();
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

/* Asked of a runtime that collects when its main thread comes to it. */
static struct {
	struct weir_stats_mailbox mail;
	int64_t since_ns; /* 0: nobody waits */
} collecting;

static void
look_at_collection(int64_t now_ns)
{
	int64_t result = walk_collect(false);

	if (result == -EAGAIN && now_ns - collecting.since_ns < COLLECTING_NS)
		return;
	segment_answer(&collecting.mail, result);
	collecting.since_ns = 0;
}

/* What another process asks of this one: see struct weir_stats_mailbox. */
static void
read_mail(int64_t now_ns)
{
	struct weir_stats_mailbox m;
	int64_t result = -EINVAL;

	if (collecting.since_ns != 0)
		look_at_collection(now_ns);
	if (now_ns - mail_ns < BELL_LOOK_NS || !segment_exists())
		return;
	mail_ns = now_ns;
	if (!segment_mail(&m))
		return;
	collecting.since_ns = 0; /* who waited for it is gone, or asks again */
	if (m.command == WEIR_COMMAND_PURGE)
		result = (int64_t)chores_trim();
	else if (m.command == WEIR_COMMAND_MARK)
		result = mark(&m, now_ns);
	else if (m.command == WEIR_COMMAND_COLLECT) {
		if (segment_leave_mail(&m))
			return;
		result = walk_collect(true);
		if (result == -EAGAIN) {
			segment_put_off(&m);
			collecting.mail = m;
			collecting.since_ns = now_ns;
			return;
		}
	}
	segment_answer(&m, result);
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
	bounds_look(&tick, age.worked_ns, by, &counts);
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
		bounds_resident(now_ns, by, sleep == UINT64_MAX ? 0 : RESIDENT_WITHIN,
				&counts.resident_bytes);
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
	if (collecting.since_ns != 0 && sleep > AGAIN_NS)
		sleep = AGAIN_NS;
	/* The rest of the process may grow; what is kept beyond weir_keep_firm does not wait for a look. */
	if (bounds_limited() && sleep > LIMIT_LOOK_NS && sleep != UINT64_MAX)
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
	bounds_small(now_ns, &m, by);
	weir_beat_seen(&beat, now_ns, m.rss_bytes);
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
	written_ns = mail_ns = collecting.since_ns = 0;
	bounds_after_fork();
	aging = (struct weir_aging){0};
	parts_after_fork();
}
