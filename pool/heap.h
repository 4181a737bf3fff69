/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heap of spans: regions cut into spans, free ones indexed by state and size, neighbours of
 * one state joined. Classes of the pool (pool.c) and extents (extent.c) draw from it and give
 * back to it; memory goes back to the page source from here only.
 *
 * Everything named heap_* needs the heap's lock, but for heap_grow, heap_gather, heap_purge,
 * heap_release_idle and heap_resident, which make system calls and must be called without any
 * lock of the pool.
 * Lock order: a class, then the heap.
 */
#ifndef POOL_HEAP_H
#define POOL_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/lock.h"
#include "pool/pages.h"
#include "pool/span.h"

struct weir_heap_stats {
	uint64_t state_bytes
		[WEIR_SPAN_STATES]; /* LIVE holds STOCKED too: the heap has lent both */
	uint64_t region_bytes, region_peak_bytes;
	uint64_t metadata_bytes;
	uint64_t recycled_bytes, fresh_bytes;
	uint64_t gathers, gathered_bytes;
	uint64_t purges, purged_bytes, purge_failed;
};

extern struct weir_heap_stats heap_stats;

/* Under heap_mutex; read without it by weir_pool_fresh_bytes. */
static inline void
heap_count_fresh(int64_t bytes)
{
	__atomic_store_n(&heap_stats.fresh_bytes,
			 heap_stats.fresh_bytes + (uint64_t)bytes, __ATOMIC_RELAXED);
}
extern const struct weir_pages *heap_pages;

/* region_bytes: usual size of a region, a multiple of WEIR_UNIT_BYTES. */
void heap_init(const struct weir_pages *pages, size_t region_bytes);

/*
 * heap_footprint is what the host holds of weir plus what weir keeps free and resident. It has two
 * bounds: heap_footprint_max, which follows from a memory limit (UINT64_MAX: there is none), and
 * heap_lent_peak + heap_slack, the most that the host held lately and some more. Where fresh pages
 * would exceed either, kept pages are used instead (heap_gather) or given back first.
 */
extern uint64_t heap_footprint_max, heap_lent_peak, heap_slack;
uint64_t heap_footprint(void);
extern uint64_t
	heap_ahead_bytes; /* of what is PURGING: never touched, only being made usable */

/* So much is made usable beyond a block at most (heap_usable.c), 0: nothing. */
extern _Atomic size_t heap_ahead_most;

/* The time of the last tick, for work between two ticks. */
extern _Atomic int64_t heap_clock_ns;

/*
 * Takes the lock, always. True if there are enough free span records for any one operation below;
 * false if no more can be had: then only unlock.
 */
bool heap_lock(void);
bool heap_lock_soon(bool *ready); /* False: it is not to be had at once */
bool heap_lock_spin(bool *ready); /* The same, however often (lock.h) */
void heap_unlock(void);
/* The bare lock, for fork and for statistics. */
extern struct weir_lock heap_mutex;

/* A LIVE span of exactly `bytes` out of free spans in state `from`, or NULL. */
struct weir_span *heap_take(size_t bytes, size_t align, enum weir_span_state from);

/* The same for a block that will grow: at the longest free span, if that has `room` bytes. */
struct weir_span *heap_take_roomy(size_t bytes, size_t room, enum weir_span_state from);

/* A LIVE or PURGING span becomes free in `state` (DIRTY, CLEAN, RESERVED), joined with its like. */
void heap_put(struct weir_span *s, enum weir_span_state state, int64_t freed_ns);

/* Cuts a LIVE span to `bytes` (less than it has); the rest becomes free in `state`. */
void heap_cut(struct weir_span *s, size_t bytes, enum weir_span_state state,
	      int64_t freed_ns);

/*
 * Lengthening a LIVE span by the free ones behind it. heap_take_behind takes `more` bytes of them, as spans in
 * state PURGING, or says that they are too short or too many pieces. The caller makes usable what was RESERVED
 * (and says so in `was`); then heap_append makes them part of the span, or heap_leave_behind free again.
 */
#define HEAP_BEHIND_MAX 8
struct heap_behind {
	unsigned n;
	struct weir_span *piece[HEAP_BEHIND_MAX];
	enum weir_span_state was[HEAP_BEHIND_MAX];
	size_t fresh_bytes; /* of those that were not DIRTY */
};
bool heap_take_behind(const struct weir_span *s, size_t more, struct heap_behind *behind);
void heap_append(struct weir_span *s, const struct heap_behind *behind);
void heap_leave_behind(const struct heap_behind *behind);

/*
 * Gathering (doc/HACKING.md): takes unused address space for a block and moves the pages of smaller
 * DIRTY spans into it, from its start; what these do not fill will be fresh pages. Called without
 * the lock, if heap_can_gather says that it is worth it; only for blocks of heap_gather_from bytes
 * and more. Returns a span in state PURGING, which heap_adopt then makes LIVE under the lock, or
 * NULL if there is no unused address space for it, or another thread is at it: each move stops all page
 * faults of the process, and two that share the pieces move more of them. `*was`: DIRTY, or CLEAN if
 * nothing was moved. The span is usable: it needs no commit.
 */
extern size_t heap_gather_from;
bool heap_can_gather(
	size_t bytes); /* asked once for a request: after a sparse piece so many are told no */
bool heap_has_unused(size_t bytes); /* is there such address space? */
struct weir_span *heap_gather(size_t bytes, enum weir_span_state *was);
void heap_adopt(struct weir_span *s);

/*
 * A LIVE span of a DIRTY one of a quarter of the size and more and as much of its CLEAN neighbour as that lacks; NULL:
 * there is none.
 */
struct weir_span *heap_take_partly(size_t bytes, size_t align);

/* Adds a region that fits `bytes` at `align`. 0 or -ENOMEM. */
int heap_grow(size_t bytes, size_t align);

/*
 * Gives DIRTY memory freed at or before `before_ns` back to the page source, the oldest first, until
 * it is about `bytes`. Returns the bytes given back; what the source refuses counts as freed at now_ns.
 */
uint64_t heap_purge(int64_t before_ns, uint64_t bytes, int64_t now_ns);

/*
 * Gives back regions in which nothing was in use since before_ns; one of usual size is kept. With `all`,
 * or where address space is limited (heap_space, 0: it is not), all of them, and at once.
 */
extern _Atomic uint64_t heap_space;
void heap_release_idle(int64_t before_ns, int64_t now_ns, bool all);

/* When the longest-free DIRTY span was freed, or INT64_MAX if there is none. */
int64_t heap_oldest_ns(void);

/* Resident bytes of all regions, asked of the page source: 20 ns a page. No lock. */
bool heap_resident(uint64_t most, uint64_t *resident);

/* In a forked child: spans that a thread of the parent was purging are free again. */
void heap_after_fork(void);

#endif
