/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PEER: an allocator behind weir that tells as jemalloc does, slowly and under a lock that its handlers of fork take, and
 * posts each question. PLUGIN: something with a mallctl that comes and goes. EARLY: a
 * library whose constructor loads that. Else the host: "alone" forks when its other thread has ended, "resting" when the
 * clock asks at rest, "closed" unloads the plugin and lives on.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(PEER)
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
sem_t peer_asked;

static void
before(void)
{
	pthread_mutex_lock(&lock);
}

static void
after(void)
{
	pthread_mutex_unlock(&lock);
}

static void
in_child(void)
{
	pthread_mutex_init(&lock, NULL);
}

__attribute__((constructor)) static void
begin(void)
{
	pthread_atfork(before, after, in_child);
}

#ifndef SILENT
int mallctl(const char *name, void *old, size_t *old_bytes, void *new_value,
	    size_t new_bytes);

int
mallctl(const char *name, void *old, size_t *old_bytes, void *new_value, size_t new_bytes)
{
	const struct timespec moment = {.tv_nsec = 300000000};

	(void)new_value;
	(void)new_bytes;
	if (strcmp(name, "epoch") == 0) {
		sem_post(&peer_asked);
		nanosleep(&moment, NULL);
	}
	pthread_mutex_lock(&lock);
	if (old != NULL && *old_bytes == sizeof(size_t))
		*(size_t *)old = (size_t)50 << 20;
	pthread_mutex_unlock(&lock);
	return 0;
}
#endif

/* The family, from the C library's. */
#define HAND_ON(type, name, parameters, arguments)                                       \
	type name parameters                                                             \
	{                                                                                \
		static type(*to) parameters;                                             \
		if (to == NULL)                                                          \
			to = (type(*) parameters)dlsym(RTLD_NEXT, #name);                \
		return to arguments;                                                     \
	}
void *__libc_calloc(size_t n, size_t size);

void *
calloc(size_t n, size_t size)
{
	return __libc_calloc(n, size);
}

HAND_ON(void *, malloc, (size_t size), (size))
HAND_ON(void *, realloc, (void *p, size_t size), (p, size))
HAND_ON(void, free, (void *p), (p))
HAND_ON(void *, aligned_alloc, (size_t align, size_t size), (align, size))
HAND_ON(void *, memalign, (size_t align, size_t size), (align, size))
HAND_ON(void *, valloc, (size_t size), (size))
HAND_ON(size_t, malloc_usable_size, (void *p), (p))
HAND_ON(int, posix_memalign, (void **p, size_t align, size_t size), (p, align, size))

#elif defined(PLUGIN)
int mallctl(void);

int
mallctl(void)
{
	return 0;
}

#elif defined(EARLY)
void *plugin;

__attribute__((constructor(101))) static void
begin(void)
{
	plugin = dlopen("./plugin.so", RTLD_NOW);
}

#else
extern sem_t peer_asked __attribute__((weak));
extern void *plugin __attribute__((weak));
static int hold[2];

static void
use(size_t bytes)
{
	void *p = malloc(bytes);

	memset(p, 1, bytes);
	free(p);
}

/* Until the other end of the pipe is closed. */
static void *
work(void *unused)
{
	char c;

	use((size_t)20 << 20);
	if (read(hold[0], &c, 1) != 0)
		_exit(3);
	return unused;
}

static int
fork_once(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		use((size_t)1 << 20);
		_exit(0);
	}
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	int questions = strcmp(how, "resting") == 0 ? 2 : 1;
	static char *small[4000];
	pthread_attr_t detached;
	pthread_t t;

	if (pipe(hold) != 0)
		return 2;
	if (&plugin != NULL)
		dlclose(plugin);
	for (int i = 0; i < 4000; i++)
		memset(small[i] = malloc(10000), 1, 10000);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&t, &detached, work, NULL) != 0)
		return 2;
	if (strcmp(how, "closed") == 0) {
		sleep(2);
		puts("lives");
		return 0;
	}
	/* Who is asked for the first time is asked at once. */
	while (questions-- > 0)
		sem_wait(&peer_asked);
	if (strcmp(how, "alone") == 0) {
		close(hold[1]);
		usleep(50000);
	}
	int rc = fork_once() + fork_once();
	puts(rc == 0 ? "forked" : "failed");
	return rc;
}
#endif
