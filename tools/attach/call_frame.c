/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel takes a frame's vector registers only if their size and kinds are as it writes them itself; else it
 * restores the oldest of them and says nothing. So a signal is sent to ourselves first, and its frame is the
 * pattern for others.
 */
#include "tools/attach/call_frame.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)

#define RED_ZONE 128
#define LEGACY_BYTES                                                                     \
	512 /* of an xstate; then a header of 64 bytes, its first word says what is in it */
#define NOTE_AT	      464 /* in the legacy part: what the kernel notes */
#define NOTE_BYTES    48
#define MAGIC_1	      0x46505853u
#define MAGIC_2	      0x46505845u
#define SIGNAL_FLAGS  0x202 /* interrupts on, nothing else */
#define NO_SUCH_FLAGS 0x7fffffff
/* What a call is left with in the kernel that it will begin again, or with the time that is left. */
#define RESTARTS_BY_BLOCK (-516)

#define TILES ((uint64_t)3 << 17)

/* As linux/arch/x86 has it. */
struct note {
	uint32_t magic, extended_bytes;
	uint64_t features;
	uint32_t bytes;
};

struct kernel_frame {
	uint64_t return_at;
	uint64_t flags, link;
	uint64_t stack_base;
	int32_t stack_flags;
	uint32_t padding;
	uint64_t stack_bytes;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15, di, si, bp, bx, dx, ax, cx, sp, ip;
	uint64_t eflags;
	uint16_t cs, gs, fs, ss;
	uint64_t error, trap, old_mask, fault;
	uint64_t xstate_at;
	uint64_t reserved[8];
	uint64_t mask;
	unsigned char info[128];
};

static struct {
	bool known;
	uint64_t flags;
	struct note note;
	unsigned char bytes[NOTE_BYTES];
} pattern;

static void
take_pattern(int signal, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	const unsigned char *xstate = (const unsigned char *)uc->uc_mcontext.fpregs;

	(void)signal;
	(void)info;
	if (xstate == NULL)
		return;
	pattern.flags = uc->uc_flags;
	memcpy(pattern.bytes, xstate + NOTE_AT, NOTE_BYTES);
	memcpy(&pattern.note, xstate + NOTE_AT, sizeof(pattern.note));
	pattern.known = pattern.note.magic == MAGIC_1 &&
			pattern.note.bytes >= LEGACY_BYTES + 64 &&
			pattern.note.bytes <= CALL_FRAME_XSTATE;
}

bool
call_frame_prepare(void)
{
	struct sigaction act = {.sa_flags = SA_SIGINFO}, before;

	act.sa_sigaction = take_pattern;
	if (!pattern.known && sigaction(SIGURG, &act, &before) == 0) {
		raise(SIGURG);
		sigaction(SIGURG, &before, NULL);
	}
	return pattern.known;
}

#ifndef SYS_io_uring_enter
#define SYS_io_uring_enter 426
#endif
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif
#define URING_BOUNDED 8 /* IORING_ENTER_EXT_ARG: there may be a time in it */

/*
 * Of the waits without an end, those that the kernel ends, or begins again in a way of which no second one is told.
 * One that has done something before it was interrupted says so, and no -EINTR.
 */
static bool
waits_for_ever(const struct user_regs_struct *r)
{
	if (r->orig_rax == SYS_poll)
		return (long long)r->rax == RESTARTS_BY_BLOCK && (int)r->rdx < 0;
	if ((long long)r->rax != -EINTR)
		return false;
	switch (r->orig_rax) {
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
		return (int)r->r10 < 0;
	case SYS_epoll_pwait2:
	case SYS_semtimedop:
		return r->r10 == 0;
	case SYS_semop:
		return true;
	case SYS_rt_sigtimedwait:
		return r->rdx == 0;
	case SYS_io_getevents:
		return r->r8 == 0;
	case SYS_io_uring_enter:
		return r->rsi == 0 && (r->r10 & URING_BOUNDED) == 0;
	default:
		return false;
	}
}

/* The call instruction has two bytes. */
static void
again(struct user_regs_struct *r)
{
	r->rax = r->orig_rax;
	r->rip -= 2;
	r->orig_rax = (unsigned long long)-1;
}

bool
call_frame_restart(struct user_regs_struct *r)
{
	if ((long long)r->orig_rax < 0 || !waits_for_ever(r))
		return false;
	again(r);
	return true;
}

/* The kernel's own: -ERESTARTSYS, -ERESTARTNOINTR, -ERESTARTNOHAND; and one that is counted on a block that is gone. */
void
call_frame_restart_all(struct user_regs_struct *r)
{
	if ((long long)r->orig_rax < 0 || call_frame_restart(r))
		return;
	switch ((long long)r->rax) {
	case -512:
	case -513:
	case -514:
		again(r);
		break;
	case RESTARTS_BY_BLOCK:
		r->rax = (unsigned long long)-EINTR;
		break;
	default:
		break;
	}
}

static void
fill(struct kernel_frame *k, const struct user_regs_struct *r, uint64_t mask,
     uint64_t xstate_at, uint64_t return_at)
{
	*k = (struct kernel_frame){
		.return_at = return_at,
		.flags = pattern.flags,
		/* Refused on purpose: the thread keeps its alternate stack as it is. */
		.stack_flags = NO_SUCH_FLAGS,
		.r8 = r->r8,
		.r9 = r->r9,
		.r10 = r->r10,
		.r11 = r->r11,
		.r12 = r->r12,
		.r13 = r->r13,
		.r14 = r->r14,
		.r15 = r->r15,
		.di = r->rdi,
		.si = r->rsi,
		.bp = r->rbp,
		.bx = r->rbx,
		.dx = r->rdx,
		.ax = r->rax,
		.cx = r->rcx,
		.sp = r->rsp,
		.ip = r->rip,
		.eflags = r->eflags,
		.cs = (uint16_t)r->cs,
		.gs = (uint16_t)r->gs,
		.fs = (uint16_t)r->fs,
		.ss = (uint16_t)r->ss,
		.xstate_at = xstate_at,
		.mask = mask,
	};
}

/* As the kernel would write it: what the thread has, the pattern's note, the mark behind it. */
static void
put_xstate(unsigned char *to, const struct call_frame_thread *t)
{
	const uint32_t mark = MAGIC_2;
	size_t n = t->xstate_bytes < pattern.note.bytes ? t->xstate_bytes
							: pattern.note.bytes;
	uint64_t there;

	memcpy(to, t->xstate, n);
	memcpy(to + NOTE_AT, pattern.bytes, NOTE_BYTES);
	memcpy(&there, to + LEGACY_BYTES, sizeof(there));
	there &= pattern.note.features;
	memcpy(to + LEGACY_BYTES, &there, sizeof(there));
	memcpy(to + pattern.note.bytes, &mark, sizeof(mark));
}

int
call_frame_make(struct call_frame *f, struct user_regs_struct *regs,
		const struct call_frame_thread *t, uint64_t function, const char *path,
		int flags, uint64_t return_at)
{
	size_t length = strlen(path) + 1;
	uint64_t there = 0;

	if (t->xstate_bytes < LEGACY_BYTES + 64)
		return -ENOTSUP;
	memcpy(&there, t->xstate + LEGACY_BYTES, sizeof(there));
	if ((there & TILES & ~pattern.note.features) != 0)
		return -ENOTSUP;
	call_frame_restart_all(regs);
	uint64_t top = regs->rsp - RED_ZONE;
	uint64_t path_at = (top - length) & ~(uint64_t)15;
	uint64_t xstate_at =
		(path_at - pattern.note.bytes - sizeof(uint32_t)) & ~(uint64_t)63;
	/* As after a call: a multiple of 16, and the return address below. */
	f->at = ((xstate_at - sizeof(struct kernel_frame)) & ~(uint64_t)15) - 8;
	f->bytes = (size_t)(path_at + length - f->at);
	f->text = calloc(1, f->bytes);
	if (f->text == NULL)
		return -ENOMEM;
	struct kernel_frame k;
	fill(&k, regs, t->signal_mask, xstate_at, return_at);
	memcpy(f->text, &k, sizeof(k));
	put_xstate(f->text + (xstate_at - f->at), t);
	memcpy(f->text + (path_at - f->at), path, length);
	regs->rsp = f->at;
	regs->rip = function;
	regs->rdi = path_at;
	regs->rsi = (unsigned long long)flags;
	regs->rax = 0;
	regs->orig_rax = (unsigned long long)-1;
	regs->eflags = SIGNAL_FLAGS;
	return 0;
}

#else

bool
call_frame_prepare(void)
{
	return false;
}

#endif
