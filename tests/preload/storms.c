/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts at their worst, one a name: fork in a threaded host, vfork and posix_spawn, signal
 * handlers that allocate, threads that end while others free, the loader at work. Each ends by
 * itself with status 0, or says what went wrong; whoever runs it sets a time limit.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static _Atomic int stop;

static void
need(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "storms: %s\n", what);
	_exit(1);
}

static void
churn_once(unsigned seed)
{
	size_t size = 70000 + seed % 40 * 300000;
	unsigned char *p = seed & 1 ? malloc(size) : calloc(1, size);

	need(p != NULL, "no memory");
	need((seed & 1) || p[size / 2] == 0, "calloc not zero");
	p[0] = p[size - 1] = (unsigned char)seed;
	p = realloc(p, size + 200000);
	need(p != NULL && p[0] == (unsigned char)seed &&
		     p[size - 1] == (unsigned char)seed,
	     "realloc lost content");
	free(p);
}

static void *
churn(void *seed)
{
	for (unsigned i = (unsigned)(uintptr_t)seed; !stop; i += 7)
		churn_once(i);
	return NULL;
}

static void
start_churn(pthread_t *threads, int n)
{
	for (int i = 0; i < n; i++)
		need(pthread_create(&threads[i], NULL, churn,
				    (void *)(uintptr_t)(i + 1)) == 0,
		     "no thread");
}

static void
end_churn(pthread_t *threads, int n)
{
	stop = 1;
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
}

static void
wait_ok(pid_t pid, const char *what)
{
	int status = 0;

	need(pid > 0 && waitpid(pid, &status, 0) == pid, what);
	need(WIFEXITED(status) && WEXITSTATUS(status) == 0, what);
}

/* A child that inherits blocks, frees them, allocates, and leaves through exit(). */
static void *
forker(void *unused)
{
	for (int i = 0; i < 40; i++) {
		unsigned char *p = malloc(3000000);

		need(p != NULL, "no memory");
		memset(p, i, 3000000);
		pid_t pid = fork();
		if (pid == 0) {
			need(p[2999999] == (unsigned char)i, "child sees other content");
			free(p);
			for (unsigned k = 0; k < 20; k++)
				churn_once(k);
			exit(0);
		}
		wait_ok(pid, "a forked child failed");
		need(p[1] == (unsigned char)i, "the child changed the parent's block");
		free(p);
	}
	return unused;
}

static int
storm_fork(void)
{
	pthread_t churners[4], forkers[2];

	start_churn(churners, 4);
	for (int i = 0; i < 2; i++)
		need(pthread_create(&forkers[i], NULL, forker, NULL) == 0, "no thread");
	for (int i = 0; i < 2; i++)
		pthread_join(forkers[i], NULL);
	end_churn(churners, 4);
	return 0;
}

/* fork without exec, again and again, each generation allocating. */
static int
storm_generations(void)
{
	for (int generation = 0; generation < 8; generation++) {
		churn_once((unsigned)generation + 10);
		pid_t pid = fork();
		if (pid > 0) {
			wait_ok(pid, "a later generation failed");
			exit(0);
		}
		need(pid == 0, "no fork");
	}
	return 0;
}

static int
storm_spawn(void)
{
	char name[] = "true", *argv[] = {name, NULL};
	pthread_t churners[3];

	start_churn(churners, 3);
	for (int i = 0; i < 60; i++) {
		pid_t pid;

		need(posix_spawnp(&pid, "true", NULL, NULL, argv, environ) == 0,
		     "no spawn");
		wait_ok(pid, "a spawned child failed");
		pid = vfork();
		if (pid == 0) {
			execvp("true", argv);
			_exit(127);
		}
		wait_ok(pid, "a vforked child failed");
	}
	end_churn(churners, 3);
	return 0;
}

static _Atomic unsigned handled;

static void
allocate_in_handler(int signal)
{
	unsigned n = handled++;
	void *p = malloc(150000 + n % 16 * 500000), *q = calloc(1, 40000000);

	(void)signal;
	free(q);
	free(p);
}

/* A malloc in a handler is the host's own risk in the next allocator: here, in weir's part only. */
static int
storm_signals(void)
{
	struct sigaction sa = {.sa_handler = allocate_in_handler, .sa_flags = SA_RESTART};
	struct itimerval often = {.it_interval = {.tv_usec = 300},
				  .it_value = {.tv_usec = 300}};
	unsigned i = 0;

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	while (handled < 2000)
		churn_once(i++ | 1);
	return 0;
}

static pthread_key_t key;

static void
allocate_in_destructor(void *round)
{
	uintptr_t n = (uintptr_t)round;
	void *p = malloc(400000), *q = calloc(1, 11000000);

	free(p);
	free(q);
	if (n < 6)
		pthread_setspecific(key, (void *)(n + 1));
}

static void *
short_life(void *p)
{
	pthread_setspecific(key, (void *)1);
	free(p);
	return malloc(2000000);
}

static int
storm_exits(void)
{
	need(pthread_key_create(&key, allocate_in_destructor) == 0, "no key");
	for (int i = 0; i < 300; i++) {
		pthread_t thread;
		void *from_thread;

		need(pthread_create(&thread, NULL, short_life, malloc(500000)) == 0,
		     "no thread");
		pthread_join(thread, &from_thread);
		free(from_thread);
	}
	/* Threads still allocating when the process ends. */
	pthread_t churners[4];
	start_churn(churners, 4);
	usleep(20000);
	exit(0);
}

static void *
load_and_unload(void *unused)
{
	for (int i = 0; i < 150; i++) {
		void *dl = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);

		need(dl != NULL && dlsym(dl, "cos") != NULL, "no libm");
		need(dlsym(RTLD_DEFAULT, "no_such_symbol_anywhere") == NULL,
		     "what symbol?");
		need(dlerror() != NULL, "no message");
		dlclose(dl);
	}
	return unused;
}

static int
storm_loader(void)
{
	pthread_t churners[3], loaders[2];

	start_churn(churners, 3);
	for (int i = 0; i < 2; i++)
		need(pthread_create(&loaders[i], NULL, load_and_unload, NULL) == 0,
		     "no thread");
	for (int i = 0; i < 2; i++)
		pthread_join(loaders[i], NULL);
	end_churn(churners, 3);
	return 0;
}

/* exec from a process that has large blocks, to itself, down to zero. */
static int
storm_exec(const char *self, const char *left)
{
	char less[16];
	int n = atoi(left);

	churn_once((unsigned)n + 10);
	if (n == 0)
		return 0;
	snprintf(less, sizeof(less), "%d", n - 1);
	execl(self, self, "exec", less, NULL);
	return 1;
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (strcmp(name, "fork") == 0)
		return storm_fork();
	if (strcmp(name, "generations") == 0)
		return storm_generations();
	if (strcmp(name, "spawn") == 0)
		return storm_spawn();
	if (strcmp(name, "signals") == 0)
		return storm_signals();
	if (strcmp(name, "exits") == 0)
		return storm_exits();
	if (strcmp(name, "loader") == 0)
		return storm_loader();
	if (strcmp(name, "exec") == 0 && argc > 2)
		return storm_exec(argv[0], argv[2]);
	fprintf(stderr,
		"usage: storms fork|generations|spawn|signals|exits|loader|exec N\n");
	return 2;
}
