/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libunwind keeps what it has read of a process's files, for as long as one attaching takes.
 */
#include "tools/attach/thread_stack.h"

#include "config.h"

#ifdef HAVE_UNWIND_PTRACE
#include <libunwind-ptrace.h>

static unw_addr_space_t space;

bool
thread_stack_possible(void)
{
	return true;
}

void
thread_stack_prepare(void)
{
	if (space != NULL)
		return;
	space = unw_create_addr_space(&_UPT_accessors, 0);
	if (space != NULL)
		unw_set_caching_policy(space, UNW_CACHE_GLOBAL);
}

static void
walk(struct safe_stack *s, struct safe_frame *frames, const struct picture *p,
     unw_cursor_t *c)
{
	int more = 1;

	for (; more > 0 && s->n < THREAD_STACK_FRAMES; more = unw_step(c)) {
		unw_word_t pc;

		if (unw_get_reg(c, UNW_REG_IP, &pc) != 0)
			return;
		if (pc == 0)
			break;
		/* A return address lies behind its call, the first one is where it stands. */
		frames[s->n] = picture_frame(p, s->n == 0 ? pc : pc - 1);
		if (unw_is_signal_frame(c) > 0)
			frames[s->n].object = SAFE_SIGNAL;
		s->n++;
	}
	s->whole = more == 0 || s->n < THREAD_STACK_FRAMES;
	s->whole &= more >= 0;
}

void
thread_stack_read(struct safe_stack *s, struct safe_frame frames[THREAD_STACK_FRAMES],
		  const struct picture *p, pid_t tid)
{
	unw_cursor_t c;
	void *thread;

	s->frames = frames;
	s->n = 0;
	s->whole = false;
	thread_stack_prepare();
	thread = space != NULL ? _UPT_create(tid) : NULL;
	if (thread == NULL)
		return;
	if (unw_init_remote(&c, space, thread) == 0)
		walk(s, frames, p, &c);
	_UPT_destroy(thread);
}
#else
bool
thread_stack_possible(void)
{
	return false;
}

void
thread_stack_prepare(void)
{
}

void
thread_stack_read(struct safe_stack *s, struct safe_frame frames[THREAD_STACK_FRAMES],
		  const struct picture *p, pid_t tid)
{
	(void)p;
	(void)tid;
	s->frames = frames;
	s->n = 0;
	s->whole = false;
}
#endif
