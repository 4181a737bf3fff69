/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slow half of pool/lock.h: spin a little, then sleep in the kernel.
 */
#include "pool/lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Sections under these locks take well under a microsecond: sleeping costs more. */
#define SPINS	  100
#define FEW_SPINS 20
#define PATIENCE  2000 /* a tenth of a second */

const char *weir_lock_alone;

static inline void
relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static bool
spin_times(struct weir_lock *lock, int times)
{
	for (int i = 0; i < times; i++) {
		uint32_t unheld = 0;

		if (atomic_load_explicit(&lock->word, memory_order_relaxed) == 0 &&
		    atomic_compare_exchange_weak_explicit(&lock->word, &unheld, 1,
							  memory_order_acquire,
							  memory_order_relaxed))
			return true;
		relax();
	}
	return false;
}

static bool
spin(struct weir_lock *lock)
{
	return spin_times(lock, SPINS);
}

static _Atomic bool sparing;
static _Atomic unsigned sleepers, wakers;

/* Until somebody releases it, or for so long; NULL: for ever. */
static void
sleep_on(struct weir_lock *lock, const struct timespec *most)
{
	atomic_fetch_add(&sleepers, 1);
	if (atomic_load(&sparing)) {
		atomic_fetch_sub(&sleepers, 1);
		relax();
		return;
	}
	/* Refused, by a filter perhaps: the others go first. */
	if (syscall(SYS_futex, &lock->word, FUTEX_WAIT_PRIVATE, 2, most, NULL, 0) != 0 &&
	    errno != EAGAIN && errno != EINTR && errno != ETIMEDOUT)
		sched_yield();
	atomic_fetch_sub(&sleepers, 1);
}

void
weir_lock_spare_calls(void)
{
	const struct timespec moment = {.tv_nsec = 50000};

	atomic_store(&sparing, true);
	for (int i = 0;
	     i < PATIENCE && atomic_load(&sleepers) + atomic_load(&wakers) != 0; i++)
		syscall(SYS_nanosleep, &moment, NULL);
}

void
weir_lock_after_fork(void)
{
	atomic_store(&sleepers, 0);
	atomic_store(&wakers, 0);
}

void
weir_lock_wait(struct weir_lock *lock)
{
	int saved_errno = errno;

	if (!spin(lock))
		while (atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) !=
		       0)
			sleep_on(lock, NULL);
	errno = saved_errno;
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool
weir_lock_within(struct weir_lock *lock, uint64_t ns)
{
	int saved_errno = errno;

	if (spin(lock))
		return true;
	int64_t end = now_ns() + (int64_t)ns, left;
	bool got;
	/* On a crowded machine the time is over when a thread comes to run that was woken: it tries all the same. */
	while (!(got = atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) ==
		       0) &&
	       (left = end - now_ns()) > 0)
		sleep_on(lock, &(struct timespec){left / 1000000000, left % 1000000000});
	errno = saved_errno;
	return got;
}

void
weir_lock_wake(struct weir_lock *lock)
{
	int saved_errno = errno;

	atomic_fetch_add(&wakers, 1);
	if (!atomic_load(&sparing) || atomic_load(&sleepers) != 0)
		syscall(SYS_futex, &lock->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	atomic_fetch_sub(&wakers, 1);
	errno = saved_errno;
}

/*
 * Who sleeps loses its processor to others, and may wait for that longer than for the lock: so it gives up. But what the
 * next allocator then serves it keeps for that thread (glibc an arena, some MB), and if all gave up the holder had to
 * wait for a processor: two threads do, so often in a tenth of a second, until they have not for a second; others sleep.
 * Where so many sleep already that to wake them up, one after the other, takes longer than what they could do instead,
 * others do as well, so often all together: without that bound the next allocator's heaps grew to five times as much.
 */
#define ROUND_NS       INT64_C(100000000)
#define IDLE_NS	       (10 * ROUND_NS)
#define GIVE_UPS       128
#define GIVERS	       2
#define QUEUE_MOST     512
#define CROWD_GIVE_UPS 500

struct giver {
	_Atomic uintptr_t thread; /* where its errno lies */
	_Atomic int64_t since_ns;
	_Atomic unsigned n;
};

/* Relaxed: what they say is only the thread's own. Two that come at once may both count as it, once. */
static bool
is_giver(struct giver *g, int64_t now)
{
	uintptr_t self = (uintptr_t)&errno;
	uintptr_t thread = atomic_load_explicit(&g->thread, memory_order_relaxed);
	int64_t passed = now - atomic_load_explicit(&g->since_ns, memory_order_relaxed);

	if (thread != self && (thread != 0 && passed < IDLE_NS))
		return false;
	if (thread != self || passed > ROUND_NS) {
		atomic_store_explicit(&g->thread, self, memory_order_relaxed);
		atomic_store_explicit(&g->since_ns, now, memory_order_relaxed);
		atomic_store_explicit(&g->n, 0, memory_order_relaxed);
	}
	return true;
}

/* Threads that come at once may begin a round several times. */
static bool
crowd_may_give_up(int64_t now)
{
	static _Atomic int64_t since_ns;
	static _Atomic unsigned n;

	if (now - atomic_load_explicit(&since_ns, memory_order_relaxed) > ROUND_NS) {
		atomic_store_explicit(&since_ns, now, memory_order_relaxed);
		atomic_store_explicit(&n, 0, memory_order_relaxed);
	}
	return atomic_fetch_add_explicit(&n, 1, memory_order_relaxed) < CROWD_GIVE_UPS;
}

static bool
may_give_up(void)
{
	static struct giver givers[GIVERS];
	int64_t now = now_ns();

	if (atomic_load_explicit(&sleepers, memory_order_relaxed) >= QUEUE_MOST)
		return crowd_may_give_up(now);
	for (int i = 0; i < GIVERS; i++)
		if (is_giver(&givers[i], now))
			return atomic_fetch_add_explicit(&givers[i].n, 1,
							 memory_order_relaxed) < GIVE_UPS;
	return false;
}

bool
weir_lock_spin_wait(struct weir_lock *lock)
{
	return atomic_load_explicit(&lock->word, memory_order_relaxed) < 2 &&
	       spin_times(lock, FEW_SPINS);
}

/* Whoever gives up says so in the word: nobody after it tries as long, until the lock is released. */
bool
weir_lock_soon_wait(struct weir_lock *lock)
{
	uint32_t held = 1;

	if (atomic_load_explicit(&lock->word, memory_order_relaxed) < 2 && spin(lock))
		return true;
	if (!may_give_up()) {
		weir_lock_wait(lock);
		return true;
	}
	atomic_compare_exchange_strong_explicit(
		&lock->word, &held, 2, memory_order_relaxed, memory_order_relaxed);
	return false;
}
