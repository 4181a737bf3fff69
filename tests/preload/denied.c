/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Works with large blocks before and after it has installed a filter of system calls that kills.
 * denied HOW THREADS CALL: by prctl or syscall, as its only thread or for all of several; for that call, or, `most`,
 * for all but what the C library's own allocator needs.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CALLS(X)                                                                         \
	X(prlimit64)                                                                     \
	X(mincore)                                                                       \
	X(madvise)                                                                       \
	X(openat)                                                                        \
	X(close)                                                                         \
	X(pwrite64)                                                                      \
	X(pread64)                                                                       \
	X(fstat)                                                                         \
	X(newfstatat)                                                                    \
	X(fallocate)                                                                     \
	X(readlinkat)                                                                    \
	X(getrusage)                                                                     \
	X(mremap)                                                                        \
	X(mprotect)                                                                      \
	X(prctl)                                                                         \
	X(clock_gettime)                                                                 \
	X(nanosleep)                                                                     \
	X(getpid)                                                                        \
	X(gettid)                                                                        \
	X(futex)                                                                         \
	X(rt_sigprocmask)                                                                \
	X(membarrier)

/* What the allocator needs, and what a program needs to wait, to say something and to end. */
static const unsigned needed[] = {
	SYS_mmap,	  SYS_munmap,	  SYS_brk,   SYS_mremap,
	SYS_madvise,	  SYS_mprotect,	  SYS_futex, SYS_clock_nanosleep,
	SYS_write,	  SYS_exit_group, SYS_exit,  SYS_read,
	SYS_rt_sigreturn,
};

static unsigned
number_of(const char *name)
{
#define X(call)                                                                          \
	if (strcmp(name, #call) == 0)                                                    \
		return SYS_##call;
	CALLS(X)
#undef X
	exit(76);
}

static void
add(struct sock_fprog *to, struct sock_filter step)
{
	to->filter[to->len++] = step;
}

static void
add_verdict(struct sock_fprog *to, unsigned number, unsigned verdict)
{
	add(to, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
	add(to, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict));
}

static int
install(const char *how, int threads, const char *call)
{
	struct sock_filter steps[64];
	struct sock_fprog program = {.len = 0, .filter = steps};
	unsigned rest = SECCOMP_RET_ALLOW;

	add(&program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						   offsetof(struct seccomp_data, nr)));
	if (strcmp(call, "most") == 0) {
		for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
			add_verdict(&program, needed[i], SECCOMP_RET_ALLOW);
		rest = SECCOMP_RET_KILL_PROCESS;
	} else if (strcmp(call, "none") != 0) {
		add_verdict(&program, number_of(call), SECCOMP_RET_KILL_PROCESS);
	}
	add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, rest));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	if (strcmp(how, "prctl") == 0)
		return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    threads != 0 ? SECCOMP_FILTER_FLAG_TSYNC : 0, &program);
}

static void
fill(size_t bytes)
{
	char *p = malloc(bytes);

	if (p == NULL)
		exit(75);
	memset(p, 1, bytes);
	free(p);
}

static void
grow(void)
{
	char *p = malloc(200000);

	for (size_t bytes = 900000; bytes <= 3000000 && p != NULL; bytes *= 3)
		p = realloc(p, bytes);
	if (p == NULL)
		exit(75);
	free(p);
}

static _Atomic int works = 1;

static void *
work(void *unused)
{
	const struct timespec moment = {.tv_nsec = 1000000};

	while (works) {
		fill(3 << 20);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
	}
	return unused;
}

int
main(int argc, char **argv)
{
	const struct timespec moment = {.tv_nsec = 8000000};
	pthread_t made;

	if (argc != 4)
		return 76;
	for (int i = 0; i < 20; i++)
		fill(2 << 20);
	for (int i = 0; i < atoi(argv[2]); i++)
		if (pthread_create(&made, NULL, work, NULL) != 0)
			return 76;
	clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
	if (install(argv[1], atoi(argv[2]), argv[3]) != 0)
		return 77;
	/* Long enough for all that is done from time to time. */
	for (int i = 0; i < 20; i++) {
		fill(1 << 20);
		fill(5 << 20);
		grow();
		clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
	}
	works = 0;
	if (write(1, "worked\n", 7) != 7)
		return 1;
	/* To the end of a program belongs a destructor of weir's, but not the C library's look at its output. */
	exit(0);
}
