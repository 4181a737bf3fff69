/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two words to wait for take Linux 5.16. A word of a file that others have cut is no danger: the kernel
 * looks at it, and says that it cannot.
 */
#include "preload/machine/bell.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "pool/sys.h"
#include "preload/ground/clock.h"
#include "trace/ground/vm_calls.h"

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
#define SECOND_NS  1000000000ll
#define REFUSED_NS (SECOND_NS / 20)
#define WAKE_NS	   50000
#define WAKE_STEPS 20000

/* As the kernel reads it, of before its headers had it. */
struct waiter {
	uint64_t expected, address;
	uint32_t flags, reserved;
};
#define WORD_OF_32 2u

static _Atomic bool waits_for_both = true;
static const _Atomic uint32_t *_Atomic sleeps_for_both; /* whose state, while it sleeps */

static bool
slept(long rc)
{
	return rc >= 0 || errno == ETIMEDOUT || errno == EAGAIN || errno == EINTR;
}

static struct timespec
time_of(int64_t ns)
{
	return (struct timespec){.tv_sec = (time_t)(ns / SECOND_NS),
				 .tv_nsec = (long)(ns % SECOND_NS)};
}

/* False: the kernel cannot. */
static bool
sleep_for_both(const _Atomic uint32_t *state, uint32_t now, struct bell_mail mail,
	       uint64_t ns)
{
	const struct waiter waiters[] = {
		{.expected = now,
		 .address = (uintptr_t)state,
		 .flags = WORD_OF_32 | FUTEX_PRIVATE_FLAG},
		{.expected = mail.silent,
		 .address = (uintptr_t)mail.word,
		 .flags = WORD_OF_32},
	};
	struct timespec until = time_of(clock_read(CLOCK_MONOTONIC) + (int64_t)ns);

	return slept(syscall(SYS_futex_waitv, waiters, 2, 0, &until, CLOCK_MONOTONIC));
}

void
bell_sleep(const _Atomic uint32_t *state, uint32_t now, struct bell_mail mail,
	   uint64_t ns)
{
	if (mail.word != NULL) {
		/*
		 * Said first, for bell_use_common_calls, which forbids first and then looks (both seq_cst): a call that
		 * is interrupted is made once more.
		 */
		sleeps_for_both = state;
		bool slept_so = waits_for_both && vm_calls_allowed() &&
				sleep_for_both(state, now, mail, ns);
		int error = errno;
		sleeps_for_both = NULL;
		if (slept_so)
			return;
		/* Never back to true, which bell_use_common_calls may just have taken. */
		if (error != EFAULT) /* the file was cut */
			waits_for_both = false;
	}
	if (mail.exists && ns > BELL_LOOK_NS)
		ns = BELL_LOOK_NS;
	struct timespec t = time_of((int64_t)ns);
	/* Refused, by a filter perhaps: nobody can wake us, so look from time to time. */
	if (!slept(syscall(SYS_futex, state, FUTEX_WAIT_PRIVATE, now, &t, NULL, 0)))
		weir_sys_sleep(ns < REFUSED_NS ? (int64_t)ns : REFUSED_NS);
}

void
bell_use_common_calls(void)
{
	int saved_errno = errno;

	waits_for_both = false;
	for (int i = 0; i < WAKE_STEPS; i++) {
		const _Atomic uint32_t *state = sleeps_for_both;

		if (state == NULL)
			break;
		bell_ring(state);
		weir_sys_sleep(WAKE_NS);
	}
	errno = saved_errno;
}

void
bell_ring(const _Atomic uint32_t *state)
{
	syscall(SYS_futex, state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
