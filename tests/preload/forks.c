/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts that fork. Each mode prints "lived" if all was as it should be:
 * handlers [nested]   with the handlers of handlers.c, while other threads allocate
 * faults large|small  prints the page faults that a child takes which ends at once
 * signal              from a signal handler that has perhaps interrupted weir
 * thread              a child ends the thread that forked, which had scratch blocks
 * lock                beside a thread that asks for blocks under a handler's lock
 * clone               a child that no handler is told of
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/preload/handlers.h"

#define KB 1024u

void *weir_scratch_get(size_t bytes) __attribute__((weak));
int weir_scratch_unref(void *block) __attribute__((weak));

static volatile int stop;

static void *
allocate(void *unused)
{
	(void)unused;
	while (!stop) {
		char *p = malloc(200 * KB), *q = calloc(1, 2000 * KB);

		p[0] = q[0] = 1;
		p = realloc(p, 700 * KB);
		free(p);
		free(q);
		if (weir_scratch_get != NULL)
			weir_scratch_unref(weir_scratch_get(80 * KB));
	}
	return NULL;
}

static int
use(void)
{
	char *p = malloc(600 * KB);

	if (p == NULL)
		return 1;
	memset(p, 5, 600 * KB);
	p = realloc(p, 60 * KB);
	int bad = p == NULL || p[60 * KB - 1] != 5;
	free(p);
	return bad;
}

/* Forks and returns the child's status; the child does `work`. */
static int
child_of(int (*work)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(work());
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

static int
child_with_handlers(void)
{
	return handlers_failed != 0 ? 2 : handlers_called < 2 ? 3 : use();
}

static int
with_handlers(const char *how)
{
	pthread_t threads[3];
	int bad = 0;

	if (how != NULL && strcmp(how, "nested") == 0)
		handlers_nest = true;
	if (getenv("FORKS_LATE") != NULL)
		handlers_register();
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, allocate, NULL);
	for (int i = 0; i < 6; i++) {
		handlers_prepare();
		bad += child_of(child_with_handlers) != 0;
		bad += use();
	}
	stop = 1;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	/* Once without other threads, and a child that exits, for its sidecar. */
	handlers_prepare();
	pid_t pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 20; i++)
			use();
		exit(handlers_failed != 0);
	}
	int status = -1;
	waitpid(pid, &status, 0);
	bad += status != 0;
	if (handlers_failed + bad != 0)
		printf("%d failed, %d bad\n", handlers_failed, bad);
	return handlers_failed + bad != 0;
}

static int
nothing(void)
{
	return 0;
}

static int
count_faults(const char *how)
{
	enum { CHILDREN = 10 };
	struct rusage usage, before;

	if (strcmp(how, "large") == 0)
		for (size_t i = 0; i < 40; i++) {
			char *p = malloc(200 * KB + i * 64 * KB);

			memset(p, 1, 200 * KB);
			if (i % 2 != 0)
				free(p);
		}
	/* What this process was before may have had children, too. */
	getrusage(RUSAGE_CHILDREN, &before);
	for (int i = 0; i < CHILDREN; i++)
		if (child_of(nothing) != 0)
			return 1;
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("faults %ld\n", (usage.ru_minflt - before.ru_minflt) / CHILDREN);
	return 0;
}

static volatile sig_atomic_t forked, worse;

static void
on_signal(int number)
{
	(void)number;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	int status = -1;
	while (waitpid(pid, &status, 0) < 0)
		;
	worse |= status != 0;
	forked++;
}

static int
in_signal_handler(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	pid_t self = getpid(), pid = -1;

	sigaction(SIGUSR1, &action, NULL);
	pid = fork();
	if (pid == 0) {
		while (kill(self, SIGUSR1) == 0)
			usleep(500);
		_exit(0);
	}
	while (forked < 100)
		if (use() != 0)
			return 1;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return worse;
}

static void *
under_lock(void *unused)
{
	while (!stop)
		handlers_use_under_lock();
	return unused;
}

static int
beside_a_lock(void)
{
	pthread_t thread;
	int bad = pthread_create(&thread, NULL, under_lock, NULL) != 0;

	handlers_prepare();
	for (int i = 0; i < 500 && !bad; i++)
		bad = child_of(nothing) != 0;
	stop = 1;
	pthread_join(thread, NULL);
	return bad + handlers_failed;
}

static void *
in_its_thread(void *unused)
{
	for (int i = 0; i < 3 && weir_scratch_get != NULL; i++)
		weir_scratch_unref(weir_scratch_get(80 * KB));
	return unused;
}

static int
end_the_thread(void)
{
	in_its_thread(NULL);
	pthread_t thread;
	if (pthread_create(&thread, NULL, in_its_thread, NULL) != 0)
		return 1;
	pthread_exit(NULL); /* the other thread goes on, and ends the process */
}

static int
of_a_thread(void)
{
	int bad = 0;

	in_its_thread(NULL);
	for (int i = 0; i < 10; i++)
		bad += child_of(end_the_thread) != 0;
	return bad;
}

static int
by_clone(void)
{
	int status = -1;

	for (int i = 0; i < 20; i++)
		use();
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0)
		exit(use());
	waitpid(pid, &status, 0);
	return status;
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "", *how = argc > 2 ? argv[2] : "";
	int bad = 1;

	if (strcmp(mode, "handlers") == 0)
		bad = with_handlers(how);
	else if (strcmp(mode, "faults") == 0)
		bad = count_faults(how);
	else if (strcmp(mode, "signal") == 0)
		bad = in_signal_handler();
	else if (strcmp(mode, "thread") == 0)
		bad = of_a_thread();
	else if (strcmp(mode, "lock") == 0)
		bad = beside_a_lock();
	else if (strcmp(mode, "clone") == 0)
		bad = by_clone();
	puts(bad == 0 ? "lived" : "bad");
	return bad != 0;
}
