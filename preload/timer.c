/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The background thread and its work.
 */
#include "preload/timer.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policy/purge.h"
#include "pool/lock.h"
#include "pool/pages.h"
#include "pool/pool.h"
#include "preload/clock.h"
#include "preload/settings.h"
#include "preload/facts.h"
#include "preload/gate.h"
#include "preload/idle.h"
#include "preload/segment.h"
#include "weir/stats.h"

#define MS_NS	       1000000ll
#define SLEEP_MIN_NS   (5 * MS_NS)
#define LIMITED_NS     (20 * MS_NS)
#define START_BYTES    ((uint64_t)16 << 20) /* lent: a limit may be near */
#define RETRY_NS       (10000 * MS_NS)	    /* after the thread could not start */
#define RESIDENT_EVERY (5000 * MS_NS)	    /* it costs milliseconds a gigabyte */
#define STACK_BYTES    (128 << 10)
#define LAST_WORDS_MS  500
#define MAIL_EVERY     (1000 * MS_NS) /* no need to be quicker than a person */

_Atomic uint32_t timer_state;

/* Held during any work, so that the pool's tick runs once at a time. */
static struct weir_lock work_lock;
static struct timer_counts counts;
static int64_t resident_ns; /* when resident_bytes was measured */
static int64_t looked_ns;   /* when the last tick looked around */
static int64_t written_ns, mail_ns;
static bool files_own, strictness_known;
static _Atomic int64_t inline_ns, start_failed_ns;

/* A class keeps a block for a quarter of its time, then all sizes may have it. */
static struct weir_tick
tick_at(int64_t now_ns)
{
	int64_t decay_ns = (int64_t)weir_config.decay_ms * MS_NS;

	return (struct weir_tick){
		.now_ns = now_ns,
		.stock_before_ns = now_ns - decay_ns / 4,
		.purge_before_ns = now_ns - decay_ns,
		.cap_bytes = UINT64_MAX,
		.room_bytes = UINT64_MAX,
		.slack_bytes = UINT64_MAX,
	};
}

static void
know_strictness(void)
{
	if (!strictness_known) {
		weir_pages_strict_commit(facts_strict_commit());
		strictness_known = true;
	}
}

static void
look_around(struct weir_tick *tick)
{
	struct facts_memory m = {0};

	if (files_own)
		facts_memory(&m);
	counts.rss_bytes = m.rss_bytes;
	counts.limit_bytes = m.limit_bytes;
	const struct weir_pressure pressure = {
		.limit_bytes = m.limit_bytes,
		.current_bytes = m.current_bytes,
		.cached_bytes = weir_pool_cached_bytes(),
	};
	tick->cap_bytes = weir_cache_cap(weir_config.cache_max, &pressure);
	tick->room_bytes = weir_growth_room(&pressure);
	uint64_t lent = weir_pool_lent_bytes();
	tick->lent_peak = weir_lent_peak(weir_pool_lent_peak(), lent,
					 tick->now_ns - looked_ns, weir_config.decay_ms);
	tick->slack_bytes = weir_keep_slack(tick->lent_peak);
	uint64_t keep = weir_keep_bytes(tick->lent_peak, lent);
	if (keep < tick->cap_bytes)
		tick->cap_bytes = keep;
	counts.cap_bytes = tick->cap_bytes;
	looked_ns = tick->now_ns;
}

static uint64_t
trim(void)
{
	struct weir_tick all = {.now_ns = clock_read(CLOCK_MONOTONIC),
				.stock_before_ns = INT64_MAX,
				.purge_before_ns = INT64_MAX,
				.cap_bytes = UINT64_MAX,
				.room_bytes = UINT64_MAX,
				.slack_bytes = UINT64_MAX};

	know_strictness();
	uint64_t before = weir_pool_cached_bytes();
	uint64_t after = weir_pool_tick(&all).cached_bytes;
	return before > after ? before - after : 0;
}

/* What another process asks of this one: see struct weir_stats_mailbox. */
static void
read_mail(int64_t now_ns)
{
	struct weir_stats_mailbox m;
	int64_t result = -EINVAL;

	if (now_ns - mail_ns < MAIL_EVERY || !segment_exists())
		return;
	mail_ns = now_ns;
	if (!segment_mail(&m))
		return;
	if (m.command == WEIR_COMMAND_PURGE)
		result = (int64_t)trim();
	else if (m.command == WEIR_COMMAND_MARK)
		result = segment_mark(&m, now_ns);
	segment_answer(&m, result);
}

/* One round of work. Returns the nanoseconds until the next is due; UINT64_MAX: nothing to do. */
static uint64_t
work(int64_t now_ns)
{
	struct weir_tick tick = tick_at(now_ns);

	know_strictness();
	read_mail(now_ns);
	look_around(&tick);
	struct weir_tick_result left = weir_pool_tick(&tick);
	counts.ticks++;
	uint64_t sleep = weir_purge_sleep(now_ns - left.oldest_ns, weir_config.decay_ms,
					  left.cached_bytes, SLEEP_MIN_NS);

	int64_t early_ns = written_ns + (int64_t)weir_config.stats_ms * MS_NS - now_ns;
	if (segment_news() && early_ns > SLEEP_MIN_NS) {
		/* At most this often; what wakes us up before is no reason. */
		if (sleep > (uint64_t)early_ns)
			sleep = (uint64_t)early_ns;
	} else if (segment_news()) {
		if (now_ns - resident_ns >= RESIDENT_EVERY || sleep == UINT64_MAX) {
			counts.resident_bytes = weir_pool_resident();
			resident_ns = now_ns;
		}
		segment_write(now_ns, false);
		written_ns = now_ns;
		/* Look again when the period is over: what comes meanwhile must be written too. */
		if (sleep > weir_config.stats_ms * MS_NS)
			sleep = weir_config.stats_ms * MS_NS;
	}
	/* Under a limit, what else the process takes must be seen soon. */
	if (tick.room_bytes != UINT64_MAX && sleep > LIMITED_NS && sleep != UINT64_MAX)
		sleep = LIMITED_NS;
	return sleep;
}

static void
sleep_for(uint64_t ns, uint32_t while_state)
{
	struct timespec t = {.tv_sec = (time_t)(ns / 1000000000),
			     .tv_nsec = (long)(ns % 1000000000)};

	syscall(SYS_futex, &timer_state, FUTEX_WAIT_PRIVATE, while_state,
		ns == UINT64_MAX ? NULL : &t, NULL, 0);
}

static uint64_t
locked_work(void)
{
	weir_lock(&work_lock);
	uint64_t sleep = work(clock_read(CLOCK_MONOTONIC));
	counts.cpu_ns = (uint64_t)clock_read(CLOCK_THREAD_CPUTIME_ID);
	weir_unlock(&work_lock);
	return sleep;
}

/* Nothing to do until somebody wakes us, or writes to us. */
static void
rest(void)
{
	bool mail = false;

	while (!mail && atomic_load(&timer_state) == TIMER_ASLEEP) {
		struct weir_stats_mailbox m;
		bool look = idle_look(clock_read(CLOCK_MONOTONIC));

		weir_lock(&work_lock);
		bool mailbox = segment_exists();
		mail = mailbox && segment_mail(&m);
		if (mail)
			mail_ns = 0; /* no need to wait */
		weir_unlock(&work_lock);
		if (!mail)
			sleep_for(look	    ? IDLE_LOOK_NS
				  : mailbox ? MAIL_EVERY
					    : UINT64_MAX,
				  TIMER_ASLEEP);
	}
}

static void *
run(void *unused)
{
	(void)unused;
	gate_depth = 1; /* whatever this thread allocates is not ours to serve */
	prctl(PR_SET_NAME, "weir-timer");
	files_own = facts_own_files() == 0;
	for (;;) {
		uint64_t sleep = locked_work();

		if (sleep != UINT64_MAX) {
			idle_look(clock_read(CLOCK_MONOTONIC));
			sleep_for(sleep, TIMER_AWAKE);
			continue;
		}
		/* Say so first, then look once more: whoever comes after the look wakes us. */
		atomic_store(&timer_state, TIMER_ASLEEP);
		sleep = locked_work();
		if (sleep == UINT64_MAX)
			rest();
		atomic_store(&timer_state, TIMER_AWAKE);
	}
	return NULL;
}

static bool
start(int64_t now_ns)
{
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t thread;
	uint32_t none = TIMER_NONE;

	if (start_failed_ns != 0 && now_ns - start_failed_ns < RETRY_NS)
		return false;
	if (!atomic_compare_exchange_strong(&timer_state, &none, TIMER_AWAKE))
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_attr_init(&attr);
	if (rc == 0) {
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
		pthread_attr_setstacksize(&attr, STACK_BYTES);
		rc = pthread_create(&thread, &attr, run, NULL);
		pthread_attr_destroy(&attr);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0) {
		start_failed_ns = now_ns;
		counts.failed++;
		atomic_store(&timer_state, TIMER_NONE);
	}
	return rc == 0;
}

/* Without the thread: at most every quarter of the shorter period, by whoever comes along. */
static void
work_inline(void)
{
	int64_t now_ns = clock_now_ns();
	int64_t last_ns = atomic_load_explicit(&inline_ns, memory_order_relaxed);
	uint64_t ms = weir_config.decay_ms < weir_config.stats_ms ? weir_config.decay_ms
								  : weir_config.stats_ms;

	if (last_ns != 0 && now_ns - last_ns < (int64_t)ms * MS_NS / 4)
		return;
	if (!atomic_compare_exchange_strong(&inline_ns, &last_ns, now_ns))
		return;
	weir_lock(&work_lock);
	work(now_ns);
	weir_unlock(&work_lock);
}

void
timer_wake(bool freed)
{
	uint32_t now = atomic_load_explicit(&timer_state, memory_order_relaxed);

	if (now == TIMER_AWAKE || !boot_done())
		return;
	if (now == TIMER_ASLEEP) {
		if (atomic_compare_exchange_strong(&timer_state, &now, TIMER_AWAKE))
			syscall(SYS_futex, &timer_state, FUTEX_WAKE_PRIVATE, 1, NULL,
				NULL, 0);
		return;
	}
	/* With a sidecar there is someone to keep posted. */
	bool needed = freed || segment_exists() || weir_pool_lent_bytes() >= START_BYTES;
	if (!needed || !weir_config.decay_thread || !start(clock_now_ns()))
		work_inline();
}

uint64_t
timer_trim(void)
{
	weir_lock(&work_lock);
	uint64_t bytes = trim();
	weir_unlock(&work_lock);
	return bytes;
}

void
timer_last_words(void)
{
	const struct timespec ms = {.tv_nsec = MS_NS};

	/* The thread may be giving gigabytes back: do not keep the host from ending for long. */
	for (int tries = 0; !weir_trylock(&work_lock); tries++) {
		if (tries == LAST_WORDS_MS)
			return;
		nanosleep(&ms, NULL);
	}
	if (segment_exists())
		counts.resident_bytes = weir_pool_resident();
	segment_write(clock_read(CLOCK_MONOTONIC), true);
	weir_unlock(&work_lock);
}

void
timer_after_fork(void)
{
	weir_lock_reset(&work_lock);
	atomic_store(&timer_state, TIMER_NONE);
	atomic_store(&inline_ns, 0);
	atomic_store(&start_failed_ns, 0);
	counts = (struct timer_counts){0};
	files_own = false;
	idle_after_fork();
	resident_ns = looked_ns = written_ns = mail_ns = 0;
}

void
timer_counts(struct timer_counts *copy)
{
	*copy = counts;
}
