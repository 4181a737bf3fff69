/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that uses up all mappings that a process may have (vm.max_map_count), after blocks of weir's have left as
 * many as they can: rooms around blocks that have grown, moved pages. mapped_out WAY: what it got of them with a way
 * to ask, and what follows at the limit.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BLOCKS 3000
#define PAGE   ((size_t)4096)
#define MOST   140000

static void
leave_seams(int live)
{
	static char *block[BLOCKS];

	for (int i = 0; i < BLOCKS; i++) {
		block[i] = malloc(128 << 10);
		block[i][0] = 1;
	}
	for (int i = 0; i < BLOCKS; i++)
		block[i] = realloc(block[i], 150 << 10);
	for (int i = live; i < BLOCKS; i++)
		free(block[i]);
}

/* One page each, of another protection than the one before, so that none are joined. */
static int
by_mmap(void)
{
	int n = 0;

	while (mmap(NULL, PAGE, n % 2 != 0 ? PROT_READ : PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		n++;
	return n;
}

/* A mapping of many pages falls apart. */
static int
by_parts(int (*part)(char *page))
{
	char *all = mmap(NULL, MOST * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int n = 0;

	for (int i = 1; i < MOST && part(all + (size_t)i * PAGE) == 0; i += 2)
		n += 2;
	return n;
}

static int
protected_part(char *page)
{
	return mprotect(page, PAGE, PROT_READ);
}

static int
unmapped_part(char *page)
{
	return munmap(page, PAGE);
}

static int
advised_part(char *page)
{
	return madvise(page, PAGE, MADV_DONTFORK);
}

static int
numbered_part(char *page)
{
	return (int)syscall(SYS_mprotect, page, PAGE, PROT_READ);
}

static void *
nothing(void *unused)
{
	return unused;
}

int
main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "mmap";
	pthread_t made;

	leave_seams(argc > 2 ? atoi(argv[2]) : 0);
	int n = strcmp(way, "mprotect") == 0  ? by_parts(protected_part)
		: strcmp(way, "munmap") == 0  ? by_parts(unmapped_part)
		: strcmp(way, "madvise") == 0 ? by_parts(advised_part)
		: strcmp(way, "number") == 0  ? by_parts(numbered_part)
					      : by_mmap();
	int refused = errno == ENOMEM || errno == EAGAIN;
	/* What is left of them, if anything, is for all. */
	void *large = malloc(3 << 20);
	int thread = pthread_create(&made, NULL, nothing, NULL);
	printf("%d %s %s %s\n", n, refused ? "refused" : strerror(errno),
	       large != NULL ? "served" : "not served",
	       thread == 0 ? "made" : strerror(thread));
	return 0;
}
