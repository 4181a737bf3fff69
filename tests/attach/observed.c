/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that does what it is told, a line of standard input at a time, and says "done" after each: a library of
 * weir's is loaded into it, or weir attaches to it, between two of them.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT_MAX 4096
#define BYTES	 300000

static char *kept[KEPT_MAX];
static int n_kept;
static void *plugin;

__attribute__((noinline)) static char *
leak_here(void)
{
	return kept[n_kept++ % KEPT_MAX] = malloc(BYTES);
}

/* Each way to get a block, each way to give it back. */
static void
family(void)
{
	void *p[8] = {0};

	p[0] = malloc(BYTES);
	p[1] = calloc(3, BYTES);
	p[2] = realloc(NULL, BYTES);
	p[3] = reallocarray(NULL, 3, BYTES);
	if (posix_memalign(&p[4], 4096, BYTES) != 0)
		abort();
	p[5] = aligned_alloc(64, 65536 * 5);
	for (int i = 0; i < 6; i++) {
		memset(p[i], i, BYTES);
		p[i] = realloc(p[i], i % 2 != 0 ? 2 * BYTES : 100);
		if (((char *)p[i])[99] != i)
			abort();
	}
	for (int i = 0; i < 6; i++)
		free(p[i]);
	p[0] = malloc(BYTES);
	memset(p[0], 7, BYTES);
	if (realloc(p[0], SIZE_MAX / 2) != NULL || ((char *)p[0])[BYTES - 1] != 7)
		abort();
	free(p[0]);
}

/* Not all allocators leave it alone; the C library's does. */
static void
keep_errno(void)
{
	errno = 4711;
	void *p = malloc(BYTES);
	void *q = realloc(calloc(1, BYTES), 3 * BYTES);
	free(p);
	free(q);
	if (errno != 4711)
		abort();
}

static void *
churn(void *n)
{
	for (long i = 0; i < (long)n; i++) {
		char *p = malloc(BYTES + (size_t)i % 100 * 4096);

		p[i % BYTES] = 1;
		free(i % 2 != 0 ? realloc(p, 2 * BYTES) : p);
	}
	return NULL;
}

static void
threads(void)
{
	pthread_t t[8];

	for (int i = 0; i < 8; i++)
		pthread_create(&t[i], NULL, churn, (void *)2000L);
	for (int i = 0; i < 8; i++)
		pthread_join(t[i], NULL);
}

/* 40 MB in small blocks, of which half are freed again, some after they have grown beyond what is small. */
enum { SMALL_BLOCKS = 40000, SMALL_BYTES = 1000 };
static void *small[SMALL_BLOCKS];

static __attribute__((noinline)) void *
small_here(int i)
{
	return i % 3 == 0   ? calloc(1, SMALL_BYTES)
	       : i % 3 == 1 ? realloc(malloc(1), SMALL_BYTES)
			    : malloc(SMALL_BYTES);
}

static void
small_drop(int step)
{
	for (int i = 0; i < SMALL_BLOCKS; i += step) {
		free(i % 20 == 0 ? realloc(small[i], BYTES) : small[i]);
		small[i] = NULL;
	}
}

static void
small_keep(void)
{
	for (int i = 0; i < SMALL_BLOCKS; i++)
		memset(small[i] = small_here(i), 1, SMALL_BYTES);
	small_drop(2);
}

static volatile int churning;
static void *
churn_on(void *unused)
{
	while (churning)
		churn((void *)50L);
	return unused;
}

/* The child frees what was seen, and gets what is not. Other threads are in the midst of it when it is made. */
static void
children(int n)
{
	pthread_t t[4];

	churning = 1;
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, churn_on, NULL);
	for (int i = 0; i < n; i++) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			for (int k = 0; k < KEPT_MAX; k++)
				free(kept[k]);
			small_drop(1);
			churn((void *)200L);
			exit(3);
		}
		if (child < 0 || waitpid(child, &status, 0) != child ||
		    !WIFEXITED(status) || WEXITSTATUS(status) != 3)
			abort();
	}
	churning = 0;
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

/* Where a call of malloc leads, and a pointer to free that was there from the start. */
static void (*volatile pointer)(void *) = free;
static void
slots(void)
{
	void *(*volatile call)(size_t) = malloc;
	Dl_info a, b;

	if (dladdr((void *)call, &a) == 0 || dladdr((void *)pointer, &b) == 0)
		abort();
	printf("malloc in %s, free in %s\n", strrchr(a.dli_fname, '/') + 1,
	       strrchr(b.dli_fname, '/') + 1);
}

/* As a program keeps them on its heap: what is called by these is not seen. */
static struct saved {
	void *(*malloc)(size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
} * saved;

static void
save(void)
{
	saved = malloc(sizeof(*saved));
	*saved = (struct saved){malloc, realloc, free};
}

/* Each pair of ways, so that beginnings and ends go unseen. */
static void
mix(void)
{
	for (int i = 0; i < 200; i++) {
		char *p = malloc(BYTES), *q = saved->malloc(BYTES);

		p[BYTES - 1] = q[BYTES - 1] = 1;
		saved->free(p);
		free(q);
		p = saved->realloc(malloc(BYTES), 2 * BYTES);
		q = realloc(saved->malloc(BYTES), 2 * BYTES);
		p[2 * BYTES - 1] = q[2 * BYTES - 1] = 1;
		free(p);
		saved->free(q);
	}
}

/* Each child loads a library, as a worker that is forked does; one that hangs is ended, and seen. */
static void
load_in_children(void)
{
	for (int i = 0; i < 50; i++) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			alarm(20);
			_exit(dlopen("libm.so.6", RTLD_NOW) != NULL ? 0 : 1);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
			abort();
		usleep(5000);
	}
}

/* A child that becomes another program, by fork, and by the C library. */
static void
spawn(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		execl("/bin/sh", "sh", "-c", "exit 4", NULL);
		_exit(1);
	}
	waitpid(child, &status, 0);
	printf("spawned %d %d\n", WEXITSTATUS(status), WEXITSTATUS(system("exit 5")));
}

static void
plug(const char *path)
{
	void (*keep)(void);

	plugin = dlopen(path, RTLD_NOW);
	if (plugin == NULL) {
		puts(dlerror());
		return;
	}
	*(void **)&keep = dlsym(plugin, "leak_in_plugin");
	if (keep != NULL)
		keep();
}

static void *
end_later(void *unused)
{
	usleep(100000);
	return unused;
}

static void
obey(const char *line)
{
	pthread_t t;

	if (strcmp(line, "leak") == 0)
		memset(leak_here(), 1, BYTES);
	else if (strcmp(line, "family") == 0)
		family();
	else if (strcmp(line, "small") == 0)
		small_keep();
	else if (strcmp(line, "small end") == 0)
		small_drop(1);
	else if (strcmp(line, "errno") == 0)
		keep_errno();
	else if (strcmp(line, "threads") == 0)
		threads();
	else if (strcmp(line, "children") == 0)
		children(100);
	else if (strcmp(line, "few children") == 0)
		children(10);
	else if (strcmp(line, "slots") == 0)
		slots();
	else if (strncmp(line, "plug ", 5) == 0)
		plug(line + 5);
	else if (strcmp(line, "mix") == 0)
		mix();
	else if (strcmp(line, "load in children") == 0)
		load_in_children();
	else if (strcmp(line, "spawn") == 0)
		spawn();
	else if (strcmp(line, "daemon") == 0) {
		if (daemon(1, 1) != 0)
			abort();
		printf("now %d\n", (int)getpid());
	} else if (strcmp(line, "again") == 0)
		((void (*)(void))dlsym(plugin, "leak_in_plugin"))();
	else if (strcmp(line, "unplug") == 0)
		dlclose(plugin);
	else if (strcmp(line, "end first thread") == 0) {
		pthread_create(&t, NULL, end_later, NULL);
		pthread_exit(NULL);
	} else if (strcmp(line, "exit") == 0)
		exit(7);
	else
		puts("what?");
}

int
main(void)
{
	char line[4096];

	setvbuf(stdout, NULL, _IOLBF, 0);
	save();
	puts("ready");
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		obey(line);
		printf("done %s\n", line);
	}
	return 0;
}
