/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the next allocator, and the bootstrap store for calls during the search.
 *
 * dlsym may itself allocate (it does when a name is missing), which would come back here. So a
 * call that arrives during the lookup is served from the store. If that ever happened, the
 * functions that take a pointer keep a check for the store's range in front of the real ones;
 * in the usual case they never see one and go straight through.
 */
#include "preload/ground/next.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pool/pages.h"
#include "pool/sys.h"
#include "preload/ground/next_by_malloc.h"
#include "preload/ground/symbol_next.h"

#define STORE_ALIGN 16
#define STORE_BYTES 16384

static _Alignas(STORE_ALIGN) unsigned char store[STORE_BYTES];
static _Atomic size_t store_used;
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

/* Each block is preceded by its size, for realloc and malloc_usable_size. */
static void *
store_take(size_t size)
{
	size_t bytes = (size + 2 * STORE_ALIGN - 1) & ~(size_t)(STORE_ALIGN - 1);
	size_t at = bytes < size ? STORE_BYTES : atomic_fetch_add(&store_used, bytes);
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
	if (atomic_load(&found))
		watch_for_store();
	return p + STORE_ALIGN;
}

static bool
in_store(const void *p)
{
	return (uintptr_t)p - (uintptr_t)store < STORE_BYTES;
}

static size_t
store_size(const void *p)
{
	return *(const size_t *)((const unsigned char *)p - STORE_ALIGN);
}

static void
checked_free(void *p)
{
	if (!in_store(p))
		real.free(p);
}

static void *
checked_realloc(void *p, size_t size)
{
	if (!in_store(p))
		return real.realloc(p, size);
	void *q = real.malloc(size);
	if (q != NULL)
		memcpy(q, p, store_size(p) < size ? store_size(p) : size);
	return q;
}

static size_t
checked_usable_size(void *p)
{
	return in_store(p) ? store_size(p) : real.malloc_usable_size(p);
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
static bool
is_glibc(void)
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
	size_t used = atomic_load(&store_used);
	void *p = real.calloc(1, 1);

	if (!in_store(p)) {
		real.free(p);
		return false;
	}
	atomic_store(&store_used, used);
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
	if (is_glibc())
		atomic_store(&next_shown, SHOWN_AT_FIRST);
	else if (comes_back())
		next_by_malloc(&ready);
	next = ready;
	atomic_store(&found, true);
	if (atomic_load(&store_used) != 0)
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
		memcpy(q, p, store_size(p) < size ? store_size(p) : size);
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
	return find_next() ? NEXT(malloc_usable_size)(p) : store_size(p);
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

/*
 * Looked for before main, without dlsym, which would leave an error of what is not there for the host. Not by the
 * clock: a constructor of a library holds the loader's lock, and may wait until the clock has ended.
 */
static bool glibcs;
static struct symbol_code peers; /* of another allocator's library */
static int (*real_trim)(size_t);
static struct mallinfo2 (*real_told)(void);
#ifdef __GLIBC__
static struct mallinfo (*real_told_little)(void);
#endif

void
next_init(void)
{
	bool is_found = next_found() == 0;

	glibcs = is_found && is_glibc();
	if (is_found && !glibcs)
		peers = symbol_code((const void *)(uintptr_t)next.malloc);
	real_trim = (int (*)(size_t))symbol_next_by_walk("malloc_trim");
	real_told = (struct mallinfo2(*)(void))symbol_next_by_walk("mallinfo2");
#ifdef __GLIBC__
	real_told_little = (struct mallinfo(*)(void))symbol_next_by_walk("mallinfo");
#endif
}

/*
 * A stacked allocator without its own malloc_trim leaves glibc's behind it in the symbol
 * order: trimming that heap is what the host would have got without weir.
 */
int
next_malloc_trim(size_t pad)
{
	return real_trim != NULL ? real_trim(pad) : 0;
}

bool
next_has_code(uintptr_t pc)
{
	return pc - peers.from < peers.bytes;
}

bool
next_tells(void)
{
	return glibcs;
}

bool
next_told(struct next_told *t)
{
	if (!next_tells())
		return false;
	if (real_told != NULL) {
		struct mallinfo2 i = real_told();

		*t = (struct next_told){.used_bytes = i.uordblks,
					.free_bytes = i.fordblks};
		return true;
	}
#ifdef __GLIBC__
	/* Before glibc 2.33; what is beyond 4 GB it does not tell. */
	if (real_told_little != NULL) {
		struct mallinfo i = real_told_little();

		*t = (struct next_told){.used_bytes = (unsigned)i.uordblks,
					.free_bytes = (unsigned)i.fordblks};
		return true;
	}
#endif
	return false;
}

struct mallinfo2
next_mallinfo2(void)
{
	return real_told != NULL ? real_told() : (struct mallinfo2){0};
}
