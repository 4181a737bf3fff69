/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the next allocator, and showing it what it does not see.
 *
 * dlsym may itself allocate (it does when a name is missing), which would come back here. So a
 * call that arrives during the lookup is served from a store (next_store.h). If that ever happened, the
 * functions that take a pointer keep a check for the store's range in front of the real ones;
 * in the usual case they never see one and go straight through.
 */
#include "preload/ground/next.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "pool/pages.h"
#include "pool/sys.h"
#include "preload/ground/next_by_malloc.h"
#include "preload/ground/next_store.h"
#include "preload/ground/symbol_next.h"

static _Atomic bool searching, found;
static struct weir_next real;

/* SIZE_MAX: nothing is, to an allocator that is not glibc's. */
#define SHOWN_AT_FIRST ((size_t)128 << 10)
#define HEADER_BYTES   (2 * sizeof(size_t)) /* of glibc's mapped blocks */
_Atomic size_t next_shown = SIZE_MAX;

static void checked_free(void *p);
static void *checked_realloc(void *p, size_t size);
static size_t checked_usable_size(void *p);

/* From now on pointers into the store may come back. */
static void
watch_for_store(void)
{
	next.free = checked_free;
	next.realloc = checked_realloc;
	next.malloc_usable_size = checked_usable_size;
}

static void *
store_take(size_t size)
{
	void *p = next_store_take(size);

	if (p != NULL && atomic_load(&found))
		watch_for_store();
	return p;
}

static void
checked_free(void *p)
{
	if (!next_store_has(p))
		real.free(p);
}

static void *
checked_realloc(void *p, size_t size)
{
	if (!next_store_has(p))
		return real.realloc(p, size);
	void *q = real.malloc(size);
	if (q != NULL)
		memcpy(q, p, next_store_size(p) < size ? next_store_size(p) : size);
	return q;
}

static size_t
checked_usable_size(void *p)
{
	return next_store_has(p) ? next_store_size(p) : real.malloc_usable_size(p);
}

static void
die(const char *name)
{
	static const char head[] = "weir: no allocator behind this library: there is no ";
	static const char tail[] = "; run the program without weir\n";

	/* Nothing in this process can allocate: there is no way to go on. */
	weir_sys_write(2, head, sizeof(head) - 1);
	weir_sys_write(2, name, strlen(name));
	weir_sys_write(2, tail, sizeof(tail) - 1);
	_exit(127);
}

static void *
look_up(const char *name)
{
	void *p = symbol_next(name);

	if (p == NULL)
		die(name);
	return p;
}

/*
 * Whether malloc lies beside a function that only glibc has, both of its malloc.c: no other library
 * can be so near.
 */
bool
next_is_glibc(void)
{
	const uintptr_t near = 256 << 10;

	return (uintptr_t)symbol_next("malloc_info") - (uintptr_t)real.malloc + near <
	       2 * near;
}

#ifndef __GLIBC__
/* Whether its calloc calls the malloc that all see: weir's, which now answers out of the store. */
static bool
comes_back(void)
{
	size_t used = next_store_used();
	void *p = real.calloc(1, 1);

	if (!next_store_has(p)) {
		real.free(p);
		return false;
	}
	next_store_back(used);
	return true;
}
#else
static bool
comes_back(void)
{
	return false; /* none that stands in front of glibc's is asked */
}
#endif

/* False when called from within the search itself. */
static bool
find_next(void)
{
	if (atomic_load(&found))
		return true;
	if (atomic_exchange(&searching, true)) {
		/* Called by dlsym within our own search, or by a second thread at that moment. */
		return atomic_load(&found);
	}
#define FIND(name) real.name = (__typeof__(real.name))look_up(#name)
	FIND(malloc);
	FIND(calloc);
	FIND(realloc);
	FIND(free);
	FIND(posix_memalign);
	FIND(aligned_alloc);
	FIND(memalign);
	FIND(malloc_usable_size);
	/* Not pvalloc: jemalloc has none, and glibc's would be of another heap: see below. */
	FIND(valloc);
#undef FIND
	struct weir_next ready = real;
	ready.pvalloc = next.pvalloc;
	if (next_is_glibc())
		atomic_store(&next_shown, SHOWN_AT_FIRST);
	else if (comes_back())
		next_by_malloc(&ready);
	next = ready;
	atomic_store(&found, true);
	if (next_store_used() != 0)
		watch_for_store();
	return true;
}

int
next_found(void)
{
	return find_next() && atomic_load(&found) ? 0 : -ENOENT;
}

static void *
first_malloc(size_t size)
{
	return find_next() ? NEXT(malloc)(size) : store_take(size);
}

static void *
first_calloc(size_t n, size_t size)
{
	size_t bytes;

	if (find_next())
		return NEXT(calloc)(n, size);
	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return store_take(bytes); /* static or mapped: zero, and never reused */
}

static void *
first_realloc(void *p, size_t size)
{
	if (find_next())
		return NEXT(realloc)(p, size);
	void *q = store_take(size);
	if (q != NULL && p != NULL)
		memcpy(q, p, next_store_size(p) < size ? next_store_size(p) : size);
	return q;
}

static void
first_free(void *p)
{
	if (find_next())
		NEXT(free)(p);
}

static int
first_posix_memalign(void **p, size_t align, size_t size)
{
	return find_next() ? NEXT(posix_memalign)(p, align, size) : ENOMEM;
}

static void *
first_aligned_alloc(size_t align, size_t size)
{
	return find_next() ? NEXT(aligned_alloc)(align, size) : NULL;
}

static void *
first_memalign(size_t align, size_t size)
{
	return find_next() ? NEXT(memalign)(align, size) : NULL;
}

static void *
first_valloc(size_t size)
{
	return find_next() ? NEXT(valloc)(size) : NULL;
}

/* pvalloc by memalign: a stacked allocator need not have it. */
static void *
pvalloc_by_memalign(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes;

	if (__builtin_add_overflow(size, page - 1, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	bytes &= ~(page - 1);
	return NEXT(memalign)(page, bytes == 0 ? page : bytes);
}

static size_t
first_usable_size(void *p)
{
	return find_next() ? NEXT(malloc_usable_size)(p) : next_store_size(p);
}

struct weir_next next = {
	.malloc = first_malloc,
	.calloc = first_calloc,
	.realloc = first_realloc,
	.free = first_free,
	.posix_memalign = first_posix_memalign,
	.aligned_alloc = first_aligned_alloc,
	.memalign = first_memalign,
	.valloc = first_valloc,
	.pvalloc = pvalloc_by_memalign,
	.malloc_usable_size = first_usable_size,
};

/*
 * Two system calls and a page, at most 180 times in a process. Options, tunables and the host's
 * mallopt go before, in glibc. Where a free piece of its heap serves this, it
 * learns nothing of it: then more is asked for.
 */
void
next_show_freed(size_t bytes)
{
	int saved_errno = errno;
	bool mapped = false;

	for (; !mapped && bytes <= NEXT_SHOWN_MAX; bytes += bytes / 8) {
		void *p = NEXT(malloc)(bytes);

		/* A mapping is of whole pages, with the header in front. */
		mapped = p == NULL || NEXT(malloc_usable_size)(p) % weir_machine_page ==
					      weir_machine_page - HEADER_BYTES;
		NEXT(free)(p);
		atomic_store_explicit(&next_shown, bytes + bytes / 32,
				      memory_order_relaxed);
	}
	errno = saved_errno;
}
