/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory that a walk reads. A stack that the C library made has the thread's control block at its
 * top, and is known page by page from there down: no file is opened for it, nothing is asked twice. Any
 * other (a fibre's, a signal's) may be gone and another one in its place: each page is asked for anew
 * in each walk. After a step that was a guess, the kernel reads.
 */
#include "trace/walk/walk_private.h"

#include <stddef.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/pages.h"
#include "trace/ground/checked.h"

#define NEAR	(UINT64_C(8) << 20) /* below the top, to be taken for the stack under it */
#define FAR	(UINT64_C(1) << 20) /* as far as an unknown stack may go on */
#define AT_ONCE 32 /* pages asked for in one walk, of the thread's own stack */

/* Of the calling thread's own stack: what is known to be readable, up to its top. */
static _Thread_local uintptr_t own_low __attribute__((tls_model("initial-exec")));
static _Thread_local uintptr_t own_top __attribute__((tls_model("initial-exec")));

extern void *__libc_stack_end __attribute__((weak));

static uint64_t
page_of(uint64_t address)
{
	return address & -(uint64_t)WEIR_PAGE_BYTES;
}

/* The control block of the first thread lies elsewhere, near to what may be another's stack. */
static bool
is_first_thread(void)
{
	return syscall(SYS_gettid) == getpid();
}

/* gcc has a function of its own for it on x86-64 from version 11 on. */
static uintptr_t
thread_pointer(void)
{
#ifdef __x86_64__
	uintptr_t at;

	__asm__("movq %%fs:0, %0" : "=r"(at));
	return at;
#else
	return (uintptr_t)__builtin_thread_pointer();
#endif
}

/* The top of the stack that `sp` seems to be on, 0: nobody knows. */
static uintptr_t
top_above(uintptr_t sp)
{
	/* glibc's own word, or what the kernel put above the first frame. */
	uintptr_t first = &__libc_stack_end != NULL ? (uintptr_t)__libc_stack_end
						    : getauxval(AT_RANDOM);
	uintptr_t self = thread_pointer();

	if (first > sp && first - sp < NEAR)
		return first;
	return self > sp && self - sp < NEAR && !is_first_thread() ? self : 0;
}

/*
 * Goes on downwards from what is known: a page that cannot be read is where that stack begins. `end`: what it seems to
 * reach to, of one that is larger than what is asked for at once (Ruby's threads have 1 MB of their own on it).
 */
static bool
is_own(uintptr_t sp, uintptr_t *end)
{
	*end = own_top;
	if (sp - own_low < own_top - own_low)
		return true;
	uintptr_t top = top_above(sp);
	*end = sp + FAR;
	if (top == 0)
		return false;
	if (top != own_top) {
		own_top = top;
		own_low = page_of(top);
	}
	for (int i = 0; i < AT_ONCE && own_low > sp; i++) {
		if (!checked_readable(own_low - WEIR_PAGE_BYTES))
			return false;
		own_low -= WEIR_PAGE_BYTES;
	}
	*end = own_top;
	return own_low <= sp;
}

uintptr_t
walk_stack_own_top(uintptr_t fp)
{
	return fp - own_low < own_top - own_low ? own_top : 0;
}

void
walk_stack_begin(struct walk_stack *s, uintptr_t fp)
{
	s->low = (uintptr_t)__builtin_frame_address(0);
	s->known = page_of(s->low);
	s->known_end = page_of(fp + 15) + WEIR_PAGE_BYTES;
	s->own = is_own(fp, &s->end);
	s->sure = true;
}

/* All frames between this one and `fp` are live, so that what is known is without a hole. */
static bool
is_known(struct walk_stack *s, uint64_t page)
{
	if (page - s->known < s->known_end - s->known)
		return true;
	if (!checked_readable(page))
		return false;
	if (page != s->known_end)
		s->known = page;
	s->known_end = page + WEIR_PAGE_BYTES;
	return true;
}

const uint64_t *
walk_stack_doubted(struct walk_stack *s, uint64_t from, unsigned n, uint64_t *room)
{
	uint64_t last = from + 8 * n - 1;
	bool known = from >= s->known && last < s->known_end;

	/* What a guess leads to may be anybody's, and be unmapped while it is asked for. */
	if (!known && !s->own && !s->sure)
		return checked_peek(from, room, 8 * n) ? room : NULL;
	if (!known && (!is_known(s, page_of(from)) || !is_known(s, page_of(last))))
		return NULL;
	return (const uint64_t *)(uintptr_t)from;
}
