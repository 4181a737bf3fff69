/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libunwind is given a thread's registers, its memory, and the tables that are loaded there: no file is opened, so what
 * was replaced on the disk since, or lies where we cannot see it, does not matter. Memory is read by pages, each once.
 */
#include "tools/attach/thread_stack.h"

#include <stddef.h>
#include <string.h>

#include "config.h"

#ifdef HAVE_UNWIND
#include <libunwind.h>
#include <sys/user.h>

#include "tools/attach/call_target.h"

#define PAGE  4096
#define PAGES 64

/* Not in its headers, and what other tools read stacks by as well. */
int UNW_OBJ(dwarf_search_unwind_table)(unw_addr_space_t space, unw_word_t ip,
				       unw_dyn_info_t *tables, unw_proc_info_t *info,
				       int need, void *arg);

static unw_addr_space_t space;

/* The thread that is read. */
static struct {
	const struct picture *picture;
	pid_t tid;
	struct user_regs_struct regs;
	struct {
		uint64_t at; /* 0: nothing */
		char bytes[PAGE];
	} pages[PAGES];
} reads;

static int
find_proc_info(unw_addr_space_t s, unw_word_t ip, unw_proc_info_t *info, int need,
	       void *arg)
{
	const struct process_image *i = picture_image(reads.picture, ip);
	unw_dyn_info_t tables = {.format = UNW_INFO_FORMAT_REMOTE_TABLE};

	if (i == NULL || i->unwind_entries == 0)
		return -UNW_ENOINFO;
	tables.start_ip = i->start;
	tables.end_ip = i->end;
	tables.u.rti.segbase = i->unwind_header;
	tables.u.rti.table_data = i->unwind_table;
	tables.u.rti.table_len = i->unwind_entries * 8 / sizeof(unw_word_t);
	return UNW_OBJ(dwarf_search_unwind_table)(s, ip, &tables, info, need, arg);
}

static void
put_unwind_info(unw_addr_space_t s, unw_proc_info_t *info, void *arg)
{
	(void)s;
	(void)info;
	(void)arg;
}

/* No list of what a program registers by itself. */
static int
get_dyn_info_list_addr(unw_addr_space_t s, unw_word_t *at, void *arg)
{
	(void)s;
	(void)at;
	(void)arg;
	return -UNW_ENOINFO;
}

static const char *
page_at(uint64_t at)
{
	size_t k = (size_t)(at / PAGE % PAGES);

	if (reads.pages[k].at == at)
		return reads.pages[k].bytes;
	reads.pages[k].at = 0;
	if (at == 0 || !process_image_bytes(reads.tid, at, reads.pages[k].bytes, PAGE))
		return NULL;
	reads.pages[k].at = at;
	return reads.pages[k].bytes;
}

static int
access_mem(unw_addr_space_t s, unw_word_t at, unw_word_t *word, int write, void *arg)
{
	(void)s;
	(void)arg;
	for (size_t done = 0; !write && done < sizeof(*word);) {
		size_t in = (size_t)((at + done) % PAGE), n = sizeof(*word) - done;
		const char *page = page_at(at + done - in);

		if (page == NULL)
			return -UNW_EINVAL;
		n = n < PAGE - in ? n : PAGE - in;
		memcpy((char *)word + done, page + in, n);
		done += n;
	}
	return write ? -UNW_EINVAL : 0;
}

static int
access_reg(unw_addr_space_t s, unw_regnum_t number, unw_word_t *word, int write,
	   void *arg)
{
#define AT(name) offsetof(struct user_regs_struct, name)
	/* As DWARF numbers them. */
	static const size_t at[] = {AT(rax), AT(rdx), AT(rcx), AT(rbx), AT(rsi), AT(rdi),
				    AT(rbp), AT(rsp), AT(r8),  AT(r9),	AT(r10), AT(r11),
				    AT(r12), AT(r13), AT(r14), AT(r15), AT(rip)};
#undef AT

	(void)s;
	(void)arg;
	if (write || number < 0 || (size_t)number >= sizeof(at) / sizeof(at[0]))
		return -UNW_EBADREG;
	memcpy(word, (const char *)&reads.regs + at[number], sizeof(*word));
	return 0;
}

static int
access_fpreg(unw_addr_space_t s, unw_regnum_t number, unw_fpreg_t *value, int write,
	     void *arg)
{
	(void)s;
	(void)number;
	(void)value;
	(void)write;
	(void)arg;
	return -UNW_EBADREG;
}

static int
resume(unw_addr_space_t s, unw_cursor_t *c, void *arg)
{
	(void)s;
	(void)c;
	(void)arg;
	return -UNW_EINVAL;
}

static int
get_proc_name(unw_addr_space_t s, unw_word_t at, char *name, size_t n, unw_word_t *offset,
	      void *arg)
{
	(void)s;
	(void)at;
	(void)name;
	(void)n;
	(void)offset;
	(void)arg;
	return -UNW_ENOINFO;
}

bool
thread_stack_possible(void)
{
	return true;
}

void
thread_stack_prepare(void)
{
	unw_accessors_t accessors = {.find_proc_info = find_proc_info,
				     .put_unwind_info = put_unwind_info,
				     .get_dyn_info_list_addr = get_dyn_info_list_addr,
				     .access_mem = access_mem,
				     .access_reg = access_reg,
				     .access_fpreg = access_fpreg,
				     .resume = resume,
				     .get_proc_name = get_proc_name};

	if (space == NULL)
		space = unw_create_addr_space(&accessors, 0);
}

static bool
read_page(void *arg, uint64_t at, void *to, size_t n)
{
	const char *page = page_at(at - at % PAGE);

	(void)arg;
	if (page == NULL || n > PAGE - at % PAGE)
		return false;
	memcpy(to, page + at % PAGE, n);
	return true;
}

/* A function that ends in a jump into another, of no name, has no frame: what was called there tells which it was. */
static void
name_called(struct safe_frame *f, const struct safe_frame *caller,
	    const struct picture *p, uint64_t return_at)
{
	uint64_t at;

	if (f->object != SAFE_LIBC || f->function != NULL ||
	    caller->object != SAFE_PROGRAM ||
	    !call_target(return_at, read_page, NULL, &at))
		return;
	*f = picture_frame(p, at);
	/* Whatever it is, the frame is the C library's. */
	if (f->object != SAFE_LIBC)
		*f = (struct safe_frame){.object = SAFE_LIBC};
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
		if (s->n > 0)
			name_called(&frames[s->n - 1], &frames[s->n], p, pc);
		s->n++;
	}
	s->whole = more == 0 || s->n < THREAD_STACK_FRAMES;
	s->whole &= more >= 0;
}

void
thread_stack_read(struct safe_stack *s, struct safe_frame frames[THREAD_STACK_FRAMES],
		  const struct picture *p, pid_t tid, const struct user_regs_struct *regs)
{
	unw_cursor_t c;

	reads.picture = p;
	reads.tid = tid;
	reads.regs = *regs;
	for (size_t k = 0; k < PAGES; k++)
		reads.pages[k].at = 0;
	s->frames = frames;
	s->n = 0;
	s->whole = false;
	if (space != NULL && unw_init_remote(&c, space, &reads) == 0)
		walk(s, frames, p, &c);
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
		  const struct picture *p, pid_t tid, const struct user_regs_struct *regs)
{
	(void)p;
	(void)tid;
	(void)regs;
	s->frames = frames;
	s->n = 0;
	s->whole = false;
}
#endif
