/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every call of the heap on the smallest stacks there are: "thread" on threads of 16 KB, "signal" in a
 * handler on an alternate stack of 8 KB (of which the kernel's frame takes up to 3.5 KB). The first call
 * of the process is made there, unless "warm" follows. Prints "lived".
 */
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/old_glibc.h"

#define THREAD_STACK 16384
#define SIGNAL_STACK 8192
#define KB	     1024u

static int bad;

static void
check(int fine)
{
	bad += !fine;
}

static void
use_heap(void)
{
	struct mallinfo2 info;
	char *p = malloc(300 * KB), *q = calloc(1, 20000 * KB), *r = NULL;

	check(p != NULL && q != NULL &&
	      posix_memalign((void **)&r, 65536, 600 * KB) == 0);
	p[0] = r[0] = 1;
	p = realloc(p, 3000 * KB);
	p = realloc(p, 9000 * KB);
	check(malloc_usable_size(p) >= 9000 * KB && p[0] == 1);
	p = realloc(p, 10 * KB);
	free(q);
	free(r);
	free(p);
	malloc_trim(0);
	info = mallinfo2();
	check(info.hblks < 1000);
	for (size_t i = 0; i < 50; i++) {
		p = malloc(200 * KB + i * 64 * KB);
		p[0] = 1;
		free(p);
	}
}

static void
use_fork(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		use_heap();
		_exit(bad);
	}
	check(waitpid(pid, &status, 0) == pid && status == 0);
}

static void *
in_thread(void *unused)
{
	use_heap();
	use_fork();
	use_heap();
	return unused;
}

static void *
exiting(void *unused)
{
	(void)unused;
	use_heap();
	puts(bad == 0 ? "lived" : "bad");
	exit(bad);
}

static void
run(void *(*body)(void *))
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	check(pthread_attr_setstacksize(&attr, THREAD_STACK) == 0);
	check(pthread_create(&thread, &attr, body, NULL) == 0);
	check(pthread_join(thread, NULL) == 0);
}

static void
on_signal(int number)
{
	(void)number;
	use_heap();
}

static void
in_handler(void)
{
	char *memory = mmap(NULL, SIGNAL_STACK + 4096, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
	stack_t stack = {.ss_sp = memory + 4096, .ss_size = SIGNAL_STACK};

	mprotect(memory + 4096, SIGNAL_STACK, PROT_READ | PROT_WRITE);
	/* A kernel whose frames are larger refuses so small a stack. */
	if (sigaltstack(&stack, NULL) != 0) {
		puts("refused");
		exit(3);
	}
	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < 3; i++)
		raise(SIGUSR1);
}

int
main(int argc, char **argv)
{
	int in_signal = argc > 1 && strcmp(argv[1], "signal") == 0;

	if (argc > 2 && strcmp(argv[2], "warm") == 0)
		use_heap();
	if (in_signal) {
		in_handler();
		puts(bad == 0 ? "lived" : "bad");
		return bad;
	}
	for (int i = 0; i < 3; i++)
		run(in_thread);
	run(exiting);
	return 1;
}
