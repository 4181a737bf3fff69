/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host with an allocator of its own, from brk and mmap, besides the C library's: its blocks are
 * strangers to weir. Linked with -DEXPORTED and -rdynamic, that allocator is the program's malloc.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef EXPORTED
#define own_malloc  malloc
#define own_free    free
#define own_calloc  calloc
#define own_realloc realloc
#else
#include <stdlib.h>
#endif

void *own_malloc(size_t size);
void own_free(void *p);
void *own_calloc(size_t n, size_t size);
void *own_realloc(void *p, size_t size);

/* Each block has its size in the 16 bytes before it. Small ones are from brk, and never reused. */
void *
own_malloc(size_t size)
{
	size_t bytes = (size + 31) & ~(size_t)15;
	char *p = size < 65536 ? sbrk((intptr_t)bytes)
			       : mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == (char *)-1)
		return NULL;
	memcpy(p, &size, sizeof(size));
	return p + 16;
}

void
own_free(void *p)
{
	size_t size;

	if (p == NULL)
		return;
	memcpy(&size, (char *)p - 16, sizeof(size));
	if (size >= 65536)
		munmap((char *)p - 16, (size + 31) & ~(size_t)15);
}

void *
own_calloc(size_t n, size_t size)
{
	return own_malloc(n * size);
}

void *
own_realloc(void *p, size_t size)
{
	void *q = own_malloc(size);
	size_t old = 0;

	if (p != NULL)
		memcpy(&old, (char *)p - 16, sizeof(old));
	if (q != NULL && p != NULL)
		memcpy(q, p, old < size ? old : size);
	own_free(p);
	return q;
}

int
main(void)
{
	void *mine[64] = {NULL}, *theirs[64] = {NULL};

	for (unsigned i = 0; i < 4000; i++) {
		unsigned at = i * 7919 % 64;
		size_t size = i % 5 == 0 ? 3000000 : 100 + i * 37 % 300000;

		own_free(mine[at]);
		free(theirs[at]);
		mine[at] = own_malloc(size);
		theirs[at] = malloc(size);
		if (mine[at] == NULL || theirs[at] == NULL)
			return 1;
		memset(mine[at], (int)i, i % 5 == 0 ? 4096 : size);
		memset(theirs[at], (int)~i, i % 5 == 0 ? 4096 : size);
		if (i % 3 == 0) {
			mine[at] = own_realloc(mine[at], size * 2);
			theirs[at] = realloc(theirs[at], size * 2);
		}
		if (*(unsigned char *)mine[at] != (i & 255) ||
		    *(unsigned char *)theirs[at] != (~i & 255))
			return 2;
	}
	puts("two heaps");
	return 0;
}
