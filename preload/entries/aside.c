/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions in front of the next allocator, put there before its first trim under load and never before; a
 * process without one pays nothing, with one a comparison more. What trays.c has no room for is the next allocator's, and
 * has to wait.
 */
#include "preload/entries/aside.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "pool/lock.h"
#include "pool/sys.h"
#include "preload/clock/trim.h"
#include "preload/entries/sampler.h"
#include "preload/ground/gate.h"
#include "preload/ground/next.h"
#include "preload/ground/settings.h"
#include "preload/machine/trays.h"

#define ALIGN_LEAST TRAYS_ALIGN
#define ALIGN_MOST  4096
#define DRAINED	    8 /* blocks in one go */
#define GRACE_NS    200000
#define WAIT_NS	    100000
#define WAIT_STEPS  20000 /* a trim takes no second */

/* Written once, before the functions that read them are put where others find them (NEXT_ORDER). */
static struct weir_next under;
_Atomic bool aside_open;
static struct weir_lock opened; /* while it is open: for fork */
static bool is_frozen;
static _Atomic(void *)
	waiting; /* freed while it was open: each begins with the next one */
static _Atomic(void *) next_to_go; /* of these, in the hands of whoever holds the lock */
static struct weir_lock draining;
static _Atomic uint64_t served, refused;

static void *
take(size_t size, size_t align)
{
	void *p = trays_take(size, align);

	atomic_fetch_add_explicit(p != NULL ? &served : &refused, 1,
				  memory_order_relaxed);
	return p;
}

/* Taken all at once by drain: what the caller wrote there goes with each exchange. */
static void
let_wait(void *p)
{
	void *first = atomic_load(&waiting);

	do {
		memcpy(p, &first, sizeof(first));
	} while (!atomic_compare_exchange_weak(&waiting, &first, p));
}

/*
 * By the host's threads, a few at a time: the clock's has no part in glibc's heap, and would get an arena of its
 * own. A child that is forked meanwhile finds each block in the list, or freed, but for those that were just taken
 * out of it, which it loses.
 */
static void
drain(void)
{
	if (!weir_trylock(&draining))
		return;
	for (int i = 0; i < DRAINED; i++) {
		void *p = atomic_load(&next_to_go), *after;

		if (p == NULL && (p = atomic_exchange(&waiting, NULL)) == NULL)
			break;
		memcpy(&after, p, sizeof(after));
		atomic_store(&next_to_go, after);
		under.free(p);
	}
	weir_unlock(&draining);
}

static inline bool
opens(void)
{
	return __builtin_expect(atomic_load_explicit(&aside_open, memory_order_acquire),
				0);
}

static void *
aside_malloc(size_t size)
{
	void *p = opens() ? take(size, ALIGN_LEAST) : NULL;

	return p != NULL ? p : under.malloc(size);
}

static void *
aside_calloc(size_t n, size_t size)
{
	size_t bytes;
	void *p = NULL;

	if (opens() && !__builtin_mul_overflow(n, size, &bytes) &&
	    (p = take(bytes, ALIGN_LEAST)) != NULL)
		memset(p, 0, bytes);
	return p != NULL ? p : under.calloc(n, size);
}

static void
aside_free(void *p)
{
	if (p == NULL)
		return;
	if (__builtin_expect(trays_have(p), 0)) {
		trays_give(p);
	} else if (opens()) {
		let_wait(p);
	} else {
		if (__builtin_expect(
			    atomic_load_explicit(&waiting, memory_order_relaxed) !=
					    NULL ||
				    atomic_load_explicit(&next_to_go,
							 memory_order_relaxed) != NULL,
			    0))
			drain();
		under.free(p);
	}
}

static size_t
aside_usable_size(void *p)
{
	return trays_have(p) ? trays_bytes(p) : under.malloc_usable_size(p);
}

/* glibc looks at the block's own size without a lock. */
static void *
aside_realloc(void *p, size_t size)
{
	if (p == NULL)
		return aside_malloc(size);
	if (!trays_have(p) && !opens())
		return under.realloc(p, size);
	if (size == 0) {
		aside_free(p);
		return NULL;
	}
	size_t old = aside_usable_size(p);
	if (size <= old && (size > old / 2 || !trays_have(p)))
		return p;
	void *q = trays_have(p) ? aside_malloc(size) : take(size, ALIGN_LEAST);
	if (q == NULL)
		return trays_have(p) ? NULL : under.realloc(p, size);
	memcpy(q, p, size < old ? size : old);
	aside_free(p);
	return q;
}

static void *
take_aligned(size_t align, size_t size)
{
	if (!opens() || align == 0 || (align & (align - 1)) != 0 || align > ALIGN_MOST)
		return NULL;
	return take(size, align < ALIGN_LEAST ? ALIGN_LEAST : align);
}

static int
aside_posix_memalign(void **p, size_t align, size_t size)
{
	void *q = align % sizeof(void *) == 0 ? take_aligned(align, size) : NULL;

	if (q == NULL)
		return under.posix_memalign(p, align, size);
	*p = q;
	return 0;
}

static void *
aside_aligned_alloc(size_t align, size_t size)
{
	void *p = take_aligned(align, size);

	return p != NULL ? p : under.aligned_alloc(align, size);
}

static void *
aside_memalign(size_t align, size_t size)
{
	void *p = take_aligned(align, size);

	return p != NULL ? p : under.memalign(align, size);
}

/* Other threads call these all the time: each finds the one or the other. What takes a pointer comes first. */
static bool
install(void)
{
	struct weir_next *to = sampler_beneath();

	if (next_found() != 0 || !trays_make())
		return false;
	under = *to;
	atomic_thread_fence(memory_order_seq_cst);
#define PUT(to, name, function)                                                          \
	__atomic_store_n(&(to)->name, (function), __ATOMIC_RELEASE)
	PUT(to, malloc_usable_size, aside_usable_size);
	PUT(&next, malloc_usable_size, aside_usable_size);
	PUT(to, free, aside_free);
	PUT(to, realloc, aside_realloc);
	PUT(to, malloc, aside_malloc);
	PUT(to, calloc, aside_calloc);
	PUT(to, posix_memalign, aside_posix_memalign);
	PUT(to, aligned_alloc, aside_aligned_alloc);
	PUT(to, memalign, aside_memalign);
#undef PUT
	sampler_changed();
	return true;
}

static bool
begin(void)
{
	if (weir_floor == SIZE_MAX || (!trays_are() && !install()))
		return false;
	trays_tidy();
	if (!trays_have_room())
		return false;
	weir_lock(&opened);
	atomic_store(&aside_open, true);
	/* Who has looked already gets to the next allocator's lock, and is through. */
	weir_sys_sleep(GRACE_NS);
	return true;
}

static void
end(void)
{
	atomic_store(&aside_open, false);
	weir_unlock(&opened);
	trays_tidy();
}

static struct trim_aside
facts(void)
{
	return (struct trim_aside){atomic_load(&served), atomic_load(&refused)};
}

void
aside_init(void)
{
	trim_init(begin, end, facts);
}

/* Where nothing was ever served, a fork writes to no page for it. */
void
aside_freeze(void)
{
	if (!trays_are())
		return;
	weir_lock(&opened);
	is_frozen = true;
}

void
aside_wait(void)
{
	for (int i = 0; i < WAIT_STEPS && gate_depth == 0 && atomic_load(&aside_open);
	     i++)
		weir_sys_sleep(WAIT_NS);
}

void
aside_thaw(void)
{
	if (!is_frozen)
		return;
	is_frozen = false;
	weir_unlock(&opened);
}

void
aside_after_fork(void)
{
	if (!trays_are())
		return;
	is_frozen = false;
	weir_lock_reset(&opened);
	weir_lock_reset(&draining);
	atomic_store(&served, 0);
	atomic_store(&refused, 0);
}
