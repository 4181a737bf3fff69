/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of include/weir/stats.h, written out a second time. Readers of other versions
 * rely on it: nothing here may be reordered or removed, and whoever appends says so here too.
 */
#include <stddef.h>

#include "include/weir/stats.h"
#include "tests/tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Compares two lists of names and says where they part. */
#define CHECK_NAMES(want, got)                                                           \
	do {                                                                             \
		CHECK_EQ(COUNT(got), COUNT(want));                                       \
		for (size_t i_ = 0; i_ < COUNT(want) && i_ < COUNT(got); i_++)           \
			CHECK_STR((got)[i_], (want)[i_]);                                \
	} while (0)

#define CHECK_MEMBER(type, member, offset, bytes)                                        \
	do {                                                                             \
		CHECK_EQ(offsetof(struct type, member), offset);                         \
		CHECK_EQ(sizeof(((struct type *)0)->member), bytes);                     \
	} while (0)

TEST(constants)
{
	CHECK_EQ(sizeof(WEIR_STATS_MAGIC) - 1, 8);
	CHECK_STR(WEIR_STATS_MAGIC, "weirstat");
	CHECK_EQ(WEIR_STATS_ENDIAN, 0x01020304);
	CHECK_EQ(WEIR_STATS_VERSION, 1);
	CHECK_EQ(WEIR_STATS_HEADER_BYTES, 1024);
	CHECK_EQ(WEIR_STATS_SLOTS, 2);
	CHECK_EQ(WEIR_STATS_SECTIONS, 16);
	CHECK_EQ(WEIR_STATS_MAX_CLASSES, 64);
	CHECK_EQ(WEIR_STATS_MAX_REGIONS, 64);
	CHECK_EQ(WEIR_STATS_SIZE_BUCKETS, 48);
	CHECK_EQ(WEIR_STATS_PROFILE_ROWS, 122);
	CHECK_EQ(WEIR_STATS_SMALL_ROWS, 89);
	CHECK_EQ(WEIR_STATS_MAX_MAPS, 256);
	CHECK_EQ(WEIR_STATE_RUNNING, 1);
	CHECK_EQ(WEIR_STATE_EXITED, 2);
	CHECK_STR(WEIR_STATS_SUFFIX, ".weir");
	CHECK_EQ(WEIR_STATS_MAX_EXECS, 16);
}

TEST(header)
{
	CHECK_MEMBER(weir_stats_header, magic, 0, 8);
	CHECK_MEMBER(weir_stats_header, endian, 8, 4);
	CHECK_MEMBER(weir_stats_header, version, 12, 2);
	CHECK_MEMBER(weir_stats_header, word_bytes, 14, 2);
	CHECK_MEMBER(weir_stats_header, header_bytes, 16, 4);
	CHECK_MEMBER(weir_stats_header, slot_bytes, 20, 4);
	CHECK_MEMBER(weir_stats_header, n_slots, 24, 4);
	CHECK_MEMBER(weir_stats_header, n_sections, 28, 4);
	CHECK_MEMBER(weir_stats_header, pid, 32, 4);
	CHECK_MEMBER(weir_stats_header, forked_from, 36, 4);
	CHECK_MEMBER(weir_stats_header, start_ticks, 40, 8);
	CHECK_MEMBER(weir_stats_header, created_unix_ns, 48, 8);
	CHECK_MEMBER(weir_stats_header, page_bytes, 56, 4);
	CHECK_MEMBER(weir_stats_header, stats_ms, 60, 4);
	CHECK_MEMBER(weir_stats_header, options_bytes, 64, 32);
	CHECK_MEMBER(weir_stats_header, weir_version, 96, 16);
	CHECK_MEMBER(weir_stats_header, exe, 112, 256);
	CHECK_MEMBER(weir_stats_header, sections, 368, 256);
	CHECK_MEMBER(weir_stats_header, mailbox_offset, 624, 8);
	CHECK_MEMBER(weir_stats_header, trace_offset, 632, 8);
	CHECK_MEMBER(weir_stats_header, trace_bytes, 640, 8);
	CHECK_MEMBER(weir_stats_header, attached_unix_ns, 648, 8);
	CHECK_MEMBER(weir_stats_header, detached_unix_ns, 656, 8);
	CHECK_MEMBER(weir_stats_header, collect_offset, 664, 8);
	CHECK_MEMBER(weir_stats_header, ancestors, 672, 32);
	CHECK_MEMBER(weir_stats_header, command, 704, 192);
	CHECK_EQ(sizeof(struct weir_stats_header), 896);
	CHECK(sizeof(struct weir_stats_header) <= WEIR_STATS_HEADER_BYTES);
}

TEST(section_row)
{
	CHECK_MEMBER(weir_stats_section, word_offset, 0, 4);
	CHECK_MEMBER(weir_stats_section, records, 4, 4);
	CHECK_MEMBER(weir_stats_section, record_words, 8, 4);
	CHECK_MEMBER(weir_stats_section, reserved, 12, 4);
	CHECK_EQ(sizeof(struct weir_stats_section), 16);
}

TEST(slot_head)
{
	CHECK_MEMBER(weir_stats_slot_head, seq_begin, 0, 8);
	CHECK_MEMBER(weir_stats_slot_head, state, 8, 8);
	CHECK_MEMBER(weir_stats_slot_head, unix_ns, 16, 8);
	CHECK_MEMBER(weir_stats_slot_head, monotonic_ns, 24, 8);
	CHECK_EQ(sizeof(struct weir_stats_slot_head), 32);
}

TEST(slot_words)
{
	CHECK_EQ(WEIR_SLOT_HEAD_WORDS, 4);
	CHECK_EQ(WEIR_SLOT_COUNTERS, 4);
	CHECK_EQ(WEIR_SLOT_CLASSES, 94);
	CHECK_EQ(WEIR_SLOT_SIZES, 1310);
	CHECK_EQ(WEIR_SLOT_KINDS, 1406);
	CHECK_EQ(WEIR_SLOT_FALLBACKS, 1422);
	CHECK_EQ(WEIR_SLOT_REGIONS, 1432);
	CHECK_EQ(WEIR_SLOT_PROFILE, 1560);
	CHECK_EQ(WEIR_SLOT_SMALL, 3390);
	CHECK_EQ(WEIR_SLOT_MAPS, 3924);
	CHECK_EQ(WEIR_SLOT_END, 4692);
	CHECK_EQ(WEIR_SLOT_WORDS, 4693);
	CHECK_EQ(WEIR_STATS_SLOT_BYTES, 37544);
	CHECK_EQ(WEIR_STATS_FILE_BYTES, 76112);
}

TEST(sections)
{
	static const char *const want[] = {"COUNTERS", "CLASSES",   "SIZES",
					   "KINDS",    "FALLBACKS", "REGIONS",
					   "PROFILE",  "SMALL",	    "MAPS"};
	static const char *const got[] = {
#define X(id, text) #id,
		WEIR_STATS_SECTION_LIST(X)
#undef X
	};

	CHECK_NAMES(want, got);
	CHECK_EQ(WEIR_N_SECTIONS, COUNT(want));
	CHECK_EQ(WEIR_SECTION_COUNTERS, 0);
	CHECK_EQ(WEIR_SECTION_REGIONS, 5);
	CHECK_EQ(WEIR_SECTION_PROFILE, 6);
	CHECK_EQ(WEIR_SECTION_SMALL, 7);
	CHECK_EQ(WEIR_SECTION_MAPS, 8);
	CHECK(WEIR_N_SECTIONS <= WEIR_STATS_SECTIONS);
}

#define FIELD_NAME(name, ...) #name,

TEST(counters)
{
	static const char *const want[] = {"large_requests",
					   "large_pool",
					   "large_map",
					   "large_passed",
					   "large_requested_bytes",
					   "passed_bytes",
					   "scratch_gets",
					   "scratch_puts",
					   "scratch_live",
					   "scratch_inherited",
					   "map_gets",
					   "map_fresh",
					   "map_recycled_dirty",
					   "map_recycled_zero",
					   "map_refused",
					   "map_puts",
					   "map_live",
					   "map_inherited",
					   "map_live_requested_bytes",
					   "map_live_rounding_bytes",
					   "map_live_held_bytes",
					   "map_live_held_peak_bytes",
					   "realloc_in_place",
					   "realloc_remapped",
					   "realloc_copied",
					   "zeroed_bytes",
					   "zero_skipped_bytes",
					   "live_held_bytes",
					   "cached_dirty_bytes",
					   "cached_clean_bytes",
					   "reserved_bytes",
					   "region_bytes",
					   "region_peak_bytes",
					   "metadata_bytes",
					   "resident_bytes",
					   "rss_bytes",
					   "rss_peak_bytes",
					   "recycled_bytes",
					   "fresh_bytes",
					   "purges",
					   "purged_bytes",
					   "purge_failed",
					   "trims",
					   "cache_cap_bytes",
					   "cgroup_limit_bytes",
					   "misuse",
					   "deferred_frees",
					   "sidecar_writes",
					   "sidecar_failed",
					   "sidecar_errno",
					   "timer_ticks",
					   "timer_cpu_ns",
					   "timer_failed",
					   "gathers",
					   "gathered_bytes",
					   "offered_bytes",
					   "offer_failed",
					   "sampling_on_ns",
					   "sampling_off_ns",
					   "sampling_starts",
					   "sampling_grown_bytes",
					   "account_ns",
					   "part_live_bytes",
					   "part_cached_bytes",
					   "part_tables_bytes",
					   "part_script_bytes",
					   "part_code_bytes",
					   "part_maps_bytes",
					   "part_next_bytes",
					   "part_stacks_bytes",
					   "part_files_bytes",
					   "part_shared_bytes",
					   "part_rest_bytes",
					   "v8",
					   "script_used_bytes",
					   "next_used_bytes",
					   "next_used_ns",
					   "maps_seen",
					   "maps_lost",

					   "large_observed",
					   "sampling_mode",
					   "next_trims",
					   "next_trims_under_load",
					   "next_trims_put_off",
					   "next_trimmed_bytes",
					   "next_trim_ns",
					   "next_trim_longest_ns",
					   "aside_blocks",
					   "aside_refused",
					   "silent"};
	static const char *const got[] = {WEIR_COUNTERS(FIELD_NAME)};

	CHECK_NAMES(want, got);
	CHECK_EQ(WEIR_N_COUNTERS, COUNT(want));
	CHECK_EQ(WEIR_C_large_requests, 0);
	CHECK_EQ(WEIR_C_silent, WEIR_N_COUNTERS - 1);
}

TEST(class_fields)
{
	static const char *const want[] = {"capacity_bytes",
					   "gets",
					   "hits",
					   "misses",
					   "refused",
					   "puts",
					   "evicted",
					   "live",
					   "live_peak",
					   "cached",
					   "cached_peak",
					   "inherited",
					   "inherited_cached",
					   "requested_bytes",
					   "rounding_bytes",
					   "live_requested_bytes",
					   "live_rounding_bytes",
					   "held_bytes",
					   "shared_hits"};
	static const char *const got[] = {WEIR_CLASS_FIELDS(FIELD_NAME)};

	CHECK_NAMES(want, got);
	CHECK_EQ(WEIR_N_CLASS_FIELDS, COUNT(want));
	CHECK_EQ(WEIR_K_capacity_bytes, 0);
	CHECK_EQ(WEIR_K_shared_hits, WEIR_N_CLASS_FIELDS - 1);
}

TEST(memory_parts)
{
	static const char *const want[] = {"live",  "cached", "tables", "script",
					   "code",  "maps",   "next",	"stacks",
					   "files", "shared", "rest"};
	static const char *const got[] = {
#define X(id, name, meaning) name,
		WEIR_MEMORY_PARTS(X)
#undef X
	};

	CHECK_NAMES(want, got);
	CHECK_EQ(WEIR_C_part_live_bytes + WEIR_N_MEMORY_PARTS - 1,
		 WEIR_C_part_rest_bytes);
}

TEST(small_records)
{
	static const char *const want_size[] = {"requests", "bytes"};
	static const char *const want_kind[] = {"requests", "bytes", "live",
						"live_bytes"};
	static const char *const want_region[] = {"base", "bytes"};
	static const char *const want_small[] = {
		"most_bytes", "allocs", "frees", "live", "live_bytes", "live_samples"};
	static const char *const small[] = {WEIR_SMALL_FIELDS(FIELD_NAME)};
	static const char *const want_map[] = {"base", "bytes", "own"};
	static const char *const size[] = {WEIR_SIZE_FIELDS(FIELD_NAME)};
	static const char *const kind[] = {WEIR_KIND_FIELDS(FIELD_NAME)};
	static const char *const region[] = {WEIR_REGION_FIELDS(FIELD_NAME)};
	static const char *const map[] = {WEIR_MAP_FIELDS(FIELD_NAME)};

	CHECK_NAMES(want_size, size);
	CHECK_NAMES(want_kind, kind);
	CHECK_NAMES(want_region, region);
	CHECK_NAMES(want_small, small);
	CHECK_EQ(WEIR_N_SMALL_FIELDS, 6);
	CHECK_NAMES(want_map, map);
	CHECK_EQ(WEIR_N_SIZE_FIELDS, 2);
	CHECK_EQ(WEIR_N_KIND_FIELDS, 4);
	CHECK_EQ(WEIR_N_REGION_FIELDS, 2);
	CHECK_EQ(WEIR_N_MAP_FIELDS, 3);
}

#define ROW_NAME(id, name, meaning) name,

TEST(kinds)
{
	static const char *const want[] = {"other", "backing_store", "encoder", "mmap"};
	static const char *const got[] = {WEIR_KINDS(ROW_NAME)};

	CHECK_NAMES(want, got);
	CHECK_EQ(WEIR_KIND_OTHER, 0);
	CHECK_EQ(WEIR_KIND_BACKING_STORE, 1);
	CHECK_EQ(WEIR_KIND_ENCODER, 2);
	CHECK_EQ(WEIR_KIND_MMAP, 3);
	CHECK_EQ(WEIR_N_KINDS, COUNT(want));
}

TEST(fallbacks)
{
	static const char *const want[] = {
		"kind",	    "too_large", "alignment", "address_space", "commit",
		"metadata", "nested",	 "dlmopen",   "limited",       "busy"};
	static const char *const got[] = {WEIR_FALLBACKS(ROW_NAME)};

	CHECK_NAMES(want, got);
	CHECK_EQ(WEIR_F_KIND, 0);
	CHECK_EQ(WEIR_F_NESTED, 6);
	CHECK_EQ(WEIR_F_DLMOPEN, 7);
	CHECK_EQ(WEIR_F_LIMITED, 8);
	CHECK_EQ(WEIR_F_BUSY, 9);
	CHECK_EQ(WEIR_N_FALLBACKS, COUNT(want));
}

#define TAP_TESTS                                                                        \
	T(constants)                                                                     \
	T(header)                                                                        \
	T(section_row)                                                                   \
	T(slot_head)                                                                     \
	T(slot_words)                                                                    \
	T(sections)                                                                      \
	T(counters)                                                                      \
	T(class_fields)                                                                  \
	T(memory_parts)                                                                  \
	T(small_records)                                                                 \
	T(kinds)                                                                         \
	T(fallbacks)
TAP_MAIN()
