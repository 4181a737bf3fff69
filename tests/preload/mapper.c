/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that maps memory itself. Says "ready" when all is mapped and waits for a line, then for the next:
 *   keep N    N mappings of 2 MB by keep(), all touched; one of 64 MB of which 1 MB is touched
 *   churn N   N times a mapping of 1 MB, unmapped at once: hardly anything is left
 *   grow N    one mapping of 1 MB that mremap makes N MB, touched
 *   pieces N  N MB of blocks of 1 KB, every other one freed
 *   zeros N   one mapping of N MB whose pages are only read: none of them is resident
 *   shared N  twice N MB of shared memory, half of them touched
 *   alone N   N mappings as by keep, and no second thread
 *   many N    N mappings of a page each, and no second thread
 * Else a second thread stands by, so that there is a clock. 24 MB of malloc make it worth a sidecar.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

static void *
stay(void *p)
{
	for (;;)
		pause();
	return p;
}

static char *
map(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	return p;
}

__attribute__((noinline)) static void
keep(size_t bytes)
{
	memset(map(2 * MB), 1, bytes);
}

__attribute__((noinline)) static void
churn(void)
{
	char *p = map(MB);

	memset(p, 1, MB);
	munmap(p, MB);
}

static void
read_only(size_t bytes)
{
	volatile char *p = map(bytes);

	for (size_t i = 0; i < bytes; i += 4096)
		(void)p[i];
}

static void
share(size_t bytes)
{
	void *p = mmap(NULL, 2 * bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	memset(p, 1, bytes);
}

static void
leave_pieces(size_t n)
{
	static char *blocks[1 << 18];

	for (size_t i = 0; i < n; i++)
		memset(blocks[i] = malloc(1024 - 16), 1, 1024 - 16);
	for (size_t i = 0; i < n; i += 2)
		free(blocks[i]);
	/* What has hardly worked since is not worth a trim, nor a question. */
	for (clock_t end = clock() + CLOCKS_PER_SEC / 2; clock() < end;)
		memset(blocks[1], 1, 1024 - 16);
}

/* Neighbours that may be written to and may not are no one mapping to the kernel. */
static void
map_many(size_t n)
{
	char *p = map(n * 4096);

	for (size_t i = 0; i < n; i += 2)
		if (mprotect(p + i * 4096, 4096, PROT_READ) != 0)
			exit(1);
}

int
main(int argc, char **argv)
{
	int n = argc > 2 ? atoi(argv[2]) : 0;
	pthread_t second;
	char line[16], *p;

	bool many = argc > 1 && strcmp(argv[1], "many") == 0;
	bool alone = many || (argc > 1 && strcmp(argv[1], "alone") == 0);
	if (!alone)
		pthread_create(&second, NULL, stay, NULL);
	p = malloc(24 * MB);
	memset(p, 1, 24 * MB);
	if (many) {
		map_many((size_t)n);
	} else if (alone || (argc > 1 && strcmp(argv[1], "keep") == 0)) {
		for (int i = 0; i < n; i++)
			keep(2 * MB);
		memset(map(64 * MB), 1, MB);
	} else if (argc > 1 && strcmp(argv[1], "zeros") == 0) {
		read_only((size_t)n * MB);
	} else if (argc > 1 && strcmp(argv[1], "shared") == 0) {
		share((size_t)n * MB);
	} else if (argc > 1 && strcmp(argv[1], "churn") == 0) {
		for (int i = 0; i < n; i++)
			churn();
	} else if (argc > 1 && strcmp(argv[1], "grow") == 0) {
		p = mremap(map(MB), MB, (size_t)n * MB, MREMAP_MAYMOVE);
		if (p == MAP_FAILED)
			return 1;
		memset(p, 1, (size_t)n * MB);
	}
	/* What writes the record of one thread is its next large request. */
	for (int i = 0; alone && i < 5; i++) {
		sleep(1);
		memset(malloc(MB), 1, MB);
	}
	if (argc > 1 && strcmp(argv[1], "pieces") == 0)
		leave_pieces((size_t)n * 1024);
	puts("ready");
	fflush(stdout);
	return fgets(line, sizeof(line), stdin) == NULL;
}
