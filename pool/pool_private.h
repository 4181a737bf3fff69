/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the pool above the heap share: the classes and their stocks. Nobody else
 * includes it. Lock order: those that are late, magazines, classes in ascending order, the heap.
 */
#ifndef POOL_POOL_PRIVATE_H
#define POOL_POOL_PRIVATE_H

#include "pool/class_of.h"
#include "pool/heap.h"
#include "pool/pool.h"
#include "pool/pool_stats.h"

struct pool_class {
	struct weir_lock lock;
	unsigned grown;		/* of 256 blocks that came from the heap, about */
	struct weir_span stock; /* list, latest freed first */
	struct weir_class_stats stats;
	uint64_t scratch_gets, scratch_puts, scratch_inherited;
} __attribute__((aligned(64)));

extern struct pool_class pool_classes[WEIR_POOL_CLASSES_MAX];
/* In stocks of classes. Whether they have so many bytes costs less than how many they have. */
uint64_t pool_stocked_bytes(void);
bool pool_stocks_have(uint64_t bytes);

extern _Atomic uint64_t scratch_events; /* see weir_pool_use */

/* stock.c: a free block into the class's stock, and out of it; the class's lock is held. */
void pool_stocks_init(const uint64_t *class_bytes, uint32_t n);
void pool_stock_push(struct pool_class *c, struct weir_span *s, int64_t now_ns);
struct weir_span *pool_stock_pop(struct pool_class *c); /* NULL: it is empty */

/*
 * So many blocks are kept for a class; what is freed beyond goes to the heap at once, by whoever frees it: else one
 * request would move what others freed. Without the lock, about.
 */
#define POOL_STOCK_MOST 8
static inline bool
pool_stock_is_full(const struct pool_class *c)
{
	return __atomic_load_n(&c->stats.cached, __ATOMIC_RELAXED) >= POOL_STOCK_MOST;
}

/*
 * Before a block's memory becomes free: the kernel may take it, if more than pool_firm_bytes is kept already.
 * Without any lock.
 */
extern _Atomic uint64_t pool_firm_bytes; /* UINT64_MAX: there is no memory limit */
extern _Atomic uint64_t pool_firm_held;
extern _Atomic uint64_t pool_offered_bytes, pool_offers_failed;
void pool_offer(uintptr_t base, size_t bytes);

/* Counts that a block of the class was given back; the class's lock is held. */
void pool_class_given(struct pool_class *c, const struct weir_span *s);

/* A block grew out of the class, or one was lent that its stock did not have; the class's lock is held. */
#define POOL_GROWN_LAST 16
static inline void
pool_class_grew(struct pool_class *c)
{
	c->grown += 256 / POOL_GROWN_LAST;
}

static inline bool
pool_class_grows(struct pool_class *c)
{
	c->grown -= c->grown / POOL_GROWN_LAST;
	return c->grown > 128;
}

/*
 * late.c: a claimed block into its class's stock or the heap; in a state other than DIRTY, it was just purged. If the locks
 * are not to be had at once it waits in pool_late, for the next free that has no wait, or for the clock.
 */
void pool_give_as(struct weir_span *s, enum weir_span_state state, int64_t now_ns);

extern _Atomic(struct weir_span *) pool_late;

/* All of them, however long it takes; until thaw nobody works on those that come. */
void pool_late_freeze(void);
void pool_late_thaw(void);
void pool_late_after_fork(void);

/* limited.c: purged pages count as data while they are usable; without a limit on it nothing happens. */
void pool_withdraw(void);

/* Moves stocked blocks freed at or before before_ns into the heap: all of them, for the clock. */
void pool_flush_stocks(int64_t before_ns);

/*
 * For a request, which is not to pay for all that others have freed: moves POOL_FLUSH_MOST blocks at most
 * that may join to a span of `bytes`, the largest first, and returns how many; or one that it can be cut
 * from. The last moves blocks until the heap keeps `bytes`, eight times as many at most: each of them
 * will cost a system call.
 */
#define POOL_FLUSH_MOST 32
unsigned pool_flush_smaller(size_t bytes);
void pool_flush_larger(size_t bytes);
void pool_flush_bytes(uint64_t bytes);

/*
 * pool_find looks for a span: among recycled pages first (unless zero pages are wanted), then purged
 * ones, then new ones. It either finds one (FOUND), gives up (REFUSED), or says what has to be done
 * without the lock, by pool_prepare_again, before it is called again:
 * FLUSH   move blocks from the stocks of the classes to the heap, which may then have a recycled span
 * GATHER  move the pages of several free spans together } where fresh pages would exceed the
 * PAY     give kept pages back to the system first       } footprint, see heap.h
 * GROW    reserve another region
 */
enum pool_step {
	POOL_FOUND,
	POOL_FLUSH,
	POOL_GATHER,
	POOL_PAY,
	POOL_GROW,
	POOL_REFUSED,
	POOL_BUSY
};

struct pool_search {
	size_t bytes, align;
	bool want_zero, at_once;
	bool roomy;
	bool gathered, paid; /* what has been tried */
	unsigned flushed;    /* so often */
	uint64_t price;	     /* what PAY is to give back */
	unsigned grown;
	bool loose; /* recycled pages with room behind them rather than those that fit best */
	struct weir_span *span;
	enum weir_span_state was; /* what the span was before */
	bool usable;		  /* though it was RESERVED */
};

enum pool_step pool_find(struct pool_search *search); /* takes the lock, keeps it */

/* Does what the step asks for, without any lock; false: it failed, and so does the request. */
bool pool_prepare_again(struct pool_search *search, enum pool_step step);

/*
 * The price of fresh pages: notes that the host is about to hold `more`, and says how much of what is
 * kept has to go before `fresh` bytes of it are touched (pool_pay), 0 for nothing. The heap's lock is held.
 */
void pool_note_lent(uint64_t more);
uint64_t pool_price(uint64_t fresh);
void pool_pay(uint64_t excess); /* without any lock */

/* extent.c; the numbers are guarded by the heap's lock. */
extern struct weir_extent_stats extent_stats;
extern uint64_t extent_scratch_gets, extent_scratch_puts, extent_scratch_inherited;
void extent_given(const struct weir_span *s); /* lock held */
void extent_resized(struct weir_span *s, size_t requested);

/* Makes what was found usable, without any lock. 0 or -errno. */
int pool_commit(const struct pool_search *found);

#endif
