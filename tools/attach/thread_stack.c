/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libunwind keeps what it has read of a process's files, for as long as one attaching takes. Which file an address is
 * of it asks the kernel for, by all of the process's mappings, whenever the last one is not it: 3 ms where there are
 * 12,000. So it has a memory for each file on the stack, those that nearly every stack has are filled before the
 * thread stops, and where the picture shows no file it is not asked.
 */
#include "tools/attach/thread_stack.h"

#include <string.h>

#include "config.h"

#ifdef HAVE_UNWIND_PTRACE
#include <libunwind-ptrace.h>

#define FILES 16

static unw_addr_space_t space;

/* The thread that is read. */
static struct {
	const struct picture *picture;
	pid_t tid;
	void *memory; /* for all but files */
	struct {
		unsigned number;
		void *memory;
	} files[FILES];
	unsigned next;
} reads;

/* NULL: there is no room. */
static void *
memory_of(unsigned file)
{
	for (unsigned i = 0; i < FILES; i++)
		if (reads.files[i].memory != NULL && reads.files[i].number == file)
			return reads.files[i].memory;
	unsigned i = reads.next++ % FILES;
	if (reads.files[i].memory != NULL)
		_UPT_destroy(reads.files[i].memory);
	reads.files[i].number = file;
	reads.files[i].memory = _UPT_create(reads.tid);
	return reads.files[i].memory;
}

static int
find_proc_info(unw_addr_space_t s, unw_word_t ip, unw_proc_info_t *info, int need,
	       void *arg)
{
	unsigned file = picture_file(reads.picture, ip);
	void *memory = file != 0 ? memory_of(file) : NULL;

	(void)arg;
	return memory != NULL ? _UPT_find_proc_info(s, ip, info, need, memory)
			      : -UNW_ENOINFO;
}

bool
thread_stack_possible(void)
{
	return true;
}

void
thread_stack_prepare(void)
{
	unw_accessors_t accessors = _UPT_accessors;

	accessors.find_proc_info = find_proc_info;
	if (space != NULL)
		return;
	space = unw_create_addr_space(&accessors, 0);
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

/* The file that is there is read; what it says of the address does not count. */
static void
look_up(uint64_t address)
{
	unw_proc_info_t info;

	find_proc_info(space, address, &info, 0, NULL);
}

void
thread_stack_begin(const struct picture *p, pid_t tid)
{
	reads.picture = p;
	reads.tid = tid;
	reads.memory = _UPT_create(tid);
	if (space == NULL)
		return;
	look_up(p->dlopen_at);
	look_up(p->program_at);
}

void
thread_stack_end(void)
{
	for (unsigned i = 0; i < FILES; i++)
		if (reads.files[i].memory != NULL)
			_UPT_destroy(reads.files[i].memory);
	if (reads.memory != NULL)
		_UPT_destroy(reads.memory);
	memset(&reads, 0, sizeof(reads));
}

void
thread_stack_read(struct safe_stack *s, struct safe_frame frames[THREAD_STACK_FRAMES])
{
	unw_cursor_t c;

	s->frames = frames;
	s->n = 0;
	s->whole = false;
	if (space != NULL && reads.memory != NULL &&
	    unw_init_remote(&c, space, reads.memory) == 0)
		walk(s, frames, reads.picture, &c);
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
thread_stack_begin(const struct picture *p, pid_t tid)
{
	(void)p;
	(void)tid;
}

void
thread_stack_end(void)
{
}

void
thread_stack_read(struct safe_stack *s, struct safe_frame frames[THREAD_STACK_FRAMES])
{
	s->frames = frames;
	s->n = 0;
	s->whole = false;
}
#endif
