/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The next allocator: whatever stands behind us in the symbol order, glibc or a stacked
 * jemalloc or mimalloc. Found with dlsym(RTLD_NEXT) on the first call, never by glibc's own
 * names, so that a stacked allocator keeps its blocks.
 *
 * Every pointer is always callable: until the lookup it is a stub that makes it. Calls that the
 * lookup itself makes are served from a small store of our own, whose blocks are never reused.
 */
#ifndef PRELOAD_NEXT_H
#define PRELOAD_NEXT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weir_next {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
	int (*posix_memalign)(void **, size_t, size_t);
	void *(*aligned_alloc)(size_t, size_t);
	void *(*memalign)(size_t, size_t);
	void *(*valloc)(size_t);
	void *(*pvalloc)(size_t);
	size_t (*malloc_usable_size)(void *);
};
extern struct weir_next next __attribute__((visibility("hidden")));

/*
 * To be called: another one may be put in front while other threads are here. What that loads was written before it was
 * put there, and a processor may follow a jump before it knows where it leads: so acquire. x86-64 keeps loads in order by
 * itself, and an acquire would cost an instruction of its own in malloc.
 */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define NEXT_ORDER __ATOMIC_RELAXED
#else
#define NEXT_ORDER __ATOMIC_ACQUIRE
#endif
#define NEXT(name) __atomic_load_n(&next.name, NEXT_ORDER)

/* Makes the lookup now: 0, or -ENOENT within the lookup itself. */
int next_found(void);

/*
 * glibc keeps as much of its heap's top as the largest mapped block that it ever freed lets it
 * expect (twice that, for blocks of 32 MB at most); until then every burst of small blocks is
 * trimmed and faulted in again. What weir serves it does not see, so it is shown: a block freed by
 * the host, not within the gate.
 */
void next_show_freed(size_t bytes);
#define NEXT_SHOWN_MAX (((size_t)32 << 20) - 8192) /* its header fits as well */
extern _Atomic size_t next_shown __attribute__((visibility("hidden")));

static inline void
next_saw_freed(size_t bytes)
{
	if (__builtin_expect(
		    bytes > atomic_load_explicit(&next_shown, memory_order_relaxed), 0) &&
	    bytes <= NEXT_SHOWN_MAX)
		next_show_freed(bytes);
}

/* Of what was found. */
bool next_is_glibc(void);

#endif
