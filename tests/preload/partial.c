/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program, or a library that comes before weir, with a part of the malloc family: what DEFINES
 * says, on the C library's inner names; with WRAPS on whatever comes next. PARTIAL_LIBRARY: only that.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef DEFINES
#define DEFINES 0
#endif

#ifdef WRAPS
#define INNER(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#else
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);
#define INNER(name) __libc_##name
#endif

#if DEFINES & 1
#ifdef COUNTS
static unsigned long n_large;

static __attribute__((destructor)) void
tell(void)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "large: %lu\n", n_large);

	if (write(1, text, (size_t)n) != n)
		_exit(1);
}
#endif

void *
malloc(size_t size)
{
#ifdef COUNTS
	n_large += size >= 128 << 10;
#endif
	return INNER(malloc)(size);
}
#endif

#if DEFINES & 2
void
free(void *p)
{
	INNER(free)(p);
}
#endif

#if DEFINES & 4
void *
realloc(void *p, size_t size)
{
	return INNER(realloc)(p, size);
}
#endif

#if DEFINES & 8
void *
calloc(size_t n, size_t size)
{
	return INNER(calloc)(n, size);
}
#endif

#if DEFINES & 16
void *
memalign(size_t align, size_t size)
{
	return INNER(memalign)(align, size);
}

void *
aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

int
posix_memalign(void **p, size_t align, size_t size)
{
	*p = memalign(align, size);
	return *p != NULL ? 0 : ENOMEM;
}
#endif

#if DEFINES & 32
void *
reallocarray(void *p, size_t n, size_t size)
{
	return INNER(realloc)(p, n * size);
}

size_t
malloc_usable_size(void *p)
{
	return ((size_t *)p)[-1] & ~(size_t)15;
}
#endif

#ifndef PARTIAL_LIBRARY
/* By pointers, which a program without PIE has its own addresses for. */
static void *(*volatile get)(size_t) = malloc;
static void *(*volatile resize)(void *, size_t) = realloc;
static void (*volatile release)(void *) = free;

static char *
filled(void *p, size_t size)
{
	return memset(p, 0x5a, size);
}

int
main(void)
{
	void *p;

	for (size_t i = 0; i < 6; i++) {
		size_t n = (140000 + i * 100000) & ~(size_t)63;
		char *a = filled(malloc(n), n), *b = filled(calloc(1, n), n),
		     *c = filled(aligned_alloc(64, n), n), *d = strdup("x"),
		     *e = filled(get(n), n);

		if (posix_memalign(&p, 4096, n) != 0 || malloc_usable_size(a) < n)
			return 1;
		a = realloc(a, 2 * n);
		b = realloc(b, n / 2);
		c = reallocarray(c, 3, n);
		d = realloc(d, n);
		e = resize(e, 2 * n);
		if (a[n - 1] + b[0] + c[n - 1] + e[n - 1] != 4 * 0x5a || d[0] != 'x')
			return 2;
		free(filled(a, 2 * n));
		free(b);
		free(c);
		free(d);
		release(filled(e, 2 * n));
		release(filled(p, n));
	}
	puts("lived");
	return 0;
}
#endif
