/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storms that go on for as long as they are told: endure fork|threads SECONDS. Children are forked
 * while regions come and go; threads with the smallest stacks there are come, hand blocks to each
 * other, are cancelled, fork and go. What a block holds is checked wherever it goes. Ends by itself,
 * with what was done, or with status 1 and what was wrong.
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KB ((size_t)1 << 10)
#define MB ((size_t)1 << 20)

enum { BELT = 64, CHILD_SECONDS = 60 };

static time_t until;
static _Atomic unsigned long n_threads, n_children, n_blocks;

/* From hand to hand: a block whose first words say how it was filled. */
static _Atomic(uint64_t *) belt[BELT];

static void
need(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "endure: %s\n", what);
	abort();
}

static time_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static uint32_t
draw(uint64_t *state, uint32_t n)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)((*state >> 11) % n);
}

/* Size and mark in the first words, the mark again in each page and at the end. */
static uint64_t *
mark(uint64_t *block, size_t bytes, uint64_t with)
{
	need(block != NULL, "no memory");
	block[0] = bytes;
	for (size_t at = 512; at < bytes / 8; at += 512)
		block[at] = with;
	block[1] = block[bytes / 8 - 1] = with;
	return block;
}

static void
check(const uint64_t *block, size_t bytes)
{
	need(block[bytes / 8 - 1] == block[1], "the end of a block has changed");
	for (size_t at = 512; at < bytes / 8; at += 512)
		need(block[at] == block[1], "a page of a block has changed");
}

static uint64_t *
made(uint64_t *state)
{
	size_t bytes = 128 * KB + draw(state, 64) * (48 * KB);
	uint64_t *block;

	if (draw(state, 3) == 0) {
		block = calloc(bytes, 1);
		need(block != NULL && block[draw(state, (uint32_t)bytes / 8)] == 0,
		     "calloc is not zero");
	} else {
		block = malloc(bytes);
	}
	atomic_fetch_add(&n_blocks, 1);
	return mark(block, bytes, draw(state, 1u << 30) + 1);
}

static uint64_t *
regrown(uint64_t *block, uint64_t *state)
{
	size_t old = block[0], bytes = 128 * KB + draw(state, 96) * (48 * KB);
	size_t kept = old < bytes ? old : bytes;
	uint64_t with = block[1];

	block = realloc(block, bytes);
	need(block != NULL && block[1] == with, "realloc has lost the start");
	for (size_t at = 512; at < kept / 8 - 1; at += 512)
		need(block[at] == with, "realloc has lost a page");
	return mark(block, bytes, with);
}

static void
end_of(uint64_t *block)
{
	if (block == NULL)
		return;
	check(block, block[0]);
	free(block);
}

static void
hand_on(uint64_t *state)
{
	uint64_t *block = made(state);

	if (draw(state, 4) == 0)
		block = regrown(block, state);
	end_of(atomic_exchange(&belt[draw(state, BELT)], block));
}

/* Of a child that must end well, and soon. */
static void
reap(pid_t child)
{
	int status = 0;

	need(child > 0, "fork");
	while (waitpid(child, &status, 0) < 0)
		need(errno == EINTR, "waitpid");
	if (status != 0)
		fprintf(stderr, "endure: child %d: status %#x\n", (int)child,
			(unsigned)status);
	need(status == 0, "a child did not end well");
	atomic_fetch_add(&n_children, 1);
}

/* What the parent made is the child's too, and goes with it. */
static _Noreturn void
live_as_child(uint64_t state)
{
	alarm(CHILD_SECONDS);
	for (int i = 0; i < BELT; i++)
		if (draw(&state, 2) == 0)
			end_of(atomic_exchange(&belt[i], NULL));
	for (int i = 0; i < 8; i++)
		hand_on(&state);
	if (draw(&state, 2) == 0)
		malloc_trim(0);
	_exit(0);
}

static void *
come_and_go_of_regions(void *unused)
{
	(void)unused;
	while (now() < until) {
		char *p = malloc(5000 * MB);

		if (p != NULL)
			p[0] = p[4000 * MB] = 1;
		free(p);
		malloc_trim(0);
	}
	return NULL;
}

static void *
fork_often(void *seed)
{
	uint64_t state = (uint64_t)(uintptr_t)seed * 7919 + 1;

	while (now() < until) {
		hand_on(&state);
		pid_t child = fork();
		if (child == 0)
			live_as_child(state);
		reap(child);
	}
	return NULL;
}

static void
storm_of_forks(void)
{
	pthread_t threads[3];

	need(pthread_create(&threads[0], NULL, come_and_go_of_regions, NULL) == 0,
	     "thread");
	for (uintptr_t i = 1; i < 3; i++)
		need(pthread_create(&threads[i], NULL, fork_often, (void *)i) == 0,
		     "thread");
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}

static void *
live_shortly(void *seed)
{
	uint64_t state = (uint64_t)(uintptr_t)seed * 104729 + 1;

	atomic_fetch_add(&n_threads, 1);
	for (uint32_t i = draw(&state, 40) + 1; i > 0; i--)
		hand_on(&state);
	if (draw(&state, 200) == 0) {
		pid_t child = fork();

		if (child == 0)
			live_as_child(state);
		reap(child);
	}
	/* What asks for memory is no place to be cancelled at: this is. */
	pthread_cancel(pthread_self());
	for (int i = 0; i < 4; i++)
		hand_on(&state);
	if (draw(&state, 2) == 0)
		pthread_exit(NULL);
	pthread_testcancel();
	return NULL;
}

static void
storm_of_threads(void)
{
	enum { AT_ONCE = 48 };
	pthread_attr_t attr;
	uintptr_t seed = 1;

	pthread_attr_init(&attr);
	while (now() < until) {
		pthread_t threads[AT_ONCE];

		for (int i = 0; i < AT_ONCE; i++) {
			pthread_attr_setstacksize(&attr, (size_t)PTHREAD_STACK_MIN +
								 i % 4 * (16 * KB));
			need(pthread_create(&threads[i], &attr, live_shortly,
					    (void *)seed++) == 0,
			     "thread");
		}
		for (int i = 0; i < AT_ONCE; i++)
			pthread_join(threads[i], NULL);
	}
	pthread_attr_destroy(&attr);
}

int
main(int argc, char **argv)
{
	if (argc != 3 || atoi(argv[2]) <= 0 ||
	    (strcmp(argv[1], "fork") != 0 && strcmp(argv[1], "threads") != 0)) {
		fputs("usage: endure fork|threads SECONDS\n", stderr);
		return 2;
	}
	until = now() + atoi(argv[2]);
	if (strcmp(argv[1], "fork") == 0)
		storm_of_forks();
	else
		storm_of_threads();
	for (int i = 0; i < BELT; i++)
		end_of(atomic_exchange(&belt[i], NULL));
	printf("%lu threads, %lu children, %lu blocks, no difference\n",
	       atomic_load(&n_threads), atomic_load(&n_children), atomic_load(&n_blocks));
	return 0;
}
