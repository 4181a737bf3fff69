/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The background thread: its start, its sleep, and who works where there is none.
 */
#include "preload/timer.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/lock.h"
#include "pool/pool.h"
#include "pool/sys.h"
#include "preload/chores.h"
#include "preload/clock.h"
#include "preload/gate.h"
#include "preload/idle.h"
#include "preload/own_files.h"
#include "preload/segment.h"
#include "preload/ready.h"
#include "preload/settings.h"

#define MS_NS	      1000000ll
#define START_LENT    ((uint64_t)16 << 20) /* a limit may be near */
#define START_KEPT    ((uint64_t)1 << 20)  /* less is not worth a thread */
#define RETRY_NS      (10000 * MS_NS)	   /* after the thread could not start */
#define STACK_BYTES   (128 << 10)
#define REFUSED_NS    (50 * MS_NS)
#define LAST_WORDS_MS 500
#define FIRST_STEPS   200 /* of 0.1 ms */

_Atomic uint32_t timer_state;

/* Held during any work, so that the pool's tick runs once at a time. */
static struct weir_lock work_lock;
static struct timer_counts counts;
static _Atomic int64_t inline_ns, start_failed_ns;
static _Atomic unsigned rounds; /* of this process's thread */

static void
sleep_for(uint64_t ns, uint32_t while_state)
{
	struct timespec t = {.tv_sec = (time_t)(ns / 1000000000),
			     .tv_nsec = (long)(ns % 1000000000)};

	if (syscall(SYS_futex, &timer_state, FUTEX_WAIT_PRIVATE, while_state,
		    ns == UINT64_MAX ? NULL : &t, NULL, 0) == 0 ||
	    errno == ETIMEDOUT || errno == EAGAIN || errno == EINTR)
		return;
	/* Refused, by a filter perhaps: nobody can wake us, so look from time to time. */
	weir_sys_sleep(ns < REFUSED_NS ? (int64_t)ns : REFUSED_NS);
}

static uint64_t
locked_work(void)
{
	weir_lock(&work_lock);
	uint64_t sleep = chores_do(clock_read(CLOCK_MONOTONIC), &counts);
	counts.cpu_ns = (uint64_t)clock_read(CLOCK_THREAD_CPUTIME_ID);
	atomic_fetch_add(&rounds, 1);
	weir_unlock(&work_lock);
	return sleep;
}

/* Nothing to do until somebody wakes us, or writes to us. */
static void
rest(void)
{
	bool mail = false;

	while (!mail && atomic_load(&timer_state) == TIMER_ASLEEP) {
		bool look = idle_look(clock_read(CLOCK_MONOTONIC));

		weir_lock(&work_lock);
		bool mailbox = segment_exists();
		mail = mailbox && chores_waiting();
		weir_unlock(&work_lock);
		if (!mail)
			sleep_for(look	    ? IDLE_LOOK_NS
				  : mailbox ? CHORES_MAIL_NS
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
	own_files_take();
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

/* The host takes much from the start: let the thread learn the memory limit before it goes on. */
static void
first_round(void)
{
	for (int i = 0; i < FIRST_STEPS && atomic_load(&rounds) == 0; i++)
		weir_sys_sleep(MS_NS / 10);
}

static bool
start(int64_t now_ns)
{
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t thread;
	uint32_t none = TIMER_NONE;

	if (gate_guest() || (start_failed_ns != 0 && now_ns - start_failed_ns < RETRY_NS))
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
	if (rc == 0 && weir_pool_lent_bytes() >= START_LENT)
		first_round();
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

	if ((last_ns != 0 && now_ns - last_ns < (int64_t)ms * MS_NS / 4) || gate_guest())
		return;
	if (!atomic_compare_exchange_strong(&inline_ns, &last_ns, now_ns))
		return;
	weir_lock(&work_lock);
	chores_do(now_ns, &counts);
	weir_unlock(&work_lock);
}

void
timer_wake(bool freed)
{
	uint32_t now = atomic_load_explicit(&timer_state, memory_order_relaxed);

	if (now == TIMER_AWAKE || !ready_done())
		return;
	if (now == TIMER_ASLEEP) {
		if (atomic_compare_exchange_strong(&timer_state, &now, TIMER_AWAKE))
			syscall(SYS_futex, &timer_state, FUTEX_WAKE_PRIVATE, 1, NULL,
				NULL, 0);
		return;
	}
	/* With a sidecar there is someone to keep posted. */
	bool needed = (freed && weir_pool_cached_bytes() >= START_KEPT) ||
		      segment_exists() || weir_pool_lent_bytes() >= START_LENT;
	if (!needed || !weir_config.decay_thread || !start(clock_now_ns()))
		work_inline();
}

uint64_t
timer_trim(void)
{
	weir_lock(&work_lock);
	uint64_t bytes = chores_trim();
	weir_unlock(&work_lock);
	return bytes;
}

void
timer_last_words(void)
{
	if (gate_guest())
		return;
	/* The thread may be giving gigabytes back: do not keep the host from ending for long. */
	for (int tries = 0; !weir_trylock(&work_lock); tries++) {
		if (tries == LAST_WORDS_MS)
			return;
		weir_sys_sleep(MS_NS);
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
	atomic_store(&rounds, 0);
	atomic_store(&start_failed_ns, 0);
	counts = (struct timer_counts){0};
	idle_after_fork();
	chores_after_fork();
}

void
timer_counts(struct timer_counts *copy)
{
	*copy = counts;
}
