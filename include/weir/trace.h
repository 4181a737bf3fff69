/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace: who allocated what is live, behind the slots of the sidecar (weir/stats.h).
 *
 * Layout only, no functions: the shim writes it (trace/, preload/sidecar/segment.c), `weir growth`,
 * `top`, `report` and `export` read it. The file's header says where the area lies; it is sparse
 * and of fixed size, so it has the same limits after a year as after a second.
 *
 *   area + 0                 struct weir_trace_head, copy 0      (WEIR_TRACE_HEAD_BYTES each)
 *   area + HEAD_BYTES        struct weir_trace_head, copy 1
 *   area + parts[i].offset   part i: `capacity` records of `record_bytes`
 *
 * The writer puts down the records first and then one head, in turns, from the back to the front: `seq_begin` =
 * `seq_end`, one more each time, copy seq % 2. A process that ends by exit, and has freed all by then, writes what it held
 * before as a head of its own (is_eve), and then its last. A reader takes the
 * head with the larger number whose two numbers agree, in two reads that agree, and with it `used` records of each part.
 * Parts but SITES0/1, COSTS0/1 and the rings of rows only grow: what a head counts never changes, but
 * for a thread's row, which another of its name has once it has ended.
 * Sites and costs change all the time: head `seq` goes with parts SITES0 + seq % 2 and COSTS0 +
 * seq % 2. A row of a ring is valid if its `id` and `id_again` agree and its place in the ring is
 * (id - 1) % capacity. A reader believes no offset, count, index or string before it has
 * checked it, reads min(record_bytes, its own) of a record and ignores parts it does not know.
 *
 * Identities (`weir stat --check`): over the sites of one head and the slot of the same instant (its
 * monotonic_ns is the same), the sum of live_bytes and live_count is that of the kinds; site 0 holds
 * what could not be attributed. Sites with a sampled_count stand for blocks below the floor, which no
 * kind counts: they are apart, and not in that sum.
 *
 * Strings are offsets into STRINGS, zero-terminated UTF-8; offset 0 is "".
 * Times are CLOCK_MONOTONIC nanoseconds unless named unix. Everything is host-endian.
 */
#ifndef WEIR_TRACE_H
#define WEIR_TRACE_H

#include <stdint.h>

#include "weir/stats.h"

#define WEIR_TRACE_MAGIC      "weirtrac" /* 8 bytes, no terminator */
#define WEIR_TRACE_VERSION    1
#define WEIR_TRACE_HEAD_BYTES 1024
#define WEIR_TRACE_MAX_PARTS  24
#define WEIR_TRACE_MAX_DEPTH  64 /* frames of a stack; deeper ones lose their outermost */

/* X(id, record type or bytes, capacity, meaning). Order is the ABI: append only. */
#define WEIR_TRACE_PARTS(X)                                                              \
	X(STRINGS, 1, 4u << 20, "zero-terminated text")                                  \
	X(MODULES, sizeof(struct weir_trace_module), 512, "mapped executable files")     \
	X(THREADS, sizeof(struct weir_trace_thread), 1024, "threads that allocated")     \
	X(FRAMES, sizeof(struct weir_trace_frame), 32768, "places in code")              \
	X(NODES, sizeof(struct weir_trace_node), 131072, "stacks, as a tree of frames")  \
	X(SITES0, WEIR_N_SITE_FIELDS * 8, 8192, "allocation sites, even heads")          \
	X(SITES1, WEIR_N_SITE_FIELDS * 8, 8192, "allocation sites, odd heads")           \
	X(ROWS_GC, WEIR_TRACE_ROW_BYTES(64), 256, "ring: after each major GC")           \
	X(ROWS_1S, WEIR_TRACE_ROW_BYTES(64), 600, "ring: each second with news")         \
	X(ROWS_10S, WEIR_TRACE_ROW_BYTES(64), 720, "ring: each 10 seconds")              \
	X(ROWS_60S, WEIR_TRACE_ROW_BYTES(64), 1440, "ring: each minute")                 \
	X(MARKS, WEIR_TRACE_ROW_BYTES(512), 32, "ring: instants marked by `weir snap`")  \
	X(COSTS0, sizeof(struct weir_trace_cost), WEIR_TRACE_COSTS,                      \
	  "what taking a stack took, even heads")                                        \
	X(COSTS1, sizeof(struct weir_trace_cost), WEIR_TRACE_COSTS,                      \
	  "what taking a stack took, odd heads")                                         \
	X(ROWS_3600S, WEIR_TRACE_ROW_BYTES(64), 720, "ring: each hour")

enum weir_trace_part_id {
#define X(id, bytes, capacity, meaning) WEIR_PART_##id,
	WEIR_TRACE_PARTS(X)
#undef X
		WEIR_N_TRACE_PARTS
};

struct weir_trace_part {
	uint64_t offset; /* from the area's start */
	uint32_t record_bytes;
	uint32_t capacity;
	uint64_t used; /* records in force; of a ring: rows ever written */
};

/* How well the runtime's own frames are read: WEIR_TIER_*, named so in every view. */
#define WEIR_TRACE_TIERS(X)                                                              \
	X(NATIVE, "native", "machine code only; frames of a JIT are bare addresses")     \
	X(PERF_MAP, "perf-map",                                                          \
	  "JIT code by the runtime's perf map: function and definition")                 \
	X(PYTHON, "python", "CPython's frames: function, file and line")                 \
	X(V8, "v8", "V8's frames: function, file and the line of the call")              \
	X(V8_PARTLY, "v8-partly",                                                        \
	  "V8's frames: function and file; some or all lines are of the definition")

enum weir_trace_tier {
#define X(id, name, meaning) WEIR_TIER_##id,
	WEIR_TRACE_TIERS(X)
#undef X
		WEIR_N_TRACE_TIERS
};

/* What was not recorded, X(name, meaning): never silent. Of `code` 1 is all there is to count. */
#define WEIR_TRACE_DROPS(X)                                                              \
	X(strings, "names, for want of room")                                            \
	X(modules, "files of machine code, for want of room")                            \
	X(threads, "threads one by one, for want of room")                               \
	X(frames, "frames, for want of room")                                            \
	X(nodes, "stacks, for want of room")                                             \
	X(sites, "who asked for a block, for want of room")                              \
	X(busy, "who asked for a block, when too many did at once")                      \
	X(unreadable, "frames of the runtime that could not be read")                    \
	X(truncated, "the outermost frames of stacks, which are too deep or cannot be "  \
		     "read to the end")                                                  \
	X(rows, "moments that could not be written")                                     \
	X(samples, "samples of small blocks, for want of room")                          \
	X(isolates, "collections and heap of workers beyond those that are watched")     \
	X(code, "names of some of V8's code, whose frames are bare addresses")

enum weir_trace_drop {
#define X(name, meaning) WEIR_DROP_##name,
	WEIR_TRACE_DROPS(X)
#undef X
		WEIR_N_TRACE_DROPS
};

struct weir_trace_head {
	uint64_t seq_begin;
	char magic[8];
	uint32_t version;
	uint32_t n_parts;
	uint32_t tier;		  /* enum weir_trace_tier */
	uint32_t runtime;	  /* string: "node", "deno", "bun", "python", ... or "" */
	uint32_t runtime_version; /* string: "V8 13.6", "CPython 3.11", ... */
	uint32_t tier_reason;	  /* string: why not a better tier, or "" */
	uint64_t monotonic_ns;	  /* the instant of the sites */
	uint64_t unix_ns;
	uint64_t started_ns; /* when tracing began */
	uint64_t
		major_gcs; /* seen so far, all isolates; 0 and gc_known 0: not observable */
	uint64_t minor_gcs;
	uint32_t gc_known;
	uint32_t n_drops;
	uint64_t sample_bytes; /* mean of the Poisson sampling of small blocks; 0: off */
	uint64_t exact_bytes;  /* requests from here on are recorded one by one */
	uint64_t capture_ns;   /* time spent capturing, all threads */
	uint64_t captures;     /* stacks taken, but for up to 15 of a thread's last */
	uint64_t capture_hits; /* of these, known from the caches */
	uint64_t memory_bytes; /* of the tables in the process, resident or not */
	uint64_t drops[16];    /* enum weir_trace_drop */
	struct weir_trace_part parts[WEIR_TRACE_MAX_PARTS];
	uint64_t seq_end;
	uint64_t
		row_bytes; /* of a row before its points; 0: up to account_ns, and id_again */
	uint64_t is_eve; /* 1: what there was, to the byte, before all was taken down */
	uint64_t main_major_gcs; /* of major_gcs those of the main thread's isolate */
	/*
	 * 1: gc_known is 0, and major_gcs are full runs of a collector that is only for what refers to itself (CPython's).
	 * All else is freed at once.
	 */
	uint64_t cycles_known;
};

/* A file mapped executable: enough to name its code on another machine. */
struct weir_trace_module {
	uint64_t start, end;  /* addresses */
	uint64_t file_offset; /* of `start` */
	uint64_t bias;	      /* address less the ELF file's own virtual address */
	uint32_t path;	      /* string */
	uint8_t build_id_bytes;
	uint8_t build_id[20];
	uint8_t reserved[7];
};

struct weir_trace_thread {
	uint32_t tid;
	uint32_t name;	  /* string: its comm when first seen */
	uint32_t isolate; /* 1, 2, ... in order of appearance; 0: runs no JavaScript */
	uint32_t is_main;
	uint64_t first_ns;
	uint32_t
		turns; /* so many threads in turn, all of that name; tid and isolate: the last one's */
	uint32_t reserved;
};

#define WEIR_FRAME_KINDS(X)                                                              \
	X(NATIVE, "native", "machine code: address, module")                             \
	X(JS, "js", "JavaScript: line and column of the call")                           \
	X(JS_OPTIMIZED, "js-optimized", "optimised JavaScript: see flags for the line")  \
	X(JS_INLINED, "js-inlined", "inlined into the optimised frame above it")         \
	X(PYTHON, "python", "Python: line of the call")                                  \
	X(PERF_MAP, "perf-map", "JIT code named by a perf map: definition line")         \
	X(OPAQUE, "opaque", "code of a JIT that nobody names")

enum weir_frame_kind {
#define X(id, name, meaning) WEIR_FRAME_##id,
	WEIR_FRAME_KINDS(X)
#undef X
		WEIR_N_FRAME_KINDS
};

#define WEIR_FRAME_EXACT_LINE  1 /* line, column are of the call; else of the definition */
#define WEIR_FRAME_RUNTIME     2 /* the runtime's own script: node:internal/... */
#define WEIR_FRAME_CONSTRUCTOR 4
#define WEIR_FRAME_ASYNC       8 /* it waits for the frame before, and did not call it */
#define WEIR_FRAME_MAPPED                                                                \
	16 /* the script's text, as the runtime has it, names a source map */

/* Two frames are one record only if all their words are equal. */
struct weir_trace_frame {
	uint8_t kind;	   /* enum weir_frame_kind */
	uint8_t flags;	   /* WEIR_FRAME_* */
	uint16_t module;   /* 1 + index into MODULES, 0: none (NATIVE) */
	uint32_t function; /* string; "" for native frames and anonymous functions */
	uint32_t file;	   /* string: the script's name or URL as the runtime has it */
	uint32_t line, column; /* from 1; 0: unknown */
	uint32_t definition_line;
	uint64_t address; /* return address (NATIVE, OPAQUE, PERF_MAP), else 0 */
};

/*
 * A stack is its innermost frame and the node of its caller. Node 0 is the root: no frame. Where no script
 * on the stack is the program's own, those that wait for it (WEIR_FRAME_ASYNC) follow its outermost script.
 */
struct weir_trace_node {
	uint32_t parent; /* node of the caller; smaller than this node's own index */
	uint32_t frame;
};

/*
 * An allocation site: a stack, the kind of caller and the thread. X(name, kind, unit, meaning).
 * Record 0 is "not attributed": dropped, below exact_bytes, or with tracing off.
 */
#define WEIR_SITE_FIELDS(X)                                                              \
	X(stack, id, node, "the stack")                                                  \
	X(caller_kind, id, kind, "enum weir_kind")                                       \
	X(thread, id, thread, "index into THREADS")                                      \
	X(live_bytes, gauge, bytes, "asked for, over the blocks in use")                 \
	X(live_count, gauge, count, "blocks in use")                                     \
	X(alloc_bytes, counter, bytes, "asked for, ever")                                \
	X(alloc_count, counter, count, "blocks, ever")                                   \
	X(peak_bytes, gauge, bytes, "the most live at once")                             \
	X(trough_bytes, gauge, bytes, "least live between the last two major GCs")       \
	X(age0_bytes, gauge, bytes, "live, born since the last major GC")                \
	X(age1_bytes, gauge, bytes, "live, survived one major GC")                       \
	X(age2_bytes, gauge, bytes, "live, survived two")                                \
	X(old_bytes, gauge, bytes, "live, survived three or more")                       \
	X(birth_gc_sum, gauge, product, "sum of KiB x major GCs seen at birth, live")    \
	X(birth_ms_sum, gauge, product,                                                  \
	  "sum of KiB x milliseconds since started_ns at birth, live")                   \
	X(first_ns, gauge, ns, "first allocation")                                       \
	X(last_ns, gauge, ns, "last allocation")                                         \
	X(sampled_count, counter, count,                                                 \
	  "of alloc_count, records that stand for several")                              \
	X(major_gcs, counter, count,                                                     \
	  "major GCs that the ages are up to: of its thread's isolate, or the main "     \
	  "one's where those are more")

enum weir_site_field {
#define X(name, kind, unit, meaning) WEIR_S_##name,
	WEIR_SITE_FIELDS(X)
#undef X
		WEIR_N_SITE_FIELDS
};

/* One site in a row. */
struct weir_trace_point {
	uint32_t site;
	uint32_t live_count;
	uint64_t live_bytes;
	uint64_t trough_bytes;
	uint64_t alloc_bytes;
};

/* The process at one instant, and its sites by live bytes, largest first. */
struct weir_trace_row {
	uint64_t id; /* 1, 2, ... in its ring */
	uint64_t monotonic_ns, unix_ns;
	uint64_t rss_bytes;
	uint64_t live_bytes; /* all that weir serves: sum of the kinds */
	uint64_t live_count;
	uint64_t alloc_bytes;
	uint64_t cached_bytes;	    /* weir's free, resident memory */
	uint64_t js_heap_bytes;	    /* V8's heap in use, at the last GC; 0: unknown */
	uint64_t js_external_bytes; /* V8's external memory, at the last GC */
	uint64_t limit_bytes;	    /* tightest memory limit, 0: none */
	uint64_t major_gcs, minor_gcs;
	uint64_t request;  /* of a mark: the mailbox request it answers */
	char label[48];	   /* of a mark */
	uint32_t n_points; /* that follow */
	uint32_t n_sites; /* in use then: more than n_points means the rest is left out */
	uint64_t rest_bytes; /* live bytes of the sites left out */
	/* Where resident memory was, at account_ns; 0: nobody had looked. As in weir/stats.h. */
	uint64_t account_ns;
	uint64_t next_used_bytes, next_used_ns;
	uint64_t part_bytes[WEIR_N_MEMORY_PARTS];
	uint64_t main_major_gcs; /* of major_gcs */
	uint64_t
		unseen_objects; /* where cycles are known: at most so many that no full run has looked at */
	uint64_t id_again; /* the record's last word before the points */
};
#define WEIR_TRACE_ROW_BYTES(points)                                                     \
	(sizeof(struct weir_trace_row) + (points) * sizeof(struct weir_trace_point))

/*
 * How many stacks took so long, by nanoseconds: buckets 0 to 3 are 0 to 3 ns, then each doubling has
 * four, so that bucket i >= 4 begins at (4 + i % 4) << (i / 4 - 1). The last takes all that is longer.
 * After the first 1024 not all are timed: one that is stands for those that are not. Of a new stack
 * then all but the walk is timed.
 */
#define WEIR_TRACE_COSTS 128
struct weir_trace_cost {
	uint64_t known_stacks; /* seen before: the walk and a look-up */
	uint64_t new_stacks;   /* decoded */
};

#endif
