/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest: blocks of 4 and 64 MB, by malloc and calloc. Says of each how much is resident before
 * it is touched, and how much of its mapping is in huge pages after.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MB ((size_t)1 << 20)

static size_t
resident(void *block, size_t bytes)
{
	static unsigned char pages[64 * MB / 4096];
	size_t n = 0;

	if (mincore((void *)((unsigned long)block & ~4095ul), bytes, pages) != 0)
		return 0;
	for (size_t i = 0; i < bytes / 4096; i++)
		n += pages[i] & 1;
	return n * 4096;
}

/* AnonHugePages of the mapping that a block lies in. */
static size_t
huge(const void *block)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long from, to, kb = 0, at = (unsigned long)block;
	char line[512];
	int inside = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = at >= from && at < to;
		else if (inside && sscanf(line, "AnonHugePages: %lu kB", &kb) == 1)
			break;
	}
	if (f != NULL)
		fclose(f);
	return kb * 1024;
}

int
main(void)
{
	static const size_t sizes[] = {4 * MB, 64 * MB};

	for (int i = 0; i < 2; i++) {
		char *plain = malloc(sizes[i]), *zeroed = calloc(sizes[i], 1);

		if (plain == NULL || zeroed == NULL)
			return 1;
		printf("plain%zu %zu\nzeroed%zu %zu\n", sizes[i] / MB,
		       resident(plain, sizes[i]), sizes[i] / MB,
		       resident(zeroed, sizes[i]));
		memset(plain, 1, sizes[i]);
		printf("huge%zu %zu\n", sizes[i] / MB, huge(plain));
		free(plain);
		free(zeroed);
	}
	return 0;
}
