/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of the tables: one mapping of fixed size, made once and never given back, of which
 * only what is used takes memory. Shared by intern.c, sites.c and publish.c; nobody else.
 */
#ifndef TRACE_LEDGER_H
#define TRACE_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "pool/lock.h"
#include "weir/trace.h"

enum ledger_capacity {
#define X(id, bytes, capacity, meaning) CAPACITY_##id = (int)(capacity),
	WEIR_TRACE_PARTS(X)
#undef X
};

/* Open-addressed indices: powers of two, never fuller than three quarters. */
#define STRING_SLOTS (1u << 17)
#define FRAME_SLOTS  (1u << 16)
#define NODE_SLOTS   (1u << 18)
#define SITE_SLOTS   (1u << 14)
#define CACHE_SLOTS  (1u << 12)

/* A site as it lives: the record of the sidecar, and what its upkeep needs. */
struct ledger_site {
	struct weir_lock lock;
	uint32_t gc;	      /* major GCs that the ages are up to */
	bool sampled;	      /* its blocks stand for several */
	uint64_t least_bytes; /* live, since then */
	uint64_t fields[WEIR_N_SITE_FIELDS];
};

/* A row with room for the most points there are. */
struct ledger_row {
	struct weir_trace_row row;
	struct weir_trace_point points[512];
};

struct ledger {
	char strings[CAPACITY_STRINGS];
	struct weir_trace_module modules[CAPACITY_MODULES];
	struct weir_trace_thread threads[CAPACITY_THREADS];
	struct weir_trace_frame frames[CAPACITY_FRAMES];
	struct weir_trace_node nodes[CAPACITY_NODES];
	uint32_t string_slots[STRING_SLOTS];
	uint32_t frame_slots[FRAME_SLOTS];
	uint32_t node_slots[NODE_SLOTS];
	struct ledger_site sites[CAPACITY_SITES0];
	uint16_t site_slots[SITE_SLOTS];
	_Atomic uint64_t site_cache[CACHE_SLOTS];
	uint64_t image[CAPACITY_SITES0][WEIR_N_SITE_FIELDS]; /* as published last */
	struct ledger_row row;
};

/* NULL: there is no tracing. Written once, before the first block. */
extern struct ledger *ledger;

/* Records in use; grows after the record is complete, so that a reader needs no lock. */
extern _Atomic uint32_t ledger_used[WEIR_N_TRACE_PARTS];

/* Guards all of it but the sites' own numbers. Nobody waits for it long: sites.c. */
extern struct weir_lock ledger_lock;

/* 0, or -ENOMEM and no tables. */
int ledger_make(void);

static inline uint32_t
ledger_count(enum weir_trace_part_id part)
{
	return atomic_load_explicit(&ledger_used[part], memory_order_acquire);
}

static inline void
ledger_counted(enum weir_trace_part_id part, uint32_t used)
{
	atomic_store_explicit(&ledger_used[part], used, memory_order_release);
}

/* Well mixed, so that any of its bits will do as an index. */
static inline uint64_t
ledger_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9fb21c651e98df25u;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93u;
	return hash ^ hash >> 29;
}

#endif
