/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At each instant the thread is either as it was or has a whole frame to go on with: the frame is written where
 * nothing lies, and one call makes it the thread's. So whoever ends this process does no harm to the other.
 */
#include "tools/attach/inject.h"

#include "config.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/attach/call_frame.h"
#include "tools/attach/candidates.h"
#include "tools/attach/filters.h"
#include "tools/attach/safe_return.h"
#include "tools/attach/thread_stack.h"
#include "tools/read/proc.h"
#include "tools/text/monotonic.h"
#include "tools/text/show.h"

#if defined(__x86_64__)

#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif
#define NT_SHADOW_STACK 0x204
#define STOP_NS		5000000000ull /* it does not run meanwhile */
#define ROUND_NS	2000000
#define SIGNALS_BYTES	8
#define LEGACY_BYTES	512
#define TILES		((uint64_t)3 << 17)

bool
inject_possible(const char **why)
{
	if (!thread_stack_possible())
		*why = "this weir was built without libunwind (libunwind-dev): it cannot "
		       "tell where a process may be stopped";
	else if (!call_frame_prepare())
		*why = "this kernel's signal frames are not understood";
	else
		return true;
	return false;
}

/*
 * 0: it stands. -ESRCH: it is gone; -EAGAIN: a signal was on its way to it; -ESTALE: a signal has stopped it, and does
 * so still; -ETIMEDOUT: let go when we end.
 */
static int
stop(pid_t tid)
{
	uint64_t from = (uint64_t)monotonic_ns();
	int status = 0;

	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) != 0)
		return -errno;
	if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) != 0)
		return -errno;
	for (;;) {
		pid_t got = waitpid(tid, &status, __WALL | WNOHANG);

		if (got == tid)
			break;
		if (got < 0)
			return -ESRCH;
		uint64_t waited = (uint64_t)monotonic_ns() - from;
		if (waited > STOP_NS)
			return -ETIMEDOUT;
		/* Asleep, or it might wait for our processor. */
		nanosleep(
			&(struct timespec){.tv_nsec = waited < ROUND_NS ? 20000 : 200000},
			NULL);
	}
	if (!WIFSTOPPED(status))
		return -ESRCH;
	if (status >> 16 == PTRACE_EVENT_STOP && WSTOPSIG(status) == SIGTRAP)
		return 0;
	if (status >> 16 == PTRACE_EVENT_STOP) {
		ptrace(PTRACE_DETACH, tid, NULL, NULL);
		return -ESTALE;
	}
	ptrace(PTRACE_DETACH, tid, NULL, (void *)(intptr_t)WSTOPSIG(status));
	return -EAGAIN;
}

/* As it was; a wait that the kernel would not begin again does. */
static void
let_go(pid_t tid)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, tid, NULL, &regs) == 0 && call_frame_restart(&regs))
		ptrace(PTRACE_SETREGS, tid, NULL, &regs);
	ptrace(PTRACE_DETACH, tid, NULL, NULL);
}

struct standing {
	struct user_regs_struct regs;
	struct call_frame_thread thread;
	struct safe_stack stack;
	struct safe_frame frames[THREAD_STACK_FRAMES];
};

/* By what is mapped, and, of a thread that the C library made, by what it says itself. */
static uint64_t
room_left(const struct picture *p, const struct user_regs_struct *regs, pid_t tid)
{
	uint64_t words[SAFE_POINT_RECORD], mapped = picture_room(p, regs->rsp), own;
	struct iovec to = {words, sizeof(words)};
	struct iovec from = {(void *)regs->fs_base, sizeof(words)};

	if (picture_is_first_stack(p, regs->rsp))
		return mapped;
	ssize_t n = process_vm_readv(tid, &to, 1, &from, 1, 0);
	own = safe_point_room(words, n > 0 ? (size_t)n / sizeof(words[0]) : 0,
			      regs->fs_base, regs->rsp);
	return own < mapped ? own : mapped;
}

static int
look_at(struct standing *s, pid_t tid, const struct picture *p)
{
	struct iovec io = {s->thread.xstate, sizeof(s->thread.xstate)};
	uint64_t shadow[8], there = 0;
	struct iovec shadow_io = {shadow, sizeof(shadow)};

	s->stack = (struct safe_stack){0};
	if (ptrace(PTRACE_GETREGS, tid, NULL, &s->regs) != 0 ||
	    ptrace(PTRACE_GETSIGMASK, tid, (void *)SIGNALS_BYTES,
		   &s->thread.signal_mask) != 0 ||
	    ptrace(PTRACE_GETREGSET, tid, (void *)NT_X86_XSTATE, &io) != 0)
		return -errno;
	s->thread.xstate_bytes = io.iov_len;
	if (io.iov_len >= LEGACY_BYTES + sizeof(there))
		memcpy(&there, s->thread.xstate + LEGACY_BYTES, sizeof(there));
	s->stack.amx = (there & TILES) != 0;
	s->stack.shadow_stack =
		ptrace(PTRACE_GETREGSET, tid, (void *)NT_SHADOW_STACK, &shadow_io) == 0;
	s->stack.in_call = (long long)s->regs.orig_rax >= 0;
	s->stack.room_bytes = room_left(p, &s->regs, tid);
	thread_stack_read(&s->stack, s->frames, p, tid, &s->regs);
	return 0;
}

/* Below what the first thread has used of its stack it grows for one who writes by ptrace, and not for the other way. */
static int
put(pid_t tid, const struct call_frame *f)
{
	struct iovec from = {f->text, f->bytes}, to = {(void *)f->at, f->bytes};
	long lowest;

	if (process_vm_writev(tid, &from, 1, &to, 1, 0) == (ssize_t)f->bytes)
		return 0;
	memcpy(&lowest, f->text, sizeof(lowest));
	if (ptrace(PTRACE_POKEDATA, tid, (void *)f->at, (void *)lowest) != 0)
		return -errno;
	return process_vm_writev(tid, &from, 1, &to, 1, 0) == (ssize_t)f->bytes ? 0
										: -EFAULT;
}

/* The registers first: with them the thread has all it needs, whatever becomes of us. */
static int
call(const struct inject *i, const struct picture *p, struct standing *s, pid_t tid)
{
	const uint64_t all = ~(uint64_t)0;
	struct call_frame f = {0};
	int rc =
		call_frame_make(&f, &s->regs, &s->thread, p->dlopen_at, i->path,
				RTLD_NOW | RTLD_NODELETE | p->dlopen_flags, p->return_at);

	if (rc == 0)
		rc = put(tid, &f);
	if (rc == 0 && ptrace(PTRACE_SETREGS, tid, NULL, &s->regs) != 0)
		rc = -errno;
	if (rc == 0)
		ptrace(PTRACE_SETSIGMASK, tid, (void *)SIGNALS_BYTES, &all);
	free(f.text);
	return rc;
}

/* -EPERM, with the reason: that ends the search. */
static int
look_at_filters(struct inject *i, pid_t tid)
{
	const char *name = "";
	int rc = filters_examine(tid, &name);

	if (rc == -EPERM)
		show_format(i->why, sizeof(i->why),
			    "its filter of system calls (seccomp) may end it where the "
			    "library calls %s; --force attaches nevertheless",
			    name);
	else if (rc != 0)
		show_format(i->why, sizeof(i->why),
			    "its filter of system calls (seccomp) cannot be read (%s); "
			    "--force attaches",
			    strerror(-rc));
	return rc != 0 ? -EPERM : 0;
}

/* Coming back by hand makes a call of no number, for which a filter, also one that is not read, may end the process. */
static bool
may_return(pid_t pid, pid_t tid)
{
	char path[64], *text;

	snprintf(path, sizeof(path), "task/%d/status", (int)tid);
	if (proc_text(pid, path, &text, NULL) != 0)
		return false;
	bool free_of_filters = proc_status_number(text, "\nSeccomp:", 10) <= 0;
	free(text);
	return free_of_filters;
}

/* 0, or -EAGAIN with the reason; `old`: it is the picture's age. */
static int
try_it(struct inject *i, const struct picture *p, pid_t tid, bool *old)
{
	static struct standing s;
	const char *against = NULL;
	int rc = stop(tid);
	uint64_t from = (uint64_t)monotonic_ns();

	if (rc == -ETIMEDOUT)
		return show_format(i->why, sizeof(i->why),
				   "a thread does not stop: it waits "
				   "for a disk, or is starved"),
		       rc;
	if (rc == -ESTALE)
		show_format(i->why, sizeof(i->why), "it is stopped");
	if (rc != 0)
		return rc == -EPERM || rc == -EACCES ? rc : -EAGAIN;
	i->tries++;
	rc = look_at(&s, tid, p);
	const struct user_regs_struct was = s.regs;
	if (rc == 0 && picture_range_at(p, s.regs.rsp) == NULL) {
		*old = true;
		against = "it began while weir looked";
	} else if (rc == 0) {
		against = safe_point_against(&s.stack);
	}
	if (rc == 0 && against != NULL)
		rc = -EAGAIN;
	if (rc == 0 && i->filtered)
		rc = look_at_filters(i, tid);
	if (rc == 0 && !i->dry)
		rc = call(i, p, &s, tid);
	bool follow =
		rc == 0 && !i->dry && safe_return_wanted(&was) && may_return(i->pid, tid);
	if (rc != 0 || i->dry)
		let_go(tid);
	else if (!follow)
		ptrace(PTRACE_DETACH, tid, NULL, NULL);
	i->stop_ns = (uint64_t)monotonic_ns() - from;
	if (follow)
		safe_return_follow(tid, &was, &s.thread, p->return_at);
	i->tid = tid;
	if (against != NULL)
		show_format(i->why, sizeof(i->why), "%s", against);
	return rc;
}

/* One thread. Signals wait until none stands. */
static int
try(struct inject *i, const struct picture *p, pid_t tid, bool *old)
{
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	int rc = try_it(i, p, tid, old);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static int
search(struct inject *i, struct picture *p)
{
	static struct candidates c;
	uint64_t until = (uint64_t)monotonic_ns() + (uint64_t)(i->seconds * 1e9);
	int rc = -EAGAIN;

	candidates_open(&c, i->pid);
	do {
		bool old = false;

		candidates_take(&c);
		for (size_t k = 0; k < c.n && rc == -EAGAIN; k++) {
			rc = try(i, p, c.list[k].tid, &old);
			if (rc == -EAGAIN)
				candidates_refuse(&c, &c.list[k]);
		}
		if (rc == -EAGAIN && old) {
			picture_free(p);
			candidates_forget(&c);
			int again = picture_take(p, i->pid, i->why);
			rc = again != 0 ? again : rc;
		}
		if (rc == -EAGAIN)
			nanosleep(&(struct timespec){.tv_nsec = ROUND_NS}, NULL);
	} while (rc == -EAGAIN && (uint64_t)monotonic_ns() < until);
	if (rc == -EAGAIN && i->tries == 0 && c.left > 0)
		show_format(
			i->why, sizeof(i->why),
			"each of its threads is in the midst of writing, or reads all "
			"that it wants, and would come back with a part, or waits "
			"for a child of vfork, and does not stop");
	candidates_close(&c);
	return rc;
}

int
inject_run(struct inject *i, struct picture *p)
{
	const struct sched_param first = {.sched_priority = 1}, none = {0};

	thread_stack_prepare();
	/* What stops us, or has us wait for a processor, keeps the thread standing: first in the queue, if we may. */
	int policy_before = sched_getscheduler(0);
	sched_setscheduler(0, SCHED_FIFO, &first);
	int rc = search(i, p);
	if (policy_before == SCHED_OTHER)
		sched_setscheduler(0, SCHED_OTHER, &none);
	return rc;
}

#else

bool
inject_possible(const char **why)
{
	*why = "weir attaches on x86-64 only";
	return false;
}

int
inject_run(struct inject *i, struct picture *p)
{
	(void)p;
	show_format(i->why, sizeof(i->why), "weir attaches on x86-64 only");
	return -ENOTSUP;
}

#endif
