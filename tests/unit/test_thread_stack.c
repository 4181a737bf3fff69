/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that waits is read to its end, and while it stands still nobody asks the kernel for its mappings, or for a
 * file: that takes long where there are many. Without a file descriptor to be had, nobody can.
 */
#include "tools/attach/thread_stack.h"

#include <elf.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

static int ready[2];

/* A frame of its own, which no sibling call takes away. */
static __attribute__((noinline)) int
wait_within(int depth)
{
	char byte = 'r';

	if (depth > 0)
		return wait_within(depth - 1) + 1;
	if (write(ready[1], &byte, 1) != 1)
		_exit(1);
	return pause();
}

static pid_t
start_waiting(void)
{
	char byte;

	if (pipe(ready) != 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(wait_within(5));
	}
	if (read(ready[0], &byte, 1) != 1)
		return -1;
	return child;
}

static int
let_files(rlim_t n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return -1;
	limit.rlim_cur = n < limit.rlim_max ? n : limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit);
}

/* Whether it was traced and is stopped. */
static bool
stop(pid_t child)
{
	return ptrace(PTRACE_SEIZE, child, NULL, NULL) == 0 &&
	       ptrace(PTRACE_INTERRUPT, child, NULL, NULL) == 0 &&
	       waitpid(child, NULL, __WALL) == child;
}

/* Since glibc 2.41 the call itself is made by a function further in. */
static bool
waits_by_name(const struct safe_stack *s, const char *name)
{
	for (size_t i = 0; i < s->n && s->frames[i].object == SAFE_LIBC; i++)
		if (s->frames[i].function != NULL &&
		    strstr(s->frames[i].function, name) != NULL)
			return true;
	return false;
}

TEST(no_file_is_opened_while_it_stands_still)
{
	struct safe_frame frames[THREAD_STACK_FRAMES];
	struct user_regs_struct regs;
	struct iovec registers = {&regs, sizeof(regs)};
	struct safe_stack s = {0};
	struct picture p;
	char why[PICTURE_WHY];
	pid_t child = start_waiting();

	if (!thread_stack_possible())
		SKIP("built without libunwind");
	REQUIRE(child > 0);
	REQUIRE(picture_take(&p, child, why) == 0);
	CHECK(picture_image(&p, (uint64_t)(uintptr_t)wait_within) != NULL);
	CHECK(picture_image(&p, p.dlopen_at) != NULL);
	CHECK(picture_image(&p, p.dlopen_at) !=
	      picture_image(&p, (uint64_t)(uintptr_t)wait_within));
	CHECK(picture_image(&p, 8) == NULL);

	thread_stack_prepare();
	bool stopped = stop(child);
	REQUIRE(let_files(0) == 0);
	if (stopped &&
	    ptrace(PTRACE_GETREGSET, child, (void *)NT_PRSTATUS, &registers) == 0)
		thread_stack_read(&s, frames, &p, child, &regs);
	let_files(RLIM_INFINITY);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	if (!stopped)
		SKIP("no process may be traced here");

	CHECK(s.whole);
	/* The call, six of ours, main and what is before it. */
	CHECK(s.n >= 9);
	CHECK(s.n > 0 && s.frames[0].object == SAFE_LIBC);
	CHECK(waits_by_name(&s, "pause"));
	picture_free(&p);
}

#define TAP_TESTS T(no_file_is_opened_while_it_stands_still)
TAP_MAIN()
