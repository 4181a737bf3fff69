/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that are in an odd place when weir attaches: in another's memory, on a stack that no C library made, in
 * a wait that no kernel begins again, about to be another program. Each says "ready", and at the end how it fared.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define STACK 262144
#define TINY  16384

static char stack[STACK];

static void
rest(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	syscall(SYS_nanosleep, &t, NULL);
}

static void *
wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* The child runs in its parent's memory, which waits for it in the kernel. */
static int
in_vfork(void)
{
	pid_t child;
	int status;

	puts("ready");
	child = vfork();
	if (child == 0) {
		char c;

		while (read(0, &c, 1) > 0)
			;
		_exit(5);
	}
	if (waitpid(child, &status, 0) != child)
		return 1;
	printf("child ended with %d\n", WEXITSTATUS(status));
	return 7;
}

/* Until its standard input can be read, as the kernel tells it. */
static int
in_uring(void)
{
	struct io_uring_params p = {0};
	int ring = (int)syscall(SYS_io_uring_setup, 8, &p);

	if (ring < 0)
		return 77;
	puts("ready");
	long rc =
		syscall(SYS_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0);
	printf("came back: %ld %s\n", rc, strerror(errno));
	return 1;
}

static int
in_semaphore(void)
{
	int set = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf take = {0, -1, 0};

	if (set < 0)
		return 77;
	if (fork() == 0) {
		char c;

		while (read(0, &c, 1) > 0)
			;
		semop(set, &(struct sembuf){0, 1, 0}, 1);
		_exit(0);
	}
	puts("ready");
	int rc = semop(set, &take, 1);
	printf("came back: %d %s\n", rc, strerror(errno));
	semctl(set, 0, IPC_RMID);
	return rc == 0 ? 7 : 1;
}

static ucontext_t first, second;

static void
coroutine(void)
{
	puts("ready");
	wait_for_ever(NULL);
}

/* The only thread, for ever on a stack of its own making. */
static int
on_a_coroutine(void)
{
	getcontext(&second);
	second.uc_stack.ss_sp = stack;
	second.uc_stack.ss_size = sizeof(stack);
	second.uc_link = &first;
	makecontext(&second, coroutine, 0);
	return swapcontext(&first, &second);
}

/* All others have stacks of 16 KB, which are cut from one mapping: what is below one is another's. */
static int
on_little_stacks(void)
{
	static char room[8 * TINY + 4096];
	pthread_attr_t attr;
	pthread_t t;
	char *from = room + 4096 - (uintptr_t)room % 4096, c;

	pthread_attr_init(&attr);
	for (int i = 0; i < 8; i++) {
		pthread_attr_setstack(&attr, from + (size_t)i * TINY, TINY);
		if (pthread_create(&t, &attr, wait_for_ever, NULL) != 0)
			return 77;
	}
	puts("ready");
	/* Never in a wait. */
	while (getppid() != 1 && waitpid(-1, NULL, WNOHANG) < 0 && read(0, &c, 0) == 0)
		;
	return 7;
}

/* Another process is its debugger, until the end of standard input. */
static int
traced(void)
{
	int told[2];
	char c;

	if (pipe(told) != 0)
		return 77;
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	if (fork() == 0) {
		long rc = ptrace(PTRACE_SEIZE, getppid(), NULL, NULL);

		(void)!write(told[1], rc == 0 ? "y" : "n", 1);
		while (read(0, &c, 1) > 0)
			;
		_exit(0);
	}
	if (read(told[0], &c, 1) != 1 || c != 'y')
		return 77;
	puts("ready");
	while (wait(NULL) < 0)
		;
	return 7;
}

/* So many that what /proc says of them is above a megabyte; the C library's come last. */
static int
many_mappings(void)
{
	for (int i = 0; i < 30000; i++)
		if (mmap(NULL, 8192, i % 2 != 0 ? PROT_READ : PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
			return 77;
	puts("ready");
	while (getchar() != EOF)
		free(malloc(300000));
	return 7;
}

static int
exec_often(char **argv)
{
	puts("ready");
	rest(atoi(argv[2]));
	execl("/proc/self/exe", argv[0], argv[1], argv[2], NULL);
	return 1;
}

static int
fork_often(void)
{
	puts("ready");
	for (int i = 0; i < 300; i++) {
		int status;
		pid_t child = fork();

		if (child == 0) {
			free(malloc(300000));
			_exit(0);
		}
		if (waitpid(child, &status, 0) != child || status != 0)
			return 1;
		free(malloc(300000));
	}
	return 7;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(what, "vfork") == 0)
		return in_vfork();
	if (strcmp(what, "uring") == 0)
		return in_uring();
	if (strcmp(what, "semaphore") == 0)
		return in_semaphore();
	if (strcmp(what, "coroutine") == 0)
		return on_a_coroutine();
	if (strcmp(what, "little") == 0)
		return on_little_stacks();
	if (strcmp(what, "mappings") == 0)
		return many_mappings();
	if (strcmp(what, "traced") == 0)
		return traced();
	if (strcmp(what, "exec") == 0 && argc > 2)
		return exec_often(argv);
	if (strcmp(what, "fork") == 0)
		return fork_often();
	puts("ready");
	rest(argc > 2 ? atoi(argv[2]) : 60000);
	return 7;
}
