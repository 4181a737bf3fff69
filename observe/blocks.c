/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table in shards, each with a lock and a size of its own: a shard that grows keeps nobody waiting for more than
 * its own few thousand records. Counted as the shim counts what it serves (preload/ground/record.h), by a span that is made
 * up for the call.
 */
#include "observe/blocks.h"

#include <string.h>
#include <sys/mman.h>

#include "pool/lock.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/kind.h"
#include "preload/ground/record.h"
#include "preload/ground/settings.h"
#include "trace/sites/sites.h"

#define SHARDS	    64
#define SLOTS_LEAST 128u
#define SLOTS_MOST  8192u /* of a shard: 390,000 blocks in all */
#define FILTER_MAX  255	  /* a count that has got there stays */

static struct shard {
	struct weir_lock lock;
	uint32_t n,
		slots; /* a power of two, never fuller than three quarters; 0: no table */
	struct block *table;
} __attribute__((aligned(64))) shards[SHARDS];

_Atomic uint8_t blocks_filter[1 << BLOCKS_FILTER_BITS] __attribute__((aligned(4096)));
static _Atomic bool recording;

/* One shard for each row of the filter, so that the shard's lock guards it. */
static struct shard *
shard_of(const void *p)
{
	return &shards[blocks_filter_row(p) % SHARDS];
}

static uint32_t
home_of(const struct shard *s, const void *p)
{
	return (uint32_t)((uint64_t)(uintptr_t)p * 0xd6e8feb86659fd93u >> 32) &
	       (s->slots - 1);
}

/* The slot of p, or the free one where it would go. */
static uint32_t
find(const struct shard *s, const void *p)
{
	uint32_t i = home_of(s, p);

	while (s->table[i].p != NULL && s->table[i].p != p)
		i = (i + 1) & (s->slots - 1);
	return i;
}

static void
clear(struct shard *s, uint32_t hole)
{
	uint32_t mask = s->slots - 1;

	for (uint32_t i = (hole + 1) & mask; s->table[i].p != NULL; i = (i + 1) & mask) {
		uint32_t home = home_of(s, s->table[i].p);

		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		s->table[hole] = s->table[i];
		hole = i;
	}
	s->table[hole].p = NULL;
	s->n--;
}

static struct block *
new_table(uint32_t slots)
{
	void *p = mmap(NULL, slots * sizeof(struct block), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? p : NULL;
}

/* False: one more does not fit. */
static bool
has_room(struct shard *s)
{
	struct shard bigger = {.slots = s->slots != 0 ? 2 * s->slots : SLOTS_LEAST};

	if (s->n < s->slots / 4 * 3)
		return true;
	if (bigger.slots > SLOTS_MOST || (bigger.table = new_table(bigger.slots)) == NULL)
		return false;
	for (uint32_t i = 0; i < s->slots; i++)
		if (s->table[i].p != NULL)
			bigger.table[find(&bigger, s->table[i].p)] = s->table[i];
	if (s->table != NULL)
		munmap(s->table, s->slots * sizeof(struct block));
	s->table = bigger.table;
	s->slots = bigger.slots;
	return true;
}

/* False: there is no room. `old` is what was there: a block that was freed behind our back, or nothing. */
static bool
insert(const struct block *b, struct block *old)
{
	struct shard *s = shard_of(b->p);
	bool done;

	old->p = NULL;
	weir_lock(&s->lock);
	/* Said again: blocks_end has been here, or waits for the lock. */
	done = atomic_load(&recording) && has_room(s);
	if (done) {
		struct block *slot = &s->table[find(s, b->p)];
		_Atomic uint8_t *count = &blocks_filter[blocks_filter_row(b->p)];

		*old = *slot;
		*slot = *b;
		if (old->p == NULL) {
			s->n++;
			if (*count < FILTER_MAX)
				++*count;
		}
	}
	weir_unlock(&s->lock);
	return done;
}

static bool
take_out(const void *p, struct block *b)
{
	struct shard *s = shard_of(p);
	_Atomic uint8_t *count = &blocks_filter[blocks_filter_row(p)];

	b->p = NULL;
	weir_lock(&s->lock);
	if (s->n > 0) {
		uint32_t i = find(s, p);

		*b = s->table[i];
		if (b->p != NULL) {
			clear(s, i);
			if (*count < FILTER_MAX)
				--*count;
		}
	}
	weir_unlock(&s->lock);
	return b->p != NULL;
}

static struct weir_span
span_of(const struct block *b)
{
	return (struct weir_span){
		.bytes = b->bytes,
		.requested = b->bytes,
		.kind = b->kind,
		.site = b->site,
		.birth_gc = b->birth_gc,
		.birth_ms = b->birth_ms,
	};
}

static void
count_gone(const struct block *b)
{
	const struct weir_span s = span_of(b);

	record_gone(&s, clock_now_ns());
}

/* A child of fork has no thread that would write of it, and perhaps locks that nobody gives back. */
bool
blocks_recorded(void)
{
	/* Acquire: with it come the tables that were made before. */
	return atomic_load_explicit(&recording, memory_order_acquire) && !gate_guest();
}

static bool
enter(struct gate *g)
{
	return blocks_recorded() && gate_enter(g);
}

void
blocks_born(const void *p, size_t bytes, struct place_caller caller)
{
	struct block b = {.p = p, .bytes = bytes}, old;
	struct gate g;

	if (!enter(&g))
		return;
	b.kind = (uint8_t)kind_of(caller.pc);
	struct weir_span s = span_of(&b);
	uint32_t site =
		bytes >= weir_config.trace_min
			? weir_trace_site(caller.frame, (uintptr_t)caller.pc, b.kind)
			: 0;
	record_served(WEIR_PLACE_NEXT, &s, site);
	b.site = s.site;
	b.birth_gc = s.birth_gc;
	b.birth_ms = s.birth_ms;
	if (!insert(&b, &old))
		old = b; /* counted as if it was gone again */
	if (old.p != NULL)
		count_gone(&old);
	gate_leave(&g);
}

bool
blocks_take(const void *p, struct block *b)
{
	struct gate g;

	if (!enter(&g))
		return false;
	bool known = take_out(p, b);
	gate_leave(&g);
	return known;
}

void
blocks_forget(const struct block *b)
{
	struct gate g;

	if (!gate_enter(&g))
		return;
	count_gone(b);
	gate_leave(&g);
}

void
blocks_gone(const void *p)
{
	struct block b;
	struct gate g;

	if (!enter(&g))
		return;
	if (take_out(p, &b))
		count_gone(&b);
	gate_leave(&g);
}

void
blocks_put_back(const struct block *b)
{
	struct block old;
	struct gate g;

	if (!gate_enter(&g))
		return;
	if (!insert(b, &old))
		count_gone(b);
	gate_leave(&g);
}

void
blocks_begin(void)
{
	atomic_store(&recording, true);
}

void
blocks_end(void)
{
	atomic_store(&recording, false);
	for (int i = 0; i < SHARDS; i++) {
		struct shard *s = &shards[i], old;

		weir_lock(&s->lock);
		old = (struct shard){.slots = s->slots, .table = s->table};
		s->n = s->slots = 0;
		s->table = NULL;
		weir_unlock(&s->lock);
		for (uint32_t k = 0; k < old.slots; k++)
			if (old.table[k].p != NULL)
				count_gone(&old.table[k]);
		if (old.table != NULL)
			munmap(old.table, old.slots * sizeof(struct block));
	}
	/* Nobody adds to it now. Its pages go back, and read as zero. */
	memset((void *)blocks_filter, 0, sizeof(blocks_filter));
	madvise((void *)blocks_filter, sizeof(blocks_filter), MADV_DONTNEED);
}
