/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions in front of the next allocator, put there before its first trim under load and never before; a
 * process without one pays nothing, with one a comparison more. A tray is filled from its start to its end
 * and is empty again when all of its blocks are free; its one word says both, so that there is no lock for a
 * preempted thread to hold. What does not fit is the next allocator's, and has to wait.
 */
#include "preload/aside.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "pool/lock.h"
#include "pool/pages.h"
#include "pool/sys.h"
#include "preload/gate.h"
#include "preload/next.h"
#include "preload/sampler.h"
#include "preload/settings.h"
#include "preload/trim.h"

#define TRAY_BYTES  ((uint32_t)256 << 10)
#define TRAYS	    128
#define ALIGN_LEAST 16
#define ALIGN_MOST  4096
#define TAKEN	    1 /* of no block: it is on its way to the system */
#define DRAINED	    8 /* blocks in one go */
#define GRACE_NS    200000
#define WAIT_NS	    100000
#define WAIT_STEPS  20000 /* a trim takes no second */

/* In front of each block. */
struct head {
	size_t bytes, unused;
};

/* Written once, before the functions that read them are put where others find them (NEXT_ORDER). */
static struct weir_next under;
static _Atomic uintptr_t base; /* of the trays, 0: none yet; relaxed but for fork */
static _Atomic uint64_t words[TRAYS];  /* used bytes, and in the lower half live blocks */
static _Atomic uint8_t touched[TRAYS]; /* since its pages went back */
static _Atomic uint32_t current;
_Atomic bool aside_open;
static struct weir_lock opened; /* while it is open: for fork */
static bool is_frozen;
static _Atomic(void *)
	waiting; /* freed while it was open: each begins with the next one */
static _Atomic(void *) next_to_go; /* of these, in the hands of whoever holds the lock */
static struct weir_lock draining;
static _Atomic uint64_t served, refused;

static inline uintptr_t
trays_base(void)
{
	return atomic_load_explicit(&base, memory_order_relaxed);
}

static inline bool
is_aside(const void *p)
{
	return (uintptr_t)p - trays_base() < (uintptr_t)TRAYS * TRAY_BYTES;
}

static inline struct head *
head_of(const void *p)
{
	return (struct head *)p - 1;
}

static void *
take_from(uint32_t tray, size_t bytes, size_t align)
{
	uintptr_t from = trays_base() + (uintptr_t)tray * TRAY_BYTES;
	uint64_t word = atomic_load(&words[tray]), end;
	uintptr_t p;

	do {
		p = from + (word >> 32) + sizeof(struct head);
		p = (p + align - 1) & ~(align - 1);
		end = p + bytes - from;
		if (end > TRAY_BYTES)
			return NULL;
	} while (!atomic_compare_exchange_weak(&words[tray], &word,
					       end << 32 | ((uint32_t)word + 1)));
	if (!atomic_load_explicit(&touched[tray], memory_order_relaxed))
		atomic_store(&touched[tray], 1);
	head_of((void *)p)->bytes = bytes;
	return (void *)p;
}

static void *
take(size_t size, size_t align)
{
	uint32_t from = atomic_load_explicit(&current, memory_order_relaxed);

	if (size <= TRAY_BYTES / 2) {
		size_t bytes = (size + ALIGN_LEAST - 1) & ~(size_t)(ALIGN_LEAST - 1);

		for (uint32_t i = 0; i < TRAYS; i++) {
			uint32_t tray = (from + i) % TRAYS;
			void *p =
				take_from(tray, bytes != 0 ? bytes : ALIGN_LEAST, align);

			if (p == NULL)
				continue;
			if (i != 0)
				atomic_store(&current, tray);
			atomic_fetch_add_explicit(&served, 1, memory_order_relaxed);
			return p;
		}
	}
	atomic_fetch_add_explicit(&refused, 1, memory_order_relaxed);
	return NULL;
}

static void
give(const void *p)
{
	_Atomic uint64_t *at = &words[((uintptr_t)p - trays_base()) / TRAY_BYTES];
	uint64_t word = atomic_load(at);

	while (!atomic_compare_exchange_weak(at, &word,
					     (uint32_t)word == 1 ? 0 : word - 1))
		;
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
	if (__builtin_expect(is_aside(p), 0)) {
		give(p);
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
	return is_aside(p) ? head_of(p)->bytes : under.malloc_usable_size(p);
}

/* glibc looks at the block's own size without a lock. */
static void *
aside_realloc(void *p, size_t size)
{
	if (p == NULL)
		return aside_malloc(size);
	if (!is_aside(p) && !opens())
		return under.realloc(p, size);
	if (size == 0) {
		aside_free(p);
		return NULL;
	}
	size_t old = aside_usable_size(p);
	if (size <= old && (size > old / 2 || !is_aside(p)))
		return p;
	void *q = is_aside(p) ? aside_malloc(size) : take(size, ALIGN_LEAST);
	if (q == NULL)
		return is_aside(p) ? NULL : under.realloc(p, size);
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
	void *trays = weir_pages_system.meta((size_t)TRAYS * TRAY_BYTES);

	if (trays == NULL || next_found() != 0)
		return false;
	under = *to;
	base = (uintptr_t)trays;
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

/* Pages of trays that are empty. Nobody else is served from one meanwhile. */
static void
tidy(void)
{
	for (uint32_t i = 0; i < TRAYS; i++) {
		uint64_t empty = 0;

		if (!atomic_load(&touched[i]) ||
		    !atomic_compare_exchange_strong(&words[i], &empty,
						    (uint64_t)TRAY_BYTES << 32 | TAKEN))
			continue;
		void *p = (void *)(trays_base() + (uintptr_t)i * TRAY_BYTES);
		if (weir_pages_system.purge(p, TRAY_BYTES) == WEIR_PURGED_RESERVED &&
		    weir_pages_system.commit(p, TRAY_BYTES) != 0)
			continue; /* nobody is served from it any more */
		atomic_store(&touched[i], 0);
		atomic_store(&words[i], 0);
	}
}

/* Half of the trays have to be free: what is never freed may have filled them. */
static bool
has_room(void)
{
	uint32_t empty = 0;

	for (uint32_t i = 0; i < TRAYS; i++)
		empty += atomic_load(&words[i]) == 0;
	return empty >= TRAYS / 2;
}

static bool
begin(void)
{
	if (weir_floor == SIZE_MAX || (base == 0 && !install()))
		return false;
	tidy();
	if (!has_room())
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
	tidy();
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
	if (base == 0)
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
	if (base == 0)
		return;
	is_frozen = false;
	weir_lock_reset(&opened);
	weir_lock_reset(&draining);
	atomic_store(&served, 0);
	atomic_store(&refused, 0);
}
