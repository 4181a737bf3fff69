/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C library's frames are allowed at two ends only: outermost those that a thread starts with, innermost a
 * function that does nothing but wait. Whatever else of it is on the stack may hold one of its locks.
 */
#include "tools/attach/safe_point.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STARTS                                                                           \
	2 /* frames: start_thread and clone3, or __libc_start_main and what it calls */

/*
 * As a program calls them; none holds a lock of the C library's while it waits, but for that of the stream that
 * is read, which dlopen has no use for. Each begins again, or says what it has got so far as it would without us. Not
 * those that write: they would come back with a part written, and not every program goes on with the rest. A lock that
 * is waited for is the program's own: the C library's are taken within functions that are not here.
 */
static const char *const waits[] = {
	"accept",
	"accept4",
	"clock_nanosleep",
	"cnd_timedwait",
	"cnd_wait",
	"connect",
	"default_uflow", /* getc and getchar as the compiler inlines them */
	"epoll_pwait",
	"epoll_pwait2",
	"epoll_wait",
	"fcntl",
	"fcntl64",
	"fgetc",
	"fgets",
	"flock",
	"fread",
	"getc",
	"getchar",
	"getdelim",
	"getline",
	"lockf",
	"lockf64",
	"mq_receive",
	"mq_send",
	"mq_timedreceive",
	"mq_timedsend",
	"msgrcv",
	"msgsnd",
	"nanosleep",
	"open",
	"open64",
	"openat",
	"openat64",
	"pause",
	"poll",
	"ppoll",
	"pread",
	"pread64",
	"preadv",
	"preadv64",
	"pselect",
	"pthread_barrier_wait",
	"pthread_clockjoin_np",
	"pthread_cond_clockwait",
	"pthread_cond_timedwait",
	"pthread_cond_wait",
	"pthread_join",
	"pthread_timedjoin_np",
	"read",
	"readv",
	"recv",
	"recvfrom",
	"recvmmsg",
	"recvmsg",
	"select",
	"semop",
	"semtimedop",
	"sem_clockwait",
	"sem_timedwait",
	"sem_wait",
	"sigpause",
	"sigsuspend",
	"sigtimedwait",
	"sigwait",
	"sigwaitinfo",
	"sleep",
	"splice",
	"syscall",
	"tee",
	"thrd_join",
	"thrd_sleep",
	"uflow",
	"usleep",
	"wait",
	"wait3",
	"wait4",
	"waitid",
	"waitpid",
};

/* Of which a wait is the greater part, and the rest is none: they make processes, and files. */
static const char *const waits_within[] = {"fclose", "pclose", "system"};

/* Within those that read a stream, for its buffer. */
static const char *const allocates[] = {"malloc", "calloc", "realloc", "free"};

/* "__poll", "__libc_read", "_IO_fgets", "__read_chk" and the like are other names of the same. */
static bool
is_one_of(const char *name, const char *const *list, size_t n)
{
	size_t length;

	if (name == NULL)
		return false;
	name += strncmp(name, "__libc_", 7) == 0 ? 7
		: strncmp(name, "_IO_", 4) == 0	 ? 4
						 : strspn(name, "_");
	length = strlen(name);
	if (length > 4 && strcmp(name + length - 4, "_chk") == 0)
		length -= 4;
	for (size_t i = 0; i < n; i++)
		if (strncmp(name, list[i], length) == 0 && list[i][length] == '\0')
			return true;
	return false;
}

#define IS_ONE_OF(name, list) is_one_of(name, list, sizeof(list) / sizeof((list)[0]))

/* The frames of the C library that are innermost. */
static bool
only_waits(const struct safe_frame *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (IS_ONE_OF(f[i].function, allocates))
			return false;
	return IS_ONE_OF(f[n - 1].function, waits) ||
	       (IS_ONE_OF(f[n - 1].function, waits_within) &&
		IS_ONE_OF(f[0].function, waits));
}

/* Without those that every thread starts with. */
static size_t
without_start(const struct safe_stack *s)
{
	size_t n = s->n;

	if (n >= 2 && s->frames[n - 1].object == SAFE_PROGRAM &&
	    s->frames[n - 2].object == SAFE_LIBC)
		n--; /* _start */
	for (int i = 0; i < STARTS && n > 0 && s->frames[n - 1].object == SAFE_LIBC; i++)
		n--;
	return n;
}

static const char *
against_frames(const struct safe_stack *s)
{
	size_t n = without_start(s), run = 0;

	if (n == s->n)
		return "its stack does not end where a thread begins";
	while (run < n && s->frames[run].object == SAFE_LIBC)
		run++;
	for (size_t i = 0; i < n; i++)
		switch (s->frames[i].object) {
		case SAFE_LOADER:
			return "in the loader";
		case SAFE_ALLOCATOR:
			return "in its allocator";
		case SAFE_VDSO:
			return "reading a clock";
		case SAFE_SIGNAL:
			return "in a signal handler";
		case SAFE_LIBC:
			if (i >= run)
				return "called by the C library";
			break;
		case SAFE_PROGRAM:
			break;
		}
	if (run > 0 && !s->in_call)
		return "in the C library";
	if (run > 0 && !only_waits(s->frames, run))
		return "in the C library, which does not only wait";
	return NULL;
}

const char *
safe_point_against(const struct safe_stack *s)
{
	if (!s->whole || s->n == 0)
		return "its stack cannot be read to its end";
	if (s->room_bytes < SAFE_POINT_ROOM)
		return "its stack has little room";
	if (s->amx)
		return "it uses AMX";
	if (s->shadow_stack)
		return "it has a shadow stack";
	return against_frames(s);
}

#define THREAD_MOST                                                                      \
	((uint64_t)64 << 10) /* of a stack is taken up by its thread's record */
#define STACK_MOST ((uint64_t)1 << 40)

/* "NUMBER SIX ARGUMENTS SP PC", or of one that waits for no call "-1 SP PC". */
bool
safe_point_stack(const char *text, uint64_t *sp)
{
	uint64_t pc;

	return sscanf(text, "-1 %" SCNx64 " %" SCNx64, sp, &pc) == 2 ||
	       sscanf(text, "%*d %*x %*x %*x %*x %*x %*x %" SCNx64 " %" SCNx64, sp,
		      &pc) == 2;
}

uint64_t
safe_point_room(const uint64_t *words, size_t n, uint64_t thread, uint64_t sp)
{
	for (size_t i = 0; i + 1 < n; i++) {
		uint64_t low = words[i], bytes = words[i + 1];

		/* Not any pointer to the record: that would be a stack of nearly all memory. */
		if (low <= sp && sp < thread && bytes <= STACK_MOST &&
		    thread - low < bytes && bytes - (thread - low) <= THREAD_MOST)
			return sp - low;
	}
	return 0;
}
