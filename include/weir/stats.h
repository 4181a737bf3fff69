/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sidecar: layout of the file in which a process under weir publishes what it knows.
 *
 * Layout only, no functions: the shim writes it (preload/sidecar/segment.c), the command and anyone
 * else reads it. doc/sidecar.md describes it in words; tests/unit/test_stats_layout.c pins
 * every offset.
 *
 *   offset 0            struct weir_stats_header, WEIR_STATS_HEADER_BYTES
 *   header_bytes        slot 0, slot_bytes
 *   header_bytes + slot_bytes   slot 1
 *
 * The writer fills the slots in turn, each from the back to the front: `seq_end` first, `seq_begin` last,
 * both the same number, which grows by one with every write. A slot whose two numbers differ
 * was torn (the writer was killed, or is writing now); the other slot then holds the state of
 * at most one period (`stats_ms`) earlier. A reader reads until two reads agree, and takes the whole slot with the
 * larger number. Inside a slot everything is a host-endian uint64_t, found through the section
 * table of the header: a reader must check every offset and count against the file's size,
 * use min(record_words, its own) words of a record, and ignore sections it does not know.
 *
 * Units: *_bytes are bytes, *_ns nanoseconds, everything else a count.
 */
#ifndef WEIR_STATS_H
#define WEIR_STATS_H

#include <stdint.h>

#include "weir/counters.h"

#define WEIR_STATS_MAGIC	 "weirstat" /* 8 bytes, no terminator */
#define WEIR_STATS_ENDIAN	 0x01020304u
#define WEIR_STATS_VERSION	 1
#define WEIR_STATS_HEADER_BYTES	 1024
#define WEIR_STATS_SLOTS	 2
#define WEIR_STATS_SECTIONS	 16 /* rows in the section table */
#define WEIR_STATS_MAX_CLASSES	 64
#define WEIR_STATS_MAX_REGIONS	 64
#define WEIR_STATS_SIZE_BUCKETS	 48
#define WEIR_STATS_PROFILE_ROWS	 122
#define WEIR_STATS_SMALL_ROWS	 89
#define WEIR_STATS_MAX_MAPS	 256
#define WEIR_STATS_EXE_BYTES	 256
#define WEIR_STATS_ANCESTORS	 8
#define WEIR_STATS_COMMAND_BYTES 192

/* Sections: id, array it describes. Order is the ABI: append only. */
#define WEIR_STATS_SECTION_LIST(X)                                                       \
	X(COUNTERS, "one record of WEIR_COUNTERS words")                                 \
	X(CLASSES,                                                                       \
	  "a record of WEIR_CLASS_FIELDS words for each size class of the pool")         \
	X(SIZES, "requested sizes: a record of WEIR_SIZE_FIELDS words for each bucket")  \
	X(KINDS, "a record of WEIR_KIND_FIELDS words for each of WEIR_KINDS")            \
	X(FALLBACKS, "a record of one word for each of WEIR_FALLBACKS")                  \
	X(REGIONS, "address ranges that weir holds: WEIR_REGION_FIELDS words each")      \
	X(PROFILE,                                                                       \
	  "finer sizes, for `weir tune`: a record of WEIR_PROFILE_FIELDS words "         \
	  "for each row")                                                                \
	X(SMALL, "small blocks by size, estimated from samples: a record of "            \
		 "WEIR_SMALL_FIELDS words for each row")                                 \
	X(MAPS,                                                                          \
	  "mappings that were seen being made, by address: WEIR_MAP_FIELDS words each")

enum weir_stats_section_id {
#define X(id, text) WEIR_SECTION_##id,
	WEIR_STATS_SECTION_LIST(X)
#undef X
		WEIR_N_SECTIONS
};

/* Where a section lies in a slot, in 8-byte words from the slot's start. */
struct weir_stats_section {
	uint32_t word_offset;
	uint32_t records;      /* rows present */
	uint32_t record_words; /* words a row */
	uint32_t reserved;
};

enum weir_stats_state {
	WEIR_STATE_RUNNING = 1,
	WEIR_STATE_EXITED = 2, /* the process left by exit(); its last write */
};

struct weir_stats_header {
	char magic[8];
	uint32_t endian;       /* WEIR_STATS_ENDIAN as the writer stores it */
	uint16_t version;      /* WEIR_STATS_VERSION */
	uint16_t word_bytes;   /* 8 */
	uint32_t header_bytes; /* offset of slot 0 */
	uint32_t slot_bytes;
	uint32_t n_slots;
	uint32_t n_sections;
	int32_t pid;
	int32_t forked_from;  /* pid whose fork() made this process without exec, or 0 */
	uint64_t start_ticks; /* field 22 of /proc/PID/stat: tells a reused pid */
	uint64_t created_unix_ns; /* CLOCK_REALTIME when the file was made */
	uint32_t page_bytes;
	uint32_t stats_ms;	   /* period of the writer while there is news */
	uint64_t options_bytes[4]; /* floor, threshold, cache_max, decay_ms in force */
	char weir_version[16];	   /* zero-terminated */
	char exe[WEIR_STATS_EXE_BYTES]; /* /proc/self/exe, zero-terminated, may be cut */
	struct weir_stats_section sections[WEIR_STATS_SECTIONS];
	uint64_t mailbox_offset; /* of struct weir_stats_mailbox; 0: none */
	uint64_t trace_offset;	 /* of the area of weir/trace.h; 0: none */
	uint64_t trace_bytes;	 /* its length, sparse: the file may end before */
	/* 0: weir was there from the start. Else it saw what was asked for between these two, CLOCK_REALTIME. */
	uint64_t attached_unix_ns;
	uint64_t detached_unix_ns; /* 0: it is attached */
	uint64_t collect_offset;   /* of the record of WEIR_COLLECT_FIELDS; 0: none */
	/* When the file was made: its parent, whose parent and so on, 0 behind the last. */
	int32_t ancestors[WEIR_STATS_ANCESTORS];
	/* /proc/self/cmdline then: arguments, each ended by a zero, maybe cut. Zeros follow. */
	char command[WEIR_STATS_COMMAND_BYTES];
};

/*
 * What another process of the same user asks of this one, and the answer: the asker writes
 * `command` and `label`, then `request` one higher, and wakes whoever waits on the first four bytes of
 * the mailbox (FUTEX_WAKE on a shared mapping); the process then looks, or, where its kernel cannot
 * wait so (before Linux 5.16, under a filter), once a second. It does it, writes `result`, then
 * `answered` = `request`. Askers take turns by an exclusive flock on the file.
 */
enum weir_stats_command {
	WEIR_COMMAND_MARK = 1,	/* write a row into the ring MARKS, labelled */
	WEIR_COMMAND_PURGE = 2, /* give all cached memory back; result: bytes */
	WEIR_COMMAND_DETACH =
		3, /* of an attached library: see no more; result: slots restored */
	WEIR_COMMAND_ATTACH = 4, /* see again; result: slots changed */
	/* of a runtime with weir's hook, which answers: collect garbage; result: bytes */
	WEIR_COMMAND_COLLECT = 5,
};

struct weir_stats_mailbox {
	uint64_t request; /* by the asker */
	uint32_t command;
	uint32_t reserved;
	char label[48];
	uint64_t answered; /* by the process */
	int64_t result;	   /* bytes or a row's id; -errno: refused */
	uint64_t answered_unix_ns;
};

/* First words of every slot; the sections follow, then `seq_end` as the slot's last word. */
struct weir_stats_slot_head {
	uint64_t seq_begin;
	uint64_t state; /* enum weir_stats_state */
	uint64_t unix_ns;
	uint64_t monotonic_ns;
};

/*
 * One record a size class, X(name, kind, unit, meaning). Identities:
 *   gets = hits + misses            live = inherited + gets - refused - puts
 *   cached = inherited_cached + puts - (hits - shared_hits) - evicted
 *   held_bytes = live_requested_bytes + live_rounding_bytes = live * capacity_bytes
 *   requested_bytes + rounding_bytes = (gets - refused) * capacity_bytes
 */
#define WEIR_CLASS_FIELDS(X)                                                             \
	X(capacity_bytes, gauge, bytes, "size of a block of this class")                 \
	X(gets, counter, count, "blocks asked of this class")                            \
	X(hits, counter, count, "served by recycled, resident pages")                    \
	X(misses, counter, count, "needed pages that were new or purged")                \
	X(refused, counter, count, "of the misses, not served at all")                   \
	X(puts, counter, count, "blocks given back")                                     \
	X(evicted, counter, count, "blocks that left the cache by age or pressure")      \
	X(live, gauge, count, "blocks in use")                                           \
	X(live_peak, gauge, count, "the most in use at once")                            \
	X(cached, gauge, count, "free blocks kept by the class")                         \
	X(cached_peak, gauge, count, "the most kept at once")                            \
	X(inherited, gauge, count, "blocks in use when fork made this process")          \
	X(inherited_cached, gauge, count, "blocks cached when fork made this process")   \
	X(requested_bytes, counter, bytes, "asked for, over all blocks served")          \
	X(rounding_bytes, counter, bytes, "added by rounding up to the class (waste)")   \
	X(live_requested_bytes, gauge, bytes, "asked for, over the blocks in use")       \
	X(live_rounding_bytes, gauge, bytes, "rounding, over the blocks in use")         \
	X(held_bytes, gauge, bytes, "capacity of the blocks in use")                     \
	X(shared_hits, counter, count,                                                   \
	  "of the hits, from the cache that all classes share")

enum weir_class_field {
#define X(name, kind, unit, meaning) WEIR_K_##name,
	WEIR_CLASS_FIELDS(X)
#undef X
		WEIR_N_CLASS_FIELDS
};

/* Requested sizes: bucket i counts requests of 2^(i-1) < bytes <= 2^i. Sum = large_requests. */
#define WEIR_SIZE_FIELDS(X)                                                              \
	X(requests, counter, count, "requests of this size")                             \
	X(bytes, counter, bytes, "bytes asked for by them")

enum weir_size_field {
#define X(name, kind, unit, meaning) WEIR_Z_##name,
	WEIR_SIZE_FIELDS(X)
#undef X
		WEIR_N_SIZE_FIELDS
};

/*
 * Requests that weir served, by size: row 0 up to 32 KB, then eight rows a doubling (row 1: up to
 * 36 KB, row 8: up to 64 KB), row 121 all above 1 GB. How long the memory that served them had been free
 * (by the mean of joined pieces; purged meanwhile or not), how long their blocks lived when freed.
 */
#define WEIR_PROFILE_FIELDS(X)                                                           \
	X(requests, counter, count, "requests of this size that weir served")            \
	X(bytes, counter, bytes, "bytes asked for by them")                              \
	X(fresh, counter, count, "of these, by memory never used before")                \
	X(idle_125ms, counter, count, "by memory free for up to 125 ms")                 \
	X(idle_250ms, counter, count, "for up to 250 ms")                                \
	X(idle_500ms, counter, count, "for up to 500 ms")                                \
	X(idle_1s, counter, count, "for up to 1 s")                                      \
	X(idle_2s, counter, count, "for up to 2 s")                                      \
	X(idle_4s, counter, count, "for up to 4 s")                                      \
	X(idle_8s, counter, count, "for up to 8 s")                                      \
	X(idle_more, counter, count, "for longer")                                       \
	X(life_10ms, counter, count, "blocks freed within 10 ms")                        \
	X(life_100ms, counter, count, "within 100 ms")                                   \
	X(life_1s, counter, count, "within 1 s")                                         \
	X(life_more, counter, count, "later")

enum weir_profile_field {
#define X(name, kind, unit, meaning) WEIR_P_##name,
	WEIR_PROFILE_FIELDS(X)
#undef X
		WEIR_N_PROFILE_FIELDS
};

/*
 * Blocks below the floor by their size, as samples say: row 0 up to 16 bytes, in steps of 16 up to 256, then
 * eight rows a doubling up to 128 KB, row 88 all that is larger. Frees are of blocks that were allocated
 * while samples were taken.
 */
#define WEIR_SMALL_FIELDS(X)                                                             \
	X(most_bytes, gauge, bytes, "blocks of up to so many bytes")                     \
	X(allocs, counter, count, "such blocks allocated, estimated")                    \
	X(frees, counter, count, "of these, freed, estimated")                           \
	X(live, gauge, count, "of these, in use, estimated")                             \
	X(live_bytes, gauge, bytes, "asked for by those in use, estimated")              \
	X(live_samples, gauge, count, "samples that this is estimated from")

enum weir_small_field {
#define X(name, kind, unit, meaning) WEIR_M_##name,
	WEIR_SMALL_FIELDS(X)
#undef X
		WEIR_N_SMALL_FIELDS
};

/* What the caller was, told from its return address. Append only. */
#define WEIR_KINDS(X)                                                                    \
	X(OTHER, "other", "any other caller")                                            \
	X(BACKING_STORE, "backing_store", "the runtime's ArrayBuffer allocator")         \
	X(ENCODER, "encoder", "string and encoder output or scratch of the runtime")     \
	X(MMAP, "mmap", "none: sites of this kind stand for what the program maps itself")

enum weir_kind {
#define X(id, name, meaning) WEIR_KIND_##id,
	WEIR_KINDS(X)
#undef X
		WEIR_N_KINDS
};

/* Identities: sum of requests over kinds = large_requests. live excludes blocks passed on. */
#define WEIR_KIND_FIELDS(X)                                                              \
	X(requests, counter, count, "requests by this kind of caller")                   \
	X(bytes, counter, bytes, "bytes asked for by them")                              \
	X(live, gauge, count, "their blocks in use")                                     \
	X(live_bytes, gauge, bytes, "bytes asked for by their blocks in use")

enum weir_kind_field {
#define X(name, kind, unit, meaning) WEIR_KF_##name,
	WEIR_KIND_FIELDS(X)
#undef X
		WEIR_N_KIND_FIELDS
};

/* Why a request at or above the floor went to the next allocator. Sum = large_passed. */
#define WEIR_FALLBACKS(X)                                                                \
	X(KIND, "kind", "its kind of caller is excluded by the option `kinds`")          \
	X(TOO_LARGE, "too_large", "larger than any mapping weir makes")                  \
	X(ALIGNMENT, "alignment", "alignment above what weir serves")                    \
	X(ADDRESS_SPACE, "address_space", "the kernel gave no address space")            \
	X(COMMIT, "commit", "the kernel refused to make pages usable")                   \
	X(METADATA, "metadata", "weir's own tables are full")                            \
	X(NESTED, "nested", "called from inside weir: a signal handler, or its thread")  \
	X(DLMOPEN, "dlmopen",                                                            \
	  "after dlmopen: another C library knows none of weir's blocks")                \
	X(LIMITED, "limited",                                                            \
	  "data or address space is limited (ulimit): weir takes a sixteenth of it")     \
	X(BUSY, "busy", "a thread that held one of weir's locks had lost its processor")

enum weir_fallback {
#define X(id, name, meaning) WEIR_F_##id,
	WEIR_FALLBACKS(X)
#undef X
		WEIR_N_FALLBACKS
};

#define WEIR_REGION_FIELDS(X)                                                            \
	X(base, gauge, address, "first address of the region")                           \
	X(bytes, gauge, bytes, "its length")

enum weir_region_field {
#define X(name, kind, unit, meaning) WEIR_R_##name,
	WEIR_REGION_FIELDS(X)
#undef X
		WEIR_N_REGION_FIELDS
};

/* Those that lie side by side and have the same maker are one; the first with base 0 is no more. */
#define WEIR_MAP_FIELDS(X)                                                               \
	X(base, gauge, address, "first address")                                         \
	X(bytes, gauge, bytes, "its length")                                             \
	X(own, gauge, count,                                                             \
	  "1: weir's own tables; 2: the next allocator's, for its blocks; 0: the "       \
	  "program's")

enum weir_map_field {
#define X(name, kind, unit, meaning) WEIR_M_##name,
	WEIR_MAP_FIELDS(X)
#undef X
		WEIR_N_MAP_FIELDS
};

/* The writer's layout of a slot, in words; readers go by the section table instead. */
#define WEIR_SLOT_HEAD_WORDS (sizeof(struct weir_stats_slot_head) / 8)
#define WEIR_SLOT_COUNTERS   WEIR_SLOT_HEAD_WORDS
#define WEIR_SLOT_CLASSES    (WEIR_SLOT_COUNTERS + WEIR_N_COUNTERS)
#define WEIR_SLOT_SIZES	     (WEIR_SLOT_CLASSES + WEIR_STATS_MAX_CLASSES * WEIR_N_CLASS_FIELDS)
#define WEIR_SLOT_KINDS	     (WEIR_SLOT_SIZES + WEIR_STATS_SIZE_BUCKETS * WEIR_N_SIZE_FIELDS)
#define WEIR_SLOT_FALLBACKS  (WEIR_SLOT_KINDS + WEIR_N_KINDS * WEIR_N_KIND_FIELDS)
#define WEIR_SLOT_REGIONS    (WEIR_SLOT_FALLBACKS + WEIR_N_FALLBACKS)
#define WEIR_SLOT_PROFILE                                                                \
	(WEIR_SLOT_REGIONS + WEIR_STATS_MAX_REGIONS * WEIR_N_REGION_FIELDS)
#define WEIR_SLOT_SMALL                                                                  \
	(WEIR_SLOT_PROFILE + WEIR_STATS_PROFILE_ROWS * WEIR_N_PROFILE_FIELDS)
#define WEIR_SLOT_MAPS	      (WEIR_SLOT_SMALL + WEIR_STATS_SMALL_ROWS * WEIR_N_SMALL_FIELDS)
#define WEIR_SLOT_END	      (WEIR_SLOT_MAPS + WEIR_STATS_MAX_MAPS * WEIR_N_MAP_FIELDS)
#define WEIR_SLOT_WORDS	      (WEIR_SLOT_END + 1) /* seq_end is the last word */
#define WEIR_STATS_SLOT_BYTES (WEIR_SLOT_WORDS * 8)
#define WEIR_STATS_FILE_BYTES                                                            \
	(WEIR_STATS_HEADER_BYTES + WEIR_STATS_SLOTS * WEIR_STATS_SLOT_BYTES)

/*
 * Where a sidecar lies by default, tried in this order by writer and readers alike:
 *   $XDG_RUNTIME_DIR/weir, $XDG_STATE_HOME/weir, $HOME/.local/state/weir, $TMPDIR/weir-UID
 * (/tmp/weir-UID where TMPDIR is no absolute path), as folders owned by the user, mode 0700. The writer passes over
 * those on a network's or a program's file system (nfs, fuse), unless there are no others; readers look into all.
 * The file is PID-START.weir, mode 0600, PID and START decimal (START = start_ticks); after exec
 * in the same process PID-START.N.weir, N = 1, 2, ... up to WEIR_STATS_MAX_EXECS.
 */
#define WEIR_STATS_SUFFIX    ".weir"
#define WEIR_STATS_MAX_EXECS 16

#endif
