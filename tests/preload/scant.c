/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host with a limit of data, of address space, or of locked memory: scant LIMIT WHEN. It holds and
 * frees large blocks, then takes small ones, which the next allocator serves. WHEN: late, when blocks were
 * freed; held, with one of them still there. 77: not possible here.
 */
#include <errno.h>
#include <malloc.h>
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

static void
locked(void)
{
	/* The usual one, so nothing else of size may be there. */
	set(RLIMIT_MEMLOCK, 8 * MB);
	if (geteuid() == 0 && setuid(65534) != 0)
		exit(77);
	hold(0);
	if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
		printf("mlockall: %s\n", strerror(errno));
	printf("refused %d\n", malloc(MB) == NULL);
}

int
main(int argc, char **argv)
{
	int late = argc > 2 && strcmp(argv[2], "late") == 0;
	size_t held = argc > 2 && strcmp(argv[2], "held") == 0;

	if (argc > 1 && strcmp(argv[1], "locked") == 0)
		locked();
	else
		limited(argc > 1 && strcmp(argv[1], "space") == 0 ? RLIMIT_AS
								  : RLIMIT_DATA,
			late, held);
	return 0;
}
