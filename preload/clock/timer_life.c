/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the clock's thread comes and goes: its start, the host's threads that it is there for, its end with the last
 * of them or with the first one.
 */
#include "preload/clock/timer_work.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policy/looks.h"
#include "pool/old_libc.h"
#include "pool/sys.h"
#include "preload/clock/chores.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/peers.h"
#include "preload/ground/settings.h"
#include "preload/machine/bell.h"
#include "trace/ground/vm_calls.h"

#define RETRY_NS     (10000 * TIMER_MS_NS) /* after the thread could not start */
#define COMPANY_NS   (1000 * TIMER_MS_NS)
#define SETTLE_STEPS 100 /* of 0.05 ms */

static _Atomic int64_t start_failed_ns;
static _Atomic int64_t alone_ns; /* when it ended last because the others had */

/* The first thread's destructor ends the clock before the C library counts what is left: else, no clock. */
static pthread_key_t first_key;
static bool has_key;
static _Atomic bool may_start;

/* Each state is exchanged from the one before, and so has what whoever started the thread wrote of it. */
void
timer_join(void)
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

		if (!wait && timer_moves(now, TIMER_ENDING)) {
			timer_join();
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

bool
timer_may_start(void)
{
	return atomic_load(&may_start);
}

bool
timer_ended_lately(int64_t now_ns)
{
	int64_t ended_ns = atomic_load_explicit(&alone_ns, memory_order_relaxed);

	return ended_ns != 0 && !weir_look_due(now_ns, ended_ns, COMPANY_NS);
}

bool
timer_start(int64_t now_ns)
{
	int64_t failed_ns = atomic_load(&start_failed_ns);
	int rc = -ECANCELED;

	if (failed_ns != 0 && now_ns - failed_ns < RETRY_NS)
		return false;
	if (!timer_moves(TIMER_NONE, TIMER_STARTING))
		return true;
	/* Whoever forbids it later waits for us: each writes its own word and then reads the other's, seq_cst. */
	if (atomic_load(&may_start)) {
		atomic_store(&timer_rounds, 0);
		rc = thread_start(timer_run);
	}
	if (rc != 0 && rc != -ECANCELED) {
		atomic_store(&start_failed_ns, now_ns);
		chores_count_failure();
	}
	atomic_store(&timer_state, rc == 0 ? TIMER_AWAKE : TIMER_NONE);
	return rc == 0;
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
		timer_start(now_ns);
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
		timer_hand_over();
		atomic_store(&alone_ns, clock_now_ns());
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
	if (atomic_load_explicit(&timer_state, memory_order_relaxed) == TIMER_NONE)
		return;
	/* It may wait for a lock that the fork has. */
	if (!peers_keep_out())
		return;
	/* Nobody joins a detached thread: /proc knows when it has ended, which a filter may kill for. */
	if (vm_calls_allowed() && timer_is_alone())
		atomic_store(&company, 0);
	end_clock(false);
	peers_let_in();
}

bool
timer_make_way(void)
{
	return end_clock(true);
}

/* What it has not for a child, it may not have for a clock. */
bool
timer_give_task(void)
{
	unsigned before = thread_count();

	if (!timer_make_way())
		return false;
	atomic_store(&start_failed_ns, clock_now_ns());
	/* A limit counts it until it has left the kernel's list. */
	for (int i = 0; i < SETTLE_STEPS && thread_count() >= before; i++)
		weir_sys_sleep(TIMER_MS_NS / 20);
	return true;
}

void
timer_end_for_good(void)
{
	atomic_store(&may_start, false);
	end_thread();
	timer_hand_over();
}

void
timer_be_seen_alone(void)
{
	int saved_errno = errno;

	if (gate_silent())
		return;

	end_clock(timer_is_alone());
	/* A thread that was joined may be on the kernel's list a moment longer. */
	for (int i = 0; i < SETTLE_STEPS && company <= 0 && thread_has_others(); i++)
		weir_sys_sleep(TIMER_MS_NS / 20);
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
timer_life_after_fork(void)
{
	peers_after_fork();
	atomic_store(&company, 0);
	atomic_store(&timer_state, TIMER_NONE);
	atomic_store(&start_failed_ns, 0);
	atomic_store(&alone_ns, 0);
	atomic_store(&may_start, has_key);
}
