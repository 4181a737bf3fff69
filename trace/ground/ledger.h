/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of the tables, never given back. A table is a row of chunks, each mapped when its first record is
 * needed: address space counts where a host locks all it has (mlockall), so there is little before there is
 * much to tell. Records stay where they are. Shared by intern.c, sites.c, rows.c and publish.c; nobody else.
 */
#ifndef TRACE_LEDGER_H
#define TRACE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/lock.h"
#include "trace/ground/lookup.h"
#include "weir/trace.h"

enum ledger_capacity {
#define X(id, bytes, capacity, meaning) CAPACITY_##id = (int)(capacity),
	WEIR_TRACE_PARTS(X)
#undef X
};

#define SITE_SLOTS  (1u << 14) /* open-addressed, never fuller than half */
#define CACHE_SLOTS (1u << 12)

/* Records of a chunk, as a power of two: 32 to 64 KB; pages.h keeps a list of them all. */
#define STRINGS_SHIFT 16
#define FRAMES_SHIFT  10
#define NODES_SHIFT   12
#define SITES_SHIFT   7

#define STRINGS_BYTES ((size_t)1 << STRINGS_SHIFT)
#define FRAMES_BYTES  (sizeof(struct weir_trace_frame) << FRAMES_SHIFT)
#define NODES_BYTES   (sizeof(struct weir_trace_node) << NODES_SHIFT)

/* The place of record i in its chunk. */
#define LEDGER_REST(shift, i) ((i) & ((1u << (shift)) - 1))

/* A site as it lives: the record of the sidecar, and what its upkeep needs. */
struct ledger_site {
	struct weir_lock lock;
	uint32_t gc;  /* major GCs that the ages are up to: trace/runtimes/majors.h */
	bool sampled; /* its blocks stand for several */
	uint64_t least_bytes; /* live, since then */
	uint64_t fields[WEIR_N_SITE_FIELDS];
	uint32_t fall;			     /* see trace/sites/eve.h; 0: in none */
	uint64_t before[WEIR_N_SITE_FIELDS]; /* the fields when it began */
};

/* A row with room for the most points there are. */
struct ledger_row {
	struct weir_trace_row row;
	struct weir_trace_point points[512];
};

struct ledger_sites {
	struct ledger_site live[1u << SITES_SHIFT];
	uint64_t image[1u << SITES_SHIFT][WEIR_N_SITE_FIELDS]; /* as published last */
};

/* A chunk is NULL until it is needed, and stays then. */
struct ledger {
	void *strings[CAPACITY_STRINGS >> STRINGS_SHIFT]; /* no text is in two */
	void *frames[CAPACITY_FRAMES >> FRAMES_SHIFT];
	void *nodes[CAPACITY_NODES >> NODES_SHIFT];
	void *sites[CAPACITY_SITES0 >> SITES_SHIFT];
	struct lookup string_lookup, frame_lookup, node_lookup;
	struct weir_trace_module modules[CAPACITY_MODULES];
	struct weir_trace_thread threads[CAPACITY_THREADS];
	bool thread_ended[CAPACITY_THREADS];
	/* The first of the rows used again since it was written; 0: none. */
	_Atomic uint32_t threads_changed;
	uint16_t site_slots[SITE_SLOTS];
	_Atomic uint64_t site_cache[CACHE_SLOTS];
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

/* Makes the chunk if there is none; false: there is no memory for it. Under the lock. */
bool ledger_room(void **chunk, size_t bytes);

/* Address space of the tables so far. */
uint64_t ledger_bytes(void);

static inline char *
ledger_text(uint32_t at)
{
	return (char *)ledger->strings[at >> STRINGS_SHIFT] +
	       LEDGER_REST(STRINGS_SHIFT, at);
}

static inline struct weir_trace_frame *
ledger_frame(uint32_t i)
{
	return (struct weir_trace_frame *)ledger->frames[i >> FRAMES_SHIFT] +
	       LEDGER_REST(FRAMES_SHIFT, i);
}

static inline struct weir_trace_node *
ledger_node(uint32_t i)
{
	return (struct weir_trace_node *)ledger->nodes[i >> NODES_SHIFT] +
	       LEDGER_REST(NODES_SHIFT, i);
}

static inline struct ledger_site *
ledger_site(uint32_t i)
{
	struct ledger_sites *chunk = ledger->sites[i >> SITES_SHIFT];

	return &chunk->live[LEDGER_REST(SITES_SHIFT, i)];
}

static inline uint64_t *
ledger_image(uint32_t i)
{
	struct ledger_sites *chunk = ledger->sites[i >> SITES_SHIFT];

	return chunk->image[LEDGER_REST(SITES_SHIFT, i)];
}

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
