/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The call's last system call is the one by which handlers of signals return. It is not made: before it, one write of
 * all registers has the thread where it was, as if its sleep had ended early, which is right also if we end here. Then
 * it is stopped once more, on its way out of the kernel, where it can be said that the sleep is to go on.
 */
#include "tools/attach/safe_return.h"

#if defined(__x86_64__)

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "tools/text/monotonic.h"

#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif
#define SIGNALS_BYTES	  8
#define RETURN_BYTES	  9		/* mov $15, %rax; syscall */
#define CALL_NS		  2000000000ull /* the loader may wait for another thread */
#define STOP_NS		  5000000000ull
#define ROUND_NS	  20000
#define RESTARTS_BY_BLOCK (-516)

bool
safe_return_wanted(const struct user_regs_struct *regs)
{
	return (long long)regs->orig_rax >= 0 &&
	       (long long)regs->rax == RESTARTS_BY_BLOCK;
}

/* How it stands now; -1: it does not, or is gone. */
static int
await_stop(pid_t tid, uint64_t most_ns)
{
	uint64_t from = (uint64_t)monotonic_ns();
	int status;

	do {
		pid_t got = waitpid(tid, &status, __WALL | WNOHANG);

		if (got == tid)
			return WIFSTOPPED(status) ? status : -1;
		if (got < 0)
			return -1;
		nanosleep(&(struct timespec){.tv_nsec = ROUND_NS}, NULL);
	} while ((uint64_t)monotonic_ns() - from < most_ns);
	return -1;
}

static bool
is_of_call(int status)
{
	return status >> 16 == 0 && WSTOPSIG(status) == (SIGTRAP | 0x80);
}

/* What it was stopped for is not lost. */
static void
detach(pid_t tid, int status)
{
	int signal = status >= 0 && status >> 16 == 0 && !is_of_call(status)
			     ? WSTOPSIG(status)
			     : 0;

	ptrace(PTRACE_DETACH, tid, NULL, (void *)(intptr_t)signal);
}

/* To the beginning of the call that ends all; how it stands then, or where it does not come so far. */
static int
follow(pid_t tid, uint64_t return_at, bool *there)
{
	uint64_t until = (uint64_t)monotonic_ns() + CALL_NS;
	struct user_regs_struct r;
	int status = 0;

	*there = false;
	do {
		if (ptrace(PTRACE_SYSCALL, tid, NULL, NULL) != 0)
			return -1;
		status = await_stop(tid, CALL_NS);
		if (status < 0 || !is_of_call(status))
			break;
		*there = ptrace(PTRACE_GETREGS, tid, NULL, &r) == 0 &&
			 r.orig_rax == SYS_rt_sigreturn &&
			 r.rip == return_at + RETURN_BYTES;
	} while (!*there && (uint64_t)monotonic_ns() < until);
	if (status < 0 && ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0)
		status = await_stop(tid, STOP_NS);
	return status;
}

void
safe_return_follow(pid_t tid, const struct user_regs_struct *was,
		   const struct call_frame_thread *thread, uint64_t return_at)
{
	struct user_regs_struct back = *was;
	struct iovec xstate = {(void *)thread->xstate, thread->xstate_bytes};
	bool there;

	ptrace(PTRACE_SETOPTIONS, tid, NULL, (void *)PTRACE_O_TRACESYSGOOD);
	int status = follow(tid, return_at, &there);
	if (!there)
		return detach(tid, status);
	/* What the call would restore as well, in this order: it does, until the registers say that it is not made. */
	back.rax = (unsigned long long)-EINTR;
	back.orig_rax = (unsigned long long)-1;
	if (ptrace(PTRACE_SETREGSET, tid, (void *)NT_X86_XSTATE, &xstate) != 0 ||
	    ptrace(PTRACE_SETSIGMASK, tid, (void *)SIGNALS_BYTES, &thread->signal_mask) !=
		    0 ||
	    ptrace(PTRACE_SETREGS, tid, NULL, &back) != 0)
		return detach(tid, status);
	if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0 &&
	    ptrace(PTRACE_CONT, tid, NULL, NULL) == 0)
		status = await_stop(tid, STOP_NS);
	if (status >= 0)
		ptrace(PTRACE_SETREGS, tid, NULL, was);
	detach(tid, status);
}

#endif
