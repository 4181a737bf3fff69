/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slow half of pool/lock.h: spin a little, then sleep in the kernel.
 */
#include "pool/lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Sections under these locks take well under a microsecond: sleeping costs more. */
#define SPINS 100

static inline void
relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

void
weir_lock_wait(struct weir_lock *lock)
{
	int saved_errno = errno;

	for (int i = 0; i < SPINS; i++) {
		uint32_t unheld = 0;

		if (atomic_load_explicit(&lock->word, memory_order_relaxed) == 0 &&
		    atomic_compare_exchange_weak_explicit(&lock->word, &unheld, 1,
							  memory_order_acquire,
							  memory_order_relaxed))
			return;
		relax();
	}
	/* Refused, by a filter perhaps: the others go first. */
	while (atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) != 0)
		if (syscall(SYS_futex, &lock->word, FUTEX_WAIT_PRIVATE, 2, NULL, NULL,
			    0) != 0 &&
		    errno != EAGAIN && errno != EINTR)
			sched_yield();
	errno = saved_errno;
}

void
weir_lock_wake(struct weir_lock *lock)
{
	int saved_errno = errno;

	syscall(SYS_futex, &lock->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	errno = saved_errno;
}
