/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that are to be cancelled, which is deferred and pending, call the functions of the malloc
 * family: none of them is a cancellation point. Each scenario in a process of its own, for what comes
 * first in one is done once; afterwards the others allocate and fork as ever.
 * cancelled first|each|fork|exit|storm. Prints "fine", or what was wrong.
 */
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/old_glibc.h"

#define LARGE ((size_t)300 << 10)
#define HUGE_ ((size_t)20 << 20)

static pthread_barrier_t barrier;
static pthread_key_t key;
static _Atomic bool came_back;

static void
wrong(const char *what)
{
	printf("wrong: %s\n", what);
	exit(1);
}

static void
hangs(int number)
{
	(void)number;
	(void)!write(1, "wrong: it hangs\n", 16);
	_exit(1);
}

static void
destroy(void *block)
{
	free(block);
	free(malloc(LARGE));
}

static void
each_call(void)
{
	for (size_t bytes = LARGE; bytes <= HUGE_; bytes *= 4) {
		char *p = malloc(bytes), *q = calloc(2, bytes);

		p[bytes - 1] = q[bytes - 1] = 1;
		p = realloc(p, 3 * bytes);
		p = realloc(p, bytes);
		if (malloc_usable_size(p) < bytes)
			abort();
		free(p);
		free(q);
		free(aligned_alloc(1 << 16, bytes & ~(size_t)0xffff));
		if (posix_memalign((void **)&p, 1 << 21, bytes) == 0)
			free(p);
		malloc_trim(0);
		(void)mallinfo2();
		/* A stock that is full, an old one, and a write of the sidecar are due now and then. */
		for (int i = 0; i < 50; i++)
			free(malloc(bytes + (size_t)i * 4096));
	}
}

static void *
run(void *what)
{
	const char *scenario = what;
	int before;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier); /* in between, main has cancelled this thread */
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	if (strcmp(scenario, "fork") == 0) {
		pid_t child = fork();

		if (child == 0) {
			each_call();
			_exit(0);
		}
	}
	each_call();
	if (strcmp(scenario, "exit") == 0) {
		syscall(SYS_write, 1, "fine\n", 5);
		exit(0);
	}
	came_back = true;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	pthread_setspecific(key, malloc(LARGE));
	pthread_setcancelstate(before, NULL);
	pthread_testcancel();
	return NULL;
}

static void
one_thread(char *scenario)
{
	pthread_t thread;
	void *result;
	int status = 0;

	pthread_create(&thread, NULL, run, scenario);
	pthread_barrier_wait(&barrier);
	pthread_cancel(thread);
	pthread_barrier_wait(&barrier);
	pthread_join(thread, &result);
	if (!came_back)
		wrong("cancelled inside");
	if (result != PTHREAD_CANCELED)
		wrong("not cancelled at all");
	each_call();
	pid_t child = fork();
	if (child == 0) {
		each_call();
		_exit(0);
	}
	while (wait(&status) > 0)
		if (status != 0)
			wrong("a child");
}

static void
drop(void *p)
{
	free(p);
}

static void *
work(void *number)
{
	unsigned seed = (unsigned)(size_t)number;

	for (;;) {
		size_t bytes = LARGE + (size_t)rand_r(&seed) % 4000000;
		unsigned char *p = rand_r(&seed) & 1 ? malloc(bytes) : calloc(1, bytes);

		if (p == NULL)
			abort();
		pthread_cleanup_push(drop, p);
		memset(p, 1, bytes);
		pthread_testcancel();
		pthread_cleanup_pop(1);
	}
	return NULL;
}

/* Whoever is cancelled gives its block back: nothing but what weir keeps is left. */
static void
storm(void)
{
	for (size_t round = 0; round < 40; round++) {
		pthread_t threads[4];

		for (size_t i = 0; i < 4; i++)
			pthread_create(&threads[i], NULL, work, (void *)(round * 4 + i));
		usleep((useconds_t)(round * 7919 % 9 * 300));
		for (size_t i = 0; i < 4; i++)
			pthread_cancel(threads[i]);
		for (size_t i = 0; i < 4; i++)
			pthread_join(threads[i], NULL);
	}
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	signal(SIGALRM, hangs);
	alarm(60);
	setvbuf(stdout, NULL, _IONBF, 0);
	pthread_barrier_init(&barrier, NULL, 2);
	pthread_key_create(&key, destroy);
	if (strcmp(argv[1], "storm") == 0) {
		storm();
	} else {
		if (strcmp(argv[1], "first") != 0)
			each_call();
		one_thread(argv[1]);
	}
	puts("fine");
	return 0;
}
