/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ramps HOW THREADS MB:SECONDS...: grows by so many MB in small blocks over so many seconds, one ramp after the
 * other, all threads taking part; a ramp of 0 MB is flat. Other small blocks come and go all the time. What is
 * kept is looked at in the end. HOW: plain; signals: a handler allocates as well; forks: children do.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 170, ROUND_US = 20000, MOST_THREADS = 8 };

struct kept {
	struct kept *next;
	unsigned char fill[BYTES - sizeof(struct kept *)];
};

static struct {
	char **ramps;
	int n_threads;
	struct kept *kept;
	size_t n;
} of[MOST_THREADS];

__attribute__((noinline)) static void
keep_one(int t)
{
	struct kept *k = malloc(sizeof(*k));

	if (k == NULL)
		abort();
	memset(k->fill, (int)(uintptr_t)k >> 4 & 0xff, sizeof(k->fill));
	k->next = of[t].kept;
	of[t].kept = k;
	of[t].n++;
}

static void
churn(void)
{
	void *p[64];

	for (size_t i = 0; i < 64; i++)
		p[i] = i % 3 == 0 ? calloc(1, 40 * i + 1) : malloc(40 * i + 1);
	for (size_t i = 0; i < 64; i++)
		p[i] = realloc(p[i], 64 * i + 200);
	for (size_t i = 0; i < 64; i++)
		free(p[i]);
}

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Signals come while nothing else is done, as an allocating handler wants it. */
static void
wait_until(int64_t us)
{
	sigset_t none;
	int64_t left;

	sigemptyset(&none);
	while ((left = us - now_us()) > 0)
		ppoll(NULL, 0, &(struct timespec){left / 1000000, left % 1000000 * 1000},
		      &none);
}

static void *
run(void *number)
{
	int t = (int)(intptr_t)number;
	int64_t next_us = now_us();

	for (char **ramp = of[t].ramps; *ramp != NULL; ramp++) {
		double mb = atof(*ramp), seconds = atof(strchr(*ramp, ':') + 1);
		long rounds = (long)(seconds * 1e6 / ROUND_US);
		double each = mb * 1048576 / BYTES / (double)rounds / of[t].n_threads;
		double due = 0;

		for (long i = 0; i < rounds; i++) {
			for (due += each; due >= 1; due--)
				keep_one(t);
			churn();
			wait_until(next_us += ROUND_US);
		}
	}
	return NULL;
}

static void
on_alarm(int unused)
{
	(void)unused;
	churn();
}

static void
fork_for_ever(void)
{
	for (;;) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			for (int i = 0; i < 100; i++)
				churn();
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
			_exit(3);
		usleep(ROUND_US);
	}
}

static void *
forker(void *unused)
{
	fork_for_ever();
	return unused;
}

static void
check(void)
{
	size_t n = 0;

	for (int t = 0; t < MOST_THREADS; t++)
		for (const struct kept *k = of[t].kept; k != NULL; k = k->next, n++)
			for (size_t i = 0; i < sizeof(k->fill); i++)
				if (k->fill[i] != ((uintptr_t)k >> 4 & 0xff))
					abort();
	printf("%s\n", n > 0 ? "kept as it was" : "nothing kept");
}

int
main(int argc, char **argv)
{
	pthread_t threads[MOST_THREADS], other;
	sigset_t alarms;
	int n = argc > 3 ? atoi(argv[2]) : 0;

	if (n < 1 || n > MOST_THREADS)
		return 2;
	if (strcmp(argv[1], "forks") == 0 &&
	    pthread_create(&other, NULL, forker, NULL) != 0)
		return 1;
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarms, NULL);
	if (strcmp(argv[1], "signals") == 0) {
		signal(SIGALRM, on_alarm);
		setitimer(ITIMER_REAL, &(struct itimerval){{0, 700}, {0, 700}}, NULL);
	}
	for (int t = 0; t < n; t++) {
		of[t].ramps = argv + 3;
		of[t].n_threads = n;
		if (t > 0 &&
		    pthread_create(&threads[t], NULL, run, (void *)(intptr_t)t) != 0)
			return 1;
	}
	run((void *)0);
	for (int t = 1; t < n; t++)
		pthread_join(threads[t], NULL);
	check();
	return 0;
}
