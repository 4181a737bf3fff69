/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well a thread suits by the call that it waits in, and what a stop would do to that.
 */
#include "tools/attach/safe_point.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/*
 * Of a wait that is bounded by a duration the kernel keeps what is left, and goes on with it if whoever stopped the
 * thread brings it back as it was; of others it keeps nothing: they come back early, as from a signal, the last choice.
 */
enum { RANK_FUTEX, RANK_RESTARTS, RANK_LOOP, RANK_SLEEPS, RANK_RUNS, RANK_BOUNDED };

#define FUTEX_TO_A_TIME 9 /* FUTEX_WAIT_BITSET, without its flags */
#define FUTEX_COMMAND	0x7f
#define URING_BOUNDED	8 /* IORING_ENTER_EXT_ARG: there may be a time in it */
#define SLEEP_TO_A_TIME 1 /* TIMER_ABSTIME */

/* With a part written, or read where all was wanted, they come back if only stopped, and not every program goes on. */
static bool
must_not_stop(long number, const uint64_t a[6])
{
	switch (number) {
	case SYS_write:
	case SYS_writev:
	case SYS_pwrite64:
	case SYS_pwritev:
	case SYS_pwritev2:
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_sendmmsg:
	case SYS_sendfile:
	case SYS_vmsplice:
	case SYS_copy_file_range:
		/* It waits for a child that has its memory, and does not stop at all. */
#ifdef SYS_vfork
	case SYS_vfork:
#endif
	case SYS_clone3:
		return true;
	case SYS_clone:
		return (a[0] & CLONE_VFORK) != 0;
	case SYS_recvfrom:
		return (a[3] & MSG_WAITALL) != 0;
	case SYS_recvmsg:
		return (a[2] & MSG_WAITALL) != 0;
	case SYS_recvmmsg:
		return a[2] > 1 && (a[3] & MSG_WAITFORONE) == 0;
	default:
		return false;
	}
}

static int
rank_of_call(long number, const uint64_t a[6])
{
	if (must_not_stop(number, a))
		return SAFE_POINT_NEVER;
	switch (number) {
	case SYS_futex:
		return a[3] == 0				   ? RANK_FUTEX
		       : (a[1] & FUTEX_COMMAND) == FUTEX_TO_A_TIME ? RANK_RESTARTS
								   : RANK_SLEEPS;
	case SYS_fcntl:
		return a[1] == F_SETLKW || a[1] == F_OFD_SETLKW ? RANK_RESTARTS
								: RANK_BOUNDED;
	case SYS_clock_nanosleep:
		return (a[1] & SLEEP_TO_A_TIME) != 0 ? RANK_RESTARTS : RANK_SLEEPS;
	case SYS_nanosleep:
		return RANK_SLEEPS;
	case SYS_recvmmsg:
		return a[4] == 0 ? RANK_RESTARTS : RANK_BOUNDED;
	case SYS_read:
	case SYS_accept:
	case SYS_accept4:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_wait4:
	case SYS_waitid:
	case SYS_flock:
#ifdef SYS_pause
	case SYS_pause:
#endif
		return RANK_RESTARTS;
#ifdef SYS_epoll_wait
	case SYS_epoll_wait:
#endif
	case SYS_epoll_pwait:
		return (uint32_t)a[3] == UINT32_MAX ? RANK_LOOP : RANK_BOUNDED;
#ifdef SYS_io_uring_enter
	case SYS_io_uring_enter:
		return a[1] == 0 && (a[3] & URING_BOUNDED) == 0 ? RANK_LOOP
								: RANK_BOUNDED;
#endif
#ifdef SYS_poll
	case SYS_poll:
		return (uint32_t)a[2] == UINT32_MAX ? RANK_LOOP : RANK_SLEEPS;
#endif
	default:
		return RANK_BOUNDED;
	}
}

static bool
read_call(const char *text, long *number, uint64_t a[6])
{
	return sscanf(text,
		      "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
		      " %" SCNx64,
		      number, &a[0], &a[1], &a[2], &a[3], &a[4], &a[5]) >= 1;
}

int
safe_point_rank(const char *text)
{
	uint64_t a[6] = {0};
	long number;

	if (strncmp(text, "running", 7) == 0)
		return RANK_RUNS;
	return read_call(text, &number, a) ? rank_of_call(number, a) : SAFE_POINT_NEVER;
}

int
safe_point_file(const char *text)
{
	uint64_t a[6] = {0};
	long number;

	if (!read_call(text, &number, a))
		return -1;
	switch (number) {
	case SYS_read:
	case SYS_readv:
	case SYS_accept:
	case SYS_accept4:
	case SYS_recvfrom:
	case SYS_recvmsg:
		return (int)a[0];
	default:
		return -1;
	}
}

int
safe_point_rank_bounded(int rank)
{
	return rank == SAFE_POINT_NEVER ? rank : RANK_BOUNDED;
}

int
safe_point_rank_filtered(int rank)
{
	return rank == RANK_SLEEPS ? RANK_BOUNDED : rank;
}
