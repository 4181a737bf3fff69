/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The states of the background thread, its sleep, and the work of whoever comes along where there is
 * none.
 */
#include "preload/timer.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "policy/looks.h"
#include "pool/old_libc.h"
#include "pool/pool.h"
#include "pool/sys.h"
#include "preload/bell.h"
#include "preload/chores.h"
#include "preload/clock.h"
#include "preload/gate.h"
#include "preload/idle.h"
#include "preload/own_files.h"
#include "preload/ready.h"
#include "preload/segment.h"
#include "preload/sampling_look.h"
#include "preload/settings.h"
#include "preload/timer_work.h"

#define MS_NS	     1000000ll
#define START_LENT   ((uint64_t)16 << 20) /* a limit may be near */
#define START_KEPT   ((uint64_t)1 << 20)  /* less is not worth a thread */
#define GROWN_BYTES  ((uint64_t)1 << 20)  /* nor a look at a limit */
#define LOOK_NS	     (20 * MS_NS)	  /* at most so often, by whoever comes along */
#define RETRY_NS     (10000 * MS_NS)	  /* after the thread could not start */
#define REST_NS	     (60000 * MS_NS) /* have the others ended in a way that nobody tells? */
#define ROUND_NS     ((uint64_t)100 * MS_NS)
#define COMPANY_NS   (1000 * MS_NS)
#define SETTLE_STEPS 100 /* of 0.05 ms */
#define FIRST_STEPS  200 /* of 0.1 ms */

_Atomic uint32_t timer_state;

struct weir_lock timer_work;
static _Atomic int64_t looked_ns, worked_ns, start_failed_ns;
static _Atomic bool were_many;	      /* threads, at that look */
static _Atomic uint64_t looked_bytes; /* lent and kept at that look */
static _Atomic unsigned rounds;	      /* of this process's thread */

/* The first thread's destructor ends the clock before the C library counts what is left: else, no clock. */
static pthread_key_t first_key;
static bool has_key;
static _Atomic bool may_start;

static void
sleep_for(uint64_t ns, uint32_t while_state)
{
	weir_lock(&timer_work);
	struct bell_mail mail = segment_bell();
	weir_unlock(&timer_work);
	bell_sleep(&timer_state, while_state, mail, ns);
}

static bool
moves(uint32_t from, uint32_t to)
{
	return atomic_compare_exchange_strong(&timer_state, &from, to);
}

/* Before there is a pool there is nothing to do. */
static uint64_t
locked_work(void)
{
	if (!ready_done())
		return UINT64_MAX;
	weir_lock(&timer_work);
	uint64_t sleep = chores_do(clock_read(CLOCK_MONOTONIC), CHORES_BY_CLOCK);
	atomic_fetch_add(&rounds, 1);
	weir_unlock(&timer_work);
	return sleep;
}

/* The host has one thread again, or its first one ended by a bare system call. */
static bool
is_alone(void)
{
	return thread_count() <= 2;
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Nothing to do until somebody wakes us, or writes to us, but for a look from time to time. */
static void
rest(void)
{
	while (atomic_load(&timer_state) == TIMER_ASLEEP) {
		uint64_t sleep = least(idle_look(chores_other_bytes()), REST_NS);

		weir_lock(&timer_work);
		sleep = least(sleep,
			      chores_beat(clock_read(CLOCK_MONOTONIC), CHORES_BY_CLOCK));
		bool mail = segment_exists() && chores_waiting();
		weir_unlock(&timer_work);
		if (mail)
			return;
		sleep_for(sleep, TIMER_ASLEEP);
		if (is_alone() && moves(TIMER_ASLEEP, TIMER_ENDED))
			return;
	}
}

/* Near a memory limit there are twenty rounds a second: not all that costs system calls is done in each. */
static bool
is_round_due(uint64_t sleep)
{
	static int64_t last_ns;
	int64_t now_ns = clock_read(CLOCK_MONOTONIC);

	if (sleep < ROUND_NS && !weir_look_due(now_ns, last_ns, ROUND_NS))
		return false;
	last_ns = now_ns;
	return true;
}

/* Whoever makes the thread has not said yet that it runs. */
static void
await_start(void)
{
	while (atomic_load(&timer_state) == TIMER_STARTING)
		sleep_for(MS_NS, TIMER_STARTING);
}

/* Nobody will give back what is kept now. */
static void
hand_over(void)
{
	if (!ready_done())
		return;
	weir_lock(&timer_work);
	chores_hand_over(clock_read(CLOCK_MONOTONIC));
	weir_unlock(&timer_work);
}

/* True: the thread ends. */
static bool
look_whether_alone(void)
{
	if (!ready_done() || !is_alone())
		return false;
	hand_over();
	return moves(TIMER_AWAKE, TIMER_ENDED);
}

static void *
run(void *unused)
{
	gate_depth = 1; /* whatever this thread allocates is not ours to serve */
	thread_be_ordinary();
	own_files_take();
	sampling_clocked(true);
	while (atomic_load(&timer_state) < TIMER_ENDED) {
		uint64_t sleep = locked_work(), look = UINT64_MAX;

		await_start();
		if (is_round_due(sleep)) {
			thread_drop_capabilities(!segment_settled());
			if (look_whether_alone())
				break;
			if (sleep != UINT64_MAX)
				look = idle_look(chores_other_bytes());
		}
		if (sleep != UINT64_MAX) {
			sleep_for(least(sleep, look), TIMER_AWAKE);
		} else if (moves(TIMER_AWAKE, TIMER_ASLEEP)) {
			/* Said first, then looked once more: whoever comes after the look wakes us. */
			if (locked_work() == UINT64_MAX)
				rest();
			moves(TIMER_ASLEEP, TIMER_AWAKE);
		}
	}
	sampling_clocked(false);
	return unused;
}

/* The state is ENDING: ours to take to its end. */
static void
join(void)
{
	bell_ring(&timer_state);
	thread_join();
	atomic_store(&timer_state, TIMER_NONE);
}

static void
end_thread(void)
{
	uint32_t now = atomic_load(&timer_state);

	while (now != TIMER_NONE) {
		/* Another thread starts it, or joins it. */
		bool wait = now == TIMER_STARTING || now == TIMER_ENDING;

		if (!wait && moves(now, TIMER_ENDING)) {
			join();
			return;
		}
		if (wait)
			sched_yield();
		now = atomic_load(&timer_state);
	}
}

static void
first_thread_ends(void *unused)
{
	struct gate g;

	(void)unused;
	/* In a handler that interrupted weir, its locks may be held: then the clock stays. */
	bool entered = gate_enter(&g);
	/* Another thread that forked is the first one of the child, and only there. */
	if (!gate_guest() && syscall(SYS_gettid) == gate_process) {
		atomic_store(&may_start, false);
		if (entered)
			end_thread();
	}
	if (entered)
		gate_leave(&g);
}

static bool
start(int64_t now_ns)
{
	int64_t failed_ns = atomic_load(&start_failed_ns);
	int rc = -ECANCELED;

	if (failed_ns != 0 && now_ns - failed_ns < RETRY_NS)
		return false;
	if (!moves(TIMER_NONE, TIMER_STARTING))
		return true;
	/* Whoever forbids it later waits for us. */
	if (atomic_load(&may_start)) {
		atomic_store(&rounds, 0);
		rc = thread_start(run);
	}
	if (rc != 0 && rc != -ECANCELED) {
		atomic_store(&start_failed_ns, now_ns);
		chores_count_failure();
	}
	atomic_store(&timer_state, rc == 0 ? TIMER_AWAKE : TIMER_NONE);
	return rc == 0;
}

/* Nobody else gives it back: at most so much is kept, and each free does its own part. */
static void
keep_little(size_t freed, int64_t now_ns)
{
	uint64_t most = chores_inline_most();

	if (freed != 0 && weir_pool_cached_bytes() > most + most / 8)
		weir_pool_shrink(most, now_ns);
}

static uint64_t
own_bytes(void)
{
	return weir_pool_lent_bytes() + weir_pool_cached_bytes();
}

/* A quarter of the shorter period passed, or there is so much more that a limit may be near. */
static bool
is_due(int64_t now_ns)
{
	uint64_t ms = weir_config.decay_ms < weir_config.stats_ms ? weir_config.decay_ms
								  : weir_config.stats_ms;

	return now_ns - atomic_load(&worked_ns) >= (int64_t)ms * MS_NS / 4 ||
	       own_bytes() > atomic_load(&looked_bytes) + GROWN_BYTES;
}

static bool
wants_thread(bool many)
{
	return many && weir_config.decay_thread && atomic_load(&may_start) &&
	       /* With a sidecar there is someone to keep posted. */
	       (weir_pool_cached_bytes() >= START_KEPT || segment_exists() ||
		weir_pool_lent_bytes() >= START_LENT);
}

/* The host takes much from the start: let the thread learn the memory limit before it goes on. */
static bool
start_for_a_request(int64_t now_ns)
{
	if (!start(now_ns))
		return false;
	if (weir_pool_lent_bytes() < START_LENT)
		return true;
	for (int i = 0; i < FIRST_STEPS && atomic_load(&rounds) == 0; i++)
		weir_sys_sleep(MS_NS / 10);
	return true;
}

static void
work_inline(size_t freed)
{
	int64_t now_ns = clock_now_ns();
	int64_t last_ns = atomic_load_explicit(&looked_ns, memory_order_relaxed);

	keep_little(freed, now_ns);
	if (last_ns != 0 && now_ns - last_ns < LOOK_NS) {
		/* What is freed last is followed by no other look. */
		if (atomic_load(&were_many) && !gate_guest() && wants_thread(true))
			start_for_a_request(now_ns);
		return;
	}
	if (!atomic_compare_exchange_strong(&looked_ns, &last_ns, now_ns) || gate_guest())
		return;
	bool many = thread_may_be_many() && thread_count() > 1;
	atomic_store(&were_many, many);
	if ((wants_thread(many) && start_for_a_request(now_ns)) || !is_due(now_ns))
		return;
	weir_lock(&timer_work);
	chores_do(now_ns, many ? CHORES_BY_MANY : CHORES_BY_ONE);
	weir_unlock(&timer_work);
	atomic_store(&worked_ns, now_ns);
	atomic_store(&looked_bytes, own_bytes());
}

void
timer_wake(size_t freed)
{
	uint32_t now = atomic_load_explicit(&timer_state, memory_order_relaxed);

	if (now == TIMER_ASLEEP && moves(TIMER_ASLEEP, TIMER_AWAKE))
		bell_ring(&timer_state);
	else if (now == TIMER_ENDED && moves(TIMER_ENDED, TIMER_ENDING))
		join();
	if (atomic_load_explicit(&timer_state, memory_order_relaxed) == TIMER_NONE)
		work_inline(freed);
}

/* What the host's threads that it made and has not joined are; some may have ended by themselves. */
static _Atomic int company;

/* Where a start failed, or the thread ends, the next large request, or thread, sees to it. */
void
timer_company(void)
{
	static _Atomic int64_t last_ns;
	struct gate g;

	gate_wake(); /* a child's count begins at 0 */
	atomic_fetch_add(&company, 1);
	if (weir_floor == SIZE_MAX ||
	    atomic_load_explicit(&timer_state, memory_order_relaxed) != TIMER_NONE ||
	    !weir_config.decay_thread || strcmp(weir_config.stats, "off") == 0)
		return;
	int64_t now_ns = clock_now_ns(), before_ns = atomic_load(&last_ns);
	/* A thread for one task is soon gone: not a clock for each. */
	if ((before_ns != 0 && now_ns - before_ns < COMPANY_NS) || !gate_enter(&g))
		return;
	atomic_store(&last_ns, now_ns);
	if (!gate_guest())
		start(now_ns);
	gate_leave(&g);
}

static bool
end_clock(bool always)
{
	struct gate g;

	if (atomic_load_explicit(&timer_state, memory_order_relaxed) == TIMER_NONE ||
	    !gate_enter(&g))
		return false;
	bool ends = !gate_guest() && (always || atomic_load(&company) <= 0);
	if (ends) {
		end_thread();
		hand_over();
	}
	gate_leave(&g);
	return ends;
}

void
timer_company_gone(void)
{
	atomic_fetch_sub(&company, 1);
	end_clock(false);
}

void
timer_be_alone(void)
{
	end_clock(false);
}

bool
timer_make_way(void)
{
	return end_clock(true);
}

void
timer_be_seen_alone(void)
{
	int saved_errno = errno;

	end_clock(is_alone());
	/* A thread that was joined may be on the kernel's list a moment longer. */
	for (int i = 0; i < SETTLE_STEPS && company <= 0 && thread_count() > 1; i++)
		weir_sys_sleep(MS_NS / 20);
	errno = saved_errno;
}

void
timer_mark_first_thread(void)
{
	if (has_key)
		pthread_setspecific(first_key, &timer_state);
}

void
timer_init(void)
{
	thread_note_process();
	has_key = pthread_key_create != NULL &&
		  pthread_key_create(&first_key, first_thread_ends) == 0;
	atomic_store(&may_start, has_key);
	timer_mark_first_thread();
}

void
timer_after_fork(void)
{
	weir_lock_reset(&timer_work);
	atomic_store(&company, 0);
	atomic_store(&timer_state, TIMER_NONE);
	atomic_store(&looked_ns, 0);
	atomic_store(&worked_ns, 0);
	atomic_store(&looked_bytes, 0);
	atomic_store(&were_many, false);
	atomic_store(&start_failed_ns, 0);
	idle_after_fork();
	chores_after_fork();
	sampling_after_fork();
	atomic_store(&may_start, has_key);
}
