/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A magazine: a thread's own few free scratch blocks, so that a get and a put touch no shared
 * cache line and need no locked instruction.
 *
 * The owner marks itself busy and looks whether somebody claims the magazine; whoever else wants
 * in (the clock, fork, statistics) claims it, makes every running thread pass a memory barrier
 * (membarrier), and waits until the owner is not busy. So the owner pays two plain stores and
 * the visitor pays for both. Without membarrier the owner pays for a fence instead. Who reads that the other is not there
 * does so with acquire, of what the other stored with release as it left, and so has what it wrote
 * (tests/unit/test_weak_order.c).
 *
 * The same keeps the reference count of a block that its thread has to itself: the upper half of
 * `refs` names the magazine it came from, and then only the owner, busy, changes it, without a
 * locked instruction. Another thread that wants to count first visits and takes the name off;
 * a count without a name is everybody's, by compare-and-swap.
 */
#ifndef POOL_MAGAZINE_H
#define POOL_MAGAZINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/pool_stats.h"
#include "pool/span.h"

#define MAGAZINE_DEPTH 4
/*
 * A thread keeps no more than this, and less under a memory limit (magazine_most); a block of a class
 * above it goes to the class at once.
 */
#define MAGAZINE_BYTES ((size_t)32 << 20)
extern _Atomic uint64_t magazine_most __attribute__((visibility("hidden")));

/*
 * When another thread counts a named block, which is slow, its class is likely to be passed between
 * threads: the next so many blocks that this thread gets of that class are not named.
 */
#define MAGAZINE_SHY 1000

struct magazine_row {
	struct weir_span *blocks[MAGAZINE_DEPTH];
	uint32_t n;
	uint32_t shy;	      /* this many more gets are not named */
	uint64_t gets;	      /* served here */
	uint64_t drained;     /* blocks that went to the class's stock */
	uint64_t asked_bytes; /* sum of the sizes that the gets asked for */
	uint64_t given_bytes; /* the same of the blocks that were put back */
};

/* Puts need no counter: whatever was put has left since (gets, drained) or is still here. */
static inline uint64_t
magazine_puts(const struct magazine_row *row)
{
	return row->gets + row->drained + row->n;
}

/* The first four members are all that a get or a put needs of it. */
struct magazine {
	_Atomic uint32_t busy, claimed;
	uint64_t name;		/* what `refs` says in its upper half */
	_Atomic uint64_t bytes; /* in blocks; written by the owner or a visitor */
	struct weir_span *last; /* the block got last, if it is named or put back here */
	bool owned;
	uint64_t seen_operations;
	int64_t seen_ns; /* when the clock last saw that there were more operations */
	struct magazine *next;
	struct magazine_row
		rows[]; /* of the classes, and an empty one for what is larger */
};

#define MAGAZINE_NAME_SHIFT 32

/* What whoever enters any of them has to heed, a bit each, so that it is one load. */
#define MAGAZINES_FENCE 1u /* there is no membarrier: a fence of the owner's own */
#define MAGAZINES_CLAIMED                                                                \
	2u /* by freeze, all at once: a flag in each would cost fork a page for each thread */
extern _Atomic uint32_t magazines_heed __attribute__((visibility("hidden")));

void magazine_init(void);

/* The calling thread's magazine, if it has one. */
extern _Thread_local struct magazine *magazine_own
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* The same, made on first use; NULL if there is none to be had. */
struct magazine *magazine_mine(void);

static inline uint64_t
magazine_bytes(const struct magazine *m)
{
	return atomic_load_explicit(&m->bytes, memory_order_relaxed);
}

static inline void
magazine_set_bytes(struct magazine *m, uint64_t bytes)
{
	atomic_store_explicit(&m->bytes, bytes, memory_order_relaxed);
}

static inline bool
magazine_enter(struct magazine *m)
{
	if (atomic_load_explicit(&m->busy, memory_order_relaxed))
		return false; /* a signal handler interrupted its own thread */
	atomic_store_explicit(&m->busy, 1, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	/* Asked behind the mark: who loses the processor before it asks when it is back. */
	uint32_t heed = atomic_load(&magazines_heed);
	if (__builtin_expect(heed & MAGAZINES_FENCE, 0)) {
		atomic_store(&m->busy, 1);
		heed = atomic_load(&magazines_heed);
	}
	if (atomic_load(&m->claimed) == 0 && !(heed & MAGAZINES_CLAIMED))
		return true;
	atomic_store_explicit(&m->busy, 0, memory_order_release);
	return false;
}

static inline void
magazine_leave(struct magazine *m)
{
	atomic_store_explicit(&m->busy, 0, memory_order_release);
}

/*
 * Takes the name off a block's count, so that it is everybody's. False if the caller is the owner
 * and busy, that is, in a signal handler.
 */
bool magazine_unname(struct weir_span *s, uint64_t refs);

/* Blocks of magazines that were not used since before_ns go to their classes. */
void magazine_drain(int64_t before_ns);

uint64_t magazine_cached_bytes(void);

/* What the clock should know: the time of the longest unused magazine that holds blocks. */
int64_t magazine_oldest_ns(void);
void magazine_mark(int64_t now_ns);

/* For freeze: no owner gets in between claim_all and release_all. */
void magazine_claim_all(void);
void magazine_release_all(void);
void magazine_forked(void);
void magazine_after_fork(void);

/* Adds the magazines' numbers to a class's; only between claim_all and release_all. */
void magazine_add_stats(uint32_t grade, struct weir_class_stats *stats);
void magazine_add_scratch(struct weir_scratch_stats *stats);

#endif
