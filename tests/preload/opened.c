/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that loads itself as a library, whose constructor and destructor make a thread that allocates for a while,
 * and join it, fork, and change the user: the loader's lock is held all the time, and weir's clock ends in each. Or
 * they wait for a thread that was there before, and does its first of what weir stands in front of.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/old_glibc.h"

#define LARGE ((size_t)300000)

static void *
work(void *rounds)
{
	for (long i = 0; i < (long)rounds; i++) {
		char *p = malloc(LARGE);

		if (p == NULL)
			exit(1);
		memset(p, 1, LARGE);
		free(p);
		usleep(20000);
	}
	return NULL;
}

static void
threads(long rounds)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, (void *)rounds) != 0)
		exit(77);
	work((void *)(rounds / 2));
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	int status = 1;
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		exit(1);
	if (setuid(getuid()) != 0)
		exit(1);
	pthread_join(thread, NULL);
}

static pthread_barrier_t *
barrier(void)
{
	const char *at = getenv("BESIDE");

	return at != NULL ? (pthread_barrier_t *)strtoul(at, NULL, 16) : NULL;
}

static void
beside(void)
{
	const struct timespec soon = {0, 0};
	struct rlimit limit;
	pthread_t thread;
	void *p;

	if (pthread_create(&thread, NULL, work, (void *)1) != 0)
		exit(77);
	work((void *)60);
	free(malloc((size_t)20000000));
	pthread_tryjoin_np(thread, NULL);
	if (pthread_timedjoin_np(thread, NULL, &soon) != 0)
		pthread_join(thread, NULL);
	if (pthread_create(&thread, NULL, work, (void *)1) != 0)
		exit(77);
	while (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &soon) != 0)
		usleep(1000);
	if (posix_memalign(&p, 4096, LARGE) != 0)
		exit(1);
	madvise(p, 4096, MADV_DONTDUMP);
	free(realloc(p, 1000));
	malloc_trim(0);
	if (mallinfo2().arena == 0 || getrlimit(RLIMIT_CORE, &limit) != 0 ||
	    setrlimit(RLIMIT_CORE, &limit) != 0 || setgid(getgid()) != 0)
		exit(1);
}

static void *
wait_for_library(void *p)
{
	(void)p;
	for (int i = 0; i < 2; i++) {
		pthread_barrier_wait(barrier());
		beside();
		pthread_barrier_wait(barrier());
	}
	return NULL;
}

static void
load(void)
{
	if (barrier() == NULL) {
		threads(50);
		return;
	}
	pthread_barrier_wait(barrier());
	pthread_barrier_wait(barrier());
}

static int
is_library(void)
{
	return getenv("OPENED") != NULL;
}

__attribute__((constructor)) static void
begin(void)
{
	if (is_library())
		load();
}

__attribute__((destructor)) static void
end(void)
{
	if (is_library())
		load();
}

int
main(int argc, char **argv)
{
	pthread_barrier_t both;
	pthread_t thread;
	char at[32];

	if (argc == 2) {
		threads(1);
	} else if (argc == 3) {
		pthread_barrier_init(&both, NULL, 2);
		snprintf(at, sizeof(at), "%lx", (unsigned long)&both);
		setenv("BESIDE", at, 1);
		if (pthread_create(&thread, NULL, wait_for_library, NULL) != 0)
			return 77;
	} else {
		return 2;
	}
	setenv("OPENED", "1", 1);
	void *library = dlopen(argv[1], RTLD_NOW);
	if (library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	dlclose(library);
	unsetenv("OPENED");
	puts("came back");
	return 0;
}
