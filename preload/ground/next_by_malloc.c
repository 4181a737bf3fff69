/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What musl's calloc, posix_memalign, memalign and valloc do, by its own malloc and aligned_alloc. Called by next.c,
 * and from then on by whoever calls the next allocator.
 */
#include "preload/ground/next_by_malloc.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "pool/pages.h"
#include "preload/ground/next.h"

static void *(*its_malloc)(size_t);
static void *(*its_aligned_alloc)(size_t, size_t);

/* Pages that read as zero are not written to: those of a new mapping stay the system's. */
static void
clear(char *p, size_t bytes)
{
	char *end = p + bytes;

	while ((size_t)(end - p) > WEIR_PAGE_BYTES) {
		char *page = end - WEIR_PAGE_BYTES;

		if (*page != 0 || memcmp(page, page + 1, WEIR_PAGE_BYTES - 1) != 0)
			memset(page, 0, WEIR_PAGE_BYTES);
		end = page;
	}
	memset(p, 0, (size_t)(end - p));
}

static void *
calloc_by_malloc(size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	char *p = its_malloc(bytes);
	if (p != NULL)
		clear(p, bytes);
	return p;
}

static int
posix_memalign_by_aligned(void **p, size_t align, size_t size)
{
	int saved_errno = errno, rc = EINVAL;

	if (align >= sizeof(void *)) {
		void *q = its_aligned_alloc(align, size);

		rc = q != NULL ? 0 : errno;
		if (q != NULL)
			*p = q;
	}
	errno = saved_errno;
	return rc;
}

static void *
valloc_by_aligned(size_t size)
{
	return its_aligned_alloc(weir_machine_page, size);
}

void
next_by_malloc(struct weir_next *n)
{
	its_malloc = n->malloc;
	its_aligned_alloc = n->aligned_alloc;
	n->calloc = calloc_by_malloc;
	n->posix_memalign = posix_memalign_by_aligned;
	n->memalign = n->aligned_alloc;
	n->valloc = valloc_by_aligned;
}
