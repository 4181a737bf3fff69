/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every way to get, resize, measure and free a block, large and small, for tools that replace a part of
 * the family in the running process. Prints one line if all content was right. Not pvalloc, which
 * valgrind 3.19 has not without weir either.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* C23: weir has them, and the C library perhaps. */
static void (*free_sized_there)(void *, size_t);
static void (*free_aligned_sized_there)(void *, size_t, size_t);

static void *
get(int how, size_t n)
{
	void *p = NULL;

	switch (how) {
	case 0:
		return malloc(n);
	case 1:
		return calloc(n, 1);
	case 2:
		return realloc(NULL, n);
	case 3:
		return reallocarray(NULL, n, 1);
	case 4:
		return posix_memalign(&p, 64, n) == 0 ? p : NULL;
	case 5:
		return aligned_alloc(64, n);
	case 6:
		return memalign(4096, n);
	default:
		return valloc(n);
	}
}

static void
put(int how, void *p, size_t n)
{
	if (how % 3 == 1 && free_sized_there != NULL)
		free_sized_there(p, n);
	else if (how % 3 == 2 && free_aligned_sized_there != NULL)
		free_aligned_sized_there(p, 64, n);
	else
		free(p);
}

static int
try(int how, size_t n)
{
	for (int resized = 0; resized < 5; resized++) {
		unsigned char *p = get(how, n), *q = p;

		if (p == NULL || malloc_usable_size(p) < n)
			return 1;
		memset(p, how + 1, n);
		if (resized & 1)
			q = realloc(q, 2 * n);
		if (resized & 2)
			q = reallocarray(q, 3, n);
		if (resized & 4)
			q = realloc(q, n / 2);
		if (q == NULL || q[0] != how + 1 || q[n / 2 - 1] != how + 1)
			return 2;
		put(how, q, resized == 0 ? n : n / 2);
	}
	return 0;
}

#ifdef LEAK
__attribute__((noinline)) void leak(void **to);

void
leak(void **to)
{
	*to = reallocarray(NULL, 300, 10000);
}
#endif

int
main(void)
{
#ifdef LEAK
	static void *kept[20];

	for (int i = 0; i < 20; i++)
		leak(&kept[i]);
#endif
	free_sized_there = (void (*)(void *, size_t))dlsym(RTLD_DEFAULT, "free_sized");
	free_aligned_sized_there = (void (*)(void *, size_t, size_t))dlsym(
		RTLD_DEFAULT, "free_aligned_sized");
	for (int how = 0; how < 8; how++) {
		static const size_t sizes[] = {100, 200000, 3000000};

		for (size_t i = 0; i < 3; i++) {
			int rc = try(how, sizes[i]);

			if (rc != 0) {
				printf("%d with %zu bytes: %d\n", how, sizes[i], rc);
				return rc;
			}
		}
	}
	puts("the whole family");
	return 0;
}
