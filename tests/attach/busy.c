/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that is hardly ever at a safe point: threads in malloc, one in dlopen and dlclose, threads that come and go, a
 * timer's signals. Counts its rounds: one that stands still is seen.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define WORKERS 5

static _Atomic unsigned long rounds[WORKERS];
static _Atomic int stop;

static void *
allocate(void *n)
{
	for (; !stop; rounds[(long)n]++) {
		char *p = malloc(100 + rounds[(long)n] % 1000 * 300);

		p[50] = 1;
		free(p);
	}
	return NULL;
}

static void *
load(void *n)
{
	for (; !stop; rounds[(long)n]++) {
		void *library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);

		if (library == NULL || dlsym(library, "cos") == NULL)
			abort();
		dlclose(library);
	}
	return NULL;
}

static _Atomic int ended;
static void *
end(void *block)
{
	free(block);
	ended++;
	return NULL;
}

/* Never waits for one in the kernel: that would be a safe point. */
static void *
come_and_go(void *n)
{
	pthread_attr_t detached;
	int made = 0;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (; !stop; rounds[(long)n]++) {
		pthread_t t;

		if (pthread_create(&t, &detached, end, malloc(200000)) == 0)
			made++;
		while (ended < made)
			free(malloc(5000));
	}
	return NULL;
}

static _Atomic int signals;
static void
on_signal(int signal)
{
	(void)signal;
	signals++;
}

static int
still_standing(unsigned long before[WORKERS])
{
	int still = 0;

	for (int i = 0; i < WORKERS; i++) {
		for (int k = 0; k < 6000 && rounds[i] == before[i]; k++)
			usleep(10000);
		still += rounds[i] == before[i];
		before[i] = rounds[i];
	}
	return still;
}

/* One thread, in the loader or in malloc nearly all the time, with blocks that no cache of the thread's serves. */
static int
alone(void)
{
	ssize_t n;
	char c;

	while ((n = read(0, &c, 1)) != 0) {
		if (n > 0) {
			puts("all go on");
			fflush(stdout);
		}
		void *library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL), *p[64];
		if (library == NULL)
			abort();
		for (size_t k = 0; k < 20; k++) {
			for (size_t i = 0; i < 64; i++)
				p[i] = malloc(2000 + (i * 7 + k) % 50 * 1000);
			for (size_t i = 0; i < 64; i++)
				free(p[(i * 37) % 64]);
			for (volatile int i = 0; i < 2000; i++)
				;
		}
		dlclose(library);
	}
	return 9;
}

/*
 * A line for each of standard input: whether every worker went on since the line before. While there is none, this
 * thread allocates as well: no thread only waits.
 */
int
main(int argc, char **argv)
{
	void *(*const work[WORKERS])(void *) = {allocate, allocate, load, come_and_go,
						allocate};
	struct itimerval often = {{0, 2000}, {0, 2000}};
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	unsigned long before[WORKERS] = {0};
	pthread_t t[WORKERS];
	ssize_t n;
	char c;

	fcntl(0, F_SETFL, O_NONBLOCK);
	puts("ready");
	fflush(stdout);
	if (argc > 1 && argv[1][0] == 'a')
		return alone();
	sigaction(SIGPROF, &act, NULL);
	setitimer(ITIMER_PROF, &often, NULL);
	for (long i = 0; i < WORKERS; i++)
		pthread_create(&t[i], NULL, work[i], (void *)i);
	while ((n = read(0, &c, 1)) != 0) {
		if (n < 0) {
			for (size_t i = 0; i < 1000; i++)
				free(malloc(100 + i * 300));
			continue;
		}
		puts(still_standing(before) == 0 ? "all go on" : "some stand still");
		fflush(stdout);
	}
	stop = 1;
	for (int i = 0; i < WORKERS; i++)
		pthread_join(t[i], NULL);
	return 9;
}
