/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The graded pool and the extents above it: what the shim and the scratch API draw from.
 *
 * A class keeps a few of its freed blocks in a stock of its own, last in first out. A block that is not
 * taken again soon, or finds the stock full, goes to the heap that all classes and extents share, still
 * resident, where it can serve any size; from there the clock gives it back to the system.
 * Before fresh pages are touched, every stock is emptied into the heap.
 *
 * One pool a process. All functions may be called from any thread, keep errno, and never
 * allocate through malloc. Not async-signal-safe.
 */
#ifndef POOL_POOL_H
#define POOL_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/pages.h"
#include "pool/span.h"

#define WEIR_POOL_CLASSES_MAX 64

struct weir_pool_config {
	const struct weir_pages *pages;
	const uint64_t *class_bytes; /* ascending capacities; copied */
	uint32_t n_classes;
	size_t region_bytes; /* address space a region takes, multiple of WEIR_UNIT_BYTES */
	size_t gather_from; /* smallest block to be gathered, see heap.h; SIZE_MAX: none is */
	uint64_t
		mappings_max; /* that the kernel lets a process have; 0: the usual 65530 */
};

/* The usual gather_from: for smaller blocks, moving pages costs more than touching new ones. */
#define WEIR_POOL_GATHER_FROM ((size_t)1 << 20)

/*
 * Registers the process for membarrier, which magazines need. Call it while the process has one thread:
 * it is free then, and waits 10 ms and more once there are several. weir_pool_init does it otherwise.
 */
void weir_pool_announce(void);

/*
 * A filter of system calls comes that may kill for membarrier: magazines do without. What their owners have begun without
 * a fence is over when it returns.
 */
void weir_pool_spare_calls(void);

/* Whether this record, whosever it is by now, is of a LIVE block around an address. False where the heap is busy. */
bool weir_pool_is_around(const struct weir_span *s, uintptr_t at);

/* Once, before any other call. */
void weir_pool_init(const struct weir_pool_config *config);

/* A request for a block. */
struct weir_ask {
	size_t bytes; /* capacity wanted, page multiple; ignored for a class */
	size_t align; /* power of two, at least WEIR_PAGE_BYTES; ignored for a class */
	size_t requested; /* what the host asked for: for the statistics */
	uint8_t kind;	  /* carried in the span */
	uint8_t flags;	  /* carried in the span */
	bool want_zero;	  /* rather pages known to be zero than resident ones */
	bool at_once;	  /* rather not at all than after a wait for a lock */
	bool roomy;	  /* will grow: rather where free space lies behind (extents) */
};

enum weir_take_error {
	WEIR_TAKE_OK,
	WEIR_TAKE_ADDRESS_SPACE,
	WEIR_TAKE_COMMIT,
	WEIR_TAKE_METADATA,
	WEIR_TAKE_BUSY /* a lock was not to be had at once */
};

struct weir_taken {
	struct weir_span *span; /* LIVE, or NULL */
	bool zero;		/* every byte reads as zero */
	enum weir_take_error error;
};

/* A block of a size class; an extent of any page-multiple size. */
struct weir_taken weir_pool_take(uint32_t grade, const struct weir_ask *ask);
struct weir_taken weir_extent_take(const struct weir_ask *ask);

/* Gives either back. The caller has made sure that no one else does (weir_span_claim). */
void weir_pool_give(struct weir_span *s, int64_t now_ns);

/* The same for a block of which hardly a page is resident: these go to the system at once. */
void weir_pool_give_purged(struct weir_span *s, int64_t now_ns);

/*
 * The same in two steps: gives the pages to the system and returns what state the block is then in, or -errno; and gives the
 * block back as that. One that is altered and could not be mapped anew must not be lent again.
 */
int weir_pool_discard(const struct weir_span *s);
void weir_pool_give_discarded(struct weir_span *s, int state, int64_t now_ns);

/*
 * For a block that the host has advised to be huge (WEIR_SPAN_ADVISED): as long as all of its pages are
 * there, the advice does nothing, and new pages would be dear. True: it may be given and lent as it is,
 * and will be mapped anew when its pages go back. The C library unmaps what is larger than 32 MB.
 */
bool weir_span_keeps_advice(const struct weir_span *s);

/*
 * For a pointer to free: takes the span out of LIVE, so that exactly one of any number of
 * racing callers succeeds. The winner must call weir_pool_give.
 */
bool weir_span_claim(struct weir_span *s);

/* The host's request for a live block has changed to `requested`, at most its capacity. */
void weir_pool_resized(struct weir_span *s, size_t requested);

/*
 * Changes the capacity of a live extent where it stands. Shrinking gives the tail back; growing
 * works if free space lies behind it. Updates requested. 0 or -ENOMEM (nothing changed).
 */
int weir_extent_resize(struct weir_span *s, size_t bytes, size_t requested,
		       int64_t now_ns);

/*
 * For realloc: brings the first `bytes` (a page multiple) of `from` to `to`, which reads as zero. Pages
 * are moved (mremap) as far as the kernel and the limit on mappings (origin.h) allow, the rest is
 * copied. *went: how many bytes were moved; that part of `from` reads as zero afterwards. False: the
 * kernel took `to` away, nobody may use it or give it back; `from` is as it was.
 */
bool weir_span_move(struct weir_span *from, struct weir_span *to, size_t bytes,
		    size_t *went);

/* About how many of 256 parts of a block are resident, by sampling; 256 if unknown. */
unsigned weir_span_touched(const struct weir_span *s);

struct weir_tick {
	int64_t now_ns;
	int64_t stock_before_ns; /* blocks stocked at or before this leave their class */
	int64_t purge_before_ns; /* spans freed at or before this go back to the system */
	uint64_t cap_bytes;	 /* then oldest first, until no more than this is left */
	uint64_t
		most_bytes; /* lent and kept together; fresh pages beyond cost kept ones */
	uint64_t
		lent_peak; /* the most that was lent lately, weir_pool_lent_peak or less */
	uint64_t slack_bytes; /* what may be kept beside it; UINT64_MAX: no bound */
	uint64_t step_bytes;  /* so much at most for its age alone; 0: all */
	uint64_t
		firm_bytes; /* what is kept beyond it, the kernel may take at any time; 0: nothing */
	uint64_t
		firm_held_bytes; /* or beyond what of this the most that was lent lately leaves */
};

struct weir_tick_result {
	uint64_t cached_bytes; /* free and perhaps resident, after the tick */
	int64_t oldest_ns;     /* when the oldest of it was freed; INT64_MAX if none */
};

/* The clock's work; call it, and weir_pool_trim, from one thread at a time, under no lock. */
struct weir_tick_result weir_pool_tick(const struct weir_tick *tick);

/* Sees what threads have done with scratch blocks of their own, as a tick does. */
void weir_pool_see(int64_t now_ns);

/* Gives all free memory back, whatever its age; the bounds of the last tick hold on. About how much it was. */
uint64_t weir_pool_trim(int64_t now_ns);

/*
 * Gives the oldest free memory back until no more than `cap_bytes` is left. Any thread, under no lock. How much it
 * was.
 */
uint64_t weir_pool_shrink(uint64_t cap_bytes, int64_t now_ns);

/* So much was lent in pages that were not resident. Any time; moving pages makes it less. */
uint64_t weir_pool_fresh_bytes(void);

/*
 * The process's data, its address space is limited (RLIMIT_DATA, or strict commit accounting; RLIMIT_AS, 0:
 * it is not): free memory is to count against neither. From the next tick or trim on.
 */
void weir_pool_limited(bool data, uint64_t space_bytes);

/* After weir_pool_trim: address space that nobody uses goes as well, as far as whole units are free. */
void weir_pool_shed(int64_t now_ns);

/* Has anything become free since, apart from blocks that are stocked? Any time, a load. */
bool weir_pool_changed(void);

/* So much of what is kept the kernel may not take. Any time. */
uint64_t weir_pool_firm_bytes(void);

/* Free bytes that are perhaps resident, stocks included. Cheap, not exact under load. */
uint64_t weir_pool_cached_bytes(void);

/* Whether that and what the host holds are together above `most`: two loads. */
bool weir_pool_takes_above(uint64_t most);

/* Bytes that the host holds now, about, and the most of it that the last ticks let stand. */
uint64_t weir_pool_lent_bytes(void);

/* Whether that and `more` are above `most`, mostly without a sum. */
bool weir_pool_lends_above(uint64_t most, uint64_t more);
uint64_t weir_pool_lent_peak(void);

/* With so many bytes more, does the host hold three quarters of what the last tick's room allows? */
bool weir_pool_tight(uint64_t bytes);

/*
 * Resident bytes of everything the pool holds, as the kernel counts them. False, and nothing is done, where
 * more than `most` bytes of addresses would have to be looked at: milliseconds a GB, used by now or not.
 */
bool weir_pool_resident(uint64_t most, uint64_t *resident);

/*
 * Around fork: freeze in the parent before, thaw after in the parent, after_fork in the child, before
 * it uses the pool. Until then it stays frozen; if that is not at once, the one thread of the child
 * says that it is one by weir_pool_forked, and may end.
 * Frozen, all counters of all classes, stocks and the heap agree with each other.
 */
void weir_pool_freeze(void);
void weir_pool_thaw(void);
void weir_pool_forked(void);
void weir_pool_after_fork(void);

#endif
