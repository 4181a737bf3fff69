/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All numbers of one instant, laid out as a slot of the sidecar (weir/stats.h).
 */
#ifndef PRELOAD_SNAPSHOT_H
#define PRELOAD_SNAPSHOT_H

#include <stdint.h>

#include "weir/stats.h"

/* What only the sidecar's writer knows. */
struct snapshot_health {
	uint64_t writes, failed, last_errno;
};

/* Where resident memory was, when it was looked at last. */
struct snapshot_parts {
	int64_t ns; /* 0: never */
	uint64_t bytes[WEIR_N_MEMORY_PARTS];
	uint64_t v8;
	uint64_t next_used_bytes;
	int64_t next_used_ns;
};

/* How the next allocator was trimmed, and what was served meanwhile. */
struct snapshot_trims {
	uint64_t trims, under_load, put_off, bytes, ns, longest_ns;
	uint64_t aside_served, aside_refused;
};

/* What only the clock knows. */
struct snapshot_clock {
	struct snapshot_parts parts;
	struct snapshot_trims trims;
	uint64_t ticks, cpu_ns, failed;
	uint64_t cap_bytes, limit_bytes;
	uint64_t rss_bytes, resident_bytes;
	uint64_t silent; /* no other write follows, though the process goes on */
};

/* Fills everything but the slot's head and `seq_end`. Stops all of weir for some 10 us. */
void snapshot_fill(uint64_t slot[WEIR_SLOT_WORDS], const struct snapshot_health *health,
		   const struct snapshot_clock *clock);

struct snapshot_use {
	uint64_t activity;    /* changes with every event */
	uint64_t asked_bytes; /* by large requests and scratch blocks */
};

/* How busy weir has been; of scratch blocks, as the last tick saw it. Takes no lock. */
struct snapshot_use snapshot_use(void);

#endif
