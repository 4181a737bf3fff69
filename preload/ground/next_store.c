/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Called by next.c, while the next allocator is not known.
 */
#include "preload/ground/next_store.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>

#define STORE_ALIGN 16
#define STORE_BYTES 16384

static _Alignas(STORE_ALIGN) unsigned char store[STORE_BYTES];
static _Atomic size_t used;

/* Each block is preceded by its size, for realloc and malloc_usable_size. */
void *
next_store_take(size_t size)
{
	size_t bytes = (size + 2 * STORE_ALIGN - 1) & ~(size_t)(STORE_ALIGN - 1);
	size_t at = bytes < size ? STORE_BYTES : atomic_fetch_add(&used, bytes);
	unsigned char *p;

	if (at + bytes <= STORE_BYTES && bytes >= size) {
		p = store + at;
	} else if (bytes >= size) {
		/* The store is full, which was never seen: a mapping each, never freed. */
		p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
		if (p == MAP_FAILED)
			return NULL;
	} else {
		errno = ENOMEM;
		return NULL;
	}
	*(size_t *)p = size;
	return p + STORE_ALIGN;
}

bool
next_store_has(const void *p)
{
	return (uintptr_t)p - (uintptr_t)store < STORE_BYTES;
}

size_t
next_store_size(const void *p)
{
	return *(const size_t *)((const unsigned char *)p - STORE_ALIGN);
}

size_t
next_store_used(void)
{
	return atomic_load(&used);
}

void
next_store_back(size_t to)
{
	atomic_store(&used, to);
}
