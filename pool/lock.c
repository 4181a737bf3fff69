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
#define PATIENCE  2000	     /* a tenth of a second */
#define MOMENT_NS 20000000   /* a sleep that perhaps nobody ends */
#define LONG_NS	  1000000000 /* one that somebody ends */

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
spin(struct weir_lock *lock)
{
	for (int i = 0; i < SPINS; i++) {
		if (atomic_load_explicit(&lock->word, memory_order_relaxed) == 0 &&
		    weir_trylock(lock))
			return true;
		relax();
	}
	return false;
}

static _Atomic bool sparing;
static _Atomic unsigned sleepers, wakers;

/* Until somebody releases it, or for so long. */
static void
sleep_on(struct weir_lock *lock, int64_t ns)
{
	const struct timespec most = {ns / 1000000000, ns % 1000000000};

	atomic_fetch_add(&sleepers, 1);
	if (atomic_load(&sparing)) {
		atomic_fetch_sub(&sleepers, 1);
		relax();
		return;
	}
	/* Refused, by a filter perhaps: the others go first. */
	if (syscall(SYS_futex, &lock->word, FUTEX_WAIT_PRIVATE, 1, &most, NULL, 0) != 0 &&
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

/*
 * Who has it after a sleep leaves the word as it is: others may sleep as well, and are woken one after the other. So only
 * the first one may be missed by who releases the lock, and wakes by itself soon. False: it sleeps until woken, for `most`
 * at most (it may be over), and then asks again.
 */
static bool
take_or_sleep(struct weir_lock *lock, int64_t most)
{
	int64_t ns = atomic_exchange(&lock->sleeper, 1) == 0 ? MOMENT_NS : LONG_NS;

	if (weir_trylock(lock))
		return true;
	if (most > 0)
		sleep_on(lock, ns < most ? ns : most);
	return false;
}

void
weir_lock_wait(struct weir_lock *lock)
{
	int saved_errno = errno;

	if (!spin(lock))
		while (!take_or_sleep(lock, LONG_NS))
			;
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
	do {
		left = end - now_ns();
		got = take_or_sleep(lock, left);
	} while (!got && left > 0);
	errno = saved_errno;
	return got;
}

void
weir_lock_wake(struct weir_lock *lock)
{
	int saved_errno = errno;

	if (atomic_exchange(&lock->sleeper, 0) == 0)
		return;
	atomic_fetch_add(&wakers, 1);
	if (!atomic_load(&sparing) || atomic_load(&sleepers) != 0)
		syscall(SYS_futex, &lock->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	atomic_fetch_sub(&wakers, 1);
	errno = saved_errno;
}
