/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host with a limit of data, of address space, or of locked memory: scant LIMIT WHEN. It holds and
 * frees large blocks, then takes small ones, which the next allocator serves. WHEN: late, when blocks were
 * freed; held, with one of them still there. 77: not possible here. scant WHAT MB LIMIT: how much of that is
 * had by a block that grows, by mappings, by threads, once large blocks were freed. scant locked [KB]: what is
 * mapped is to be locked, within that limit.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

enum { LARGE = 200, SMALL = 2200, SMALL_BYTES = 100000, ROOM = 300 };

static void
set(int resource, size_t bytes)
{
	struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};

	if (setrlimit(resource, &limit) != 0)
		exit(77);
}

/* In pages: what is mapped, and what of it is data. */
static size_t
used(int resource)
{
	FILE *f = fopen("/proc/self/statm", "r");
	size_t size = 0, data = 0;

	if (f == NULL || fscanf(f, "%zu %*u %*u %*u %*u %zu", &size, &data) != 2)
		exit(77);
	fclose(f);
	return (resource == RLIMIT_AS ? size : data) * 4096;
}

static void
hold(size_t keep)
{
	static char *p[LARGE];

	for (int i = 0; i < LARGE; i++)
		if ((p[i] = malloc(MB)) != NULL)
			memset(p[i], 1, MB);
	for (size_t i = keep; i < LARGE; i++)
		free(p[i]);
}

static void *
small(int how)
{
	void *p = NULL;

	switch (how) {
	case 0:
		return malloc(SMALL_BYTES);
	case 1:
		return calloc(10, SMALL_BYTES / 10);
	case 2:
		return realloc(NULL, SMALL_BYTES);
	case 3:
		return posix_memalign(&p, 64, SMALL_BYTES) == 0 ? p : NULL;
	case 4:
		return aligned_alloc(64, SMALL_BYTES);
	case 5:
		return memalign(64, SMALL_BYTES);
	case 6:
		return valloc(SMALL_BYTES);
	default:
		return realloc(malloc(100), SMALL_BYTES);
	}
}

static void
limited(int resource, int late, size_t held)
{
	size_t limit = (resource == RLIMIT_AS ? used(resource) : 0) + ROOM * MB;
	int refused = 0;

	if (!late && !held)
		set(resource, limit);
	hold(held);
	if (held) {
		set(resource, ROOM * MB);
	} else if (late) {
		/* Most of it has gone back, or is kept. */
		malloc_trim(0);
		set(resource, resource == RLIMIT_AS && used(resource) > limit
				      ? used(resource) + 32 * MB
				      : limit);
	}
	for (int i = 0; i < SMALL; i++)
		refused += small(i % 8) == NULL;
	printf("refused %d\n", refused);
}

static size_t
grown(void)
{
	size_t bytes = 0;
	char *p = NULL, *q;

	while ((q = realloc(p, bytes + MB)) != NULL) {
		p = q;
		memset(p + bytes, 1, MB);
		bytes += MB;
	}
	return bytes / MB;
}

static size_t
mapped(void)
{
	size_t n = 0;

	while (mmap(NULL, MB, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	       MAP_FAILED)
		n++;
	return n;
}

static void *
stay(void *p)
{
	for (;;)
		pause();
	return p;
}

static size_t
started(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	size_t n = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, MB);
	while (pthread_create(&thread, &attr, stay, NULL) == 0)
		n++;
	return n;
}

/* The clock has no time to give anything back. */
static void
reach(const char *what, int resource, size_t mb)
{
	set(resource, mb * MB);
	hold(0);
	size_t n = strcmp(what, "grown") == 0	 ? grown()
		   : strcmp(what, "mapped") == 0 ? mapped()
						 : started();
	printf("%s %zu\n", what, n);
	fflush(stdout);
	_exit(0);
}

static void
locked(size_t limit)
{
	set(RLIMIT_MEMLOCK, limit);
	if (geteuid() == 0 && setuid(65534) != 0)
		exit(77);
	hold(0);
	size_t mapped = used(RLIMIT_AS);
	if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
		printf("mlockall: %s\n", strerror(errno));
	printf("refused %d\n", malloc(MB) == NULL);
	printf("mapped %zu\n", mapped >> 10);
}

static int
named(const char *resource)
{
	return strcmp(resource, "space") == 0 ? RLIMIT_AS : RLIMIT_DATA;
}

int
main(int argc, char **argv)
{
	int late = argc > 2 && strcmp(argv[2], "late") == 0;
	size_t held = argc > 2 && strcmp(argv[2], "held") == 0;

	if (argc < 2)
		return 2;
	if (strcmp(argv[1], "locked") == 0)
		locked(argc > 2 ? (size_t)atoi(argv[2]) << 10 : 8 * MB);
	else if (argc > 3)
		reach(argv[1], named(argv[3]), (size_t)atoi(argv[2]));
	else
		limited(named(argv[1]), late, held);
	return 0;
}
