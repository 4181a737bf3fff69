/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sample's numbers were worked out by hand from the identities in weir/stats.h; tests that
 * expect a figure take it from here.
 */
#include "tests/tools/sidecar_sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	enum weir_counter counter;
	uint64_t value;
} counters[] = {
	{WEIR_C_large_requests, 130},
	{WEIR_C_large_pool, 119},
	{WEIR_C_large_map, 8},
	{WEIR_C_large_passed, 3},
	{WEIR_C_large_requested_bytes, 200000000},
	{WEIR_C_passed_bytes, 400000},
	{WEIR_C_scratch_gets, 30},
	{WEIR_C_scratch_puts, 28},
	{WEIR_C_scratch_live, 3},
	{WEIR_C_scratch_inherited, 1},
	{WEIR_C_map_gets, 9},
	{WEIR_C_map_fresh, 4},
	{WEIR_C_map_recycled_dirty, 3},
	{WEIR_C_map_recycled_zero, 1},
	{WEIR_C_map_refused, 1},
	{WEIR_C_map_puts, 6},
	{WEIR_C_map_live, 3},
	{WEIR_C_map_inherited, 1},
	{WEIR_C_map_live_requested_bytes, 60000000},
	{WEIR_C_map_live_rounding_bytes, 2914560},
	{WEIR_C_map_live_held_bytes, 62914560},
	{WEIR_C_map_live_held_peak_bytes, 83886080},
	{WEIR_C_zero_skipped_bytes, 5000000},
	{WEIR_C_live_held_bytes, 69599232},
	{WEIR_C_cached_dirty_bytes, 16777216},
	{WEIR_C_cached_clean_bytes, 4194304},
	{WEIR_C_reserved_bytes, 43646976},
	{WEIR_C_region_bytes, 134217728},
	{WEIR_C_region_peak_bytes, 268435456},
	{WEIR_C_metadata_bytes, 1048576},
	{WEIR_C_resident_bytes, 80000000},
	{WEIR_C_rss_bytes, 150000000},
	{WEIR_C_rss_peak_bytes, 160000000},
	{WEIR_C_recycled_bytes, 75000000},
	{WEIR_C_fresh_bytes, 40000000},
	{WEIR_C_purges, 7},
	{WEIR_C_purged_bytes, 30000000},
	{WEIR_C_sidecar_writes, 42},
	{WEIR_C_timer_cpu_ns, 1500000},
};

static const uint64_t classes[][WEIR_N_CLASS_FIELDS] = {
	{
		[WEIR_K_capacity_bytes] = 131072,
		[WEIR_K_gets] = 100,
		[WEIR_K_hits] = 80,
		[WEIR_K_misses] = 20,
		[WEIR_K_refused] = 1,
		[WEIR_K_puts] = 90,
		[WEIR_K_evicted] = 4,
		[WEIR_K_live] = 11,
		[WEIR_K_live_peak] = 20,
		[WEIR_K_cached] = 19,
		[WEIR_K_cached_peak] = 30,
		[WEIR_K_inherited] = 2,
		[WEIR_K_inherited_cached] = 3,
		[WEIR_K_requested_bytes] = 12000000,
		[WEIR_K_rounding_bytes] = 976128,
		[WEIR_K_live_requested_bytes] = 1300000,
		[WEIR_K_live_rounding_bytes] = 141792,
		[WEIR_K_held_bytes] = 1441792,
		[WEIR_K_shared_hits] = 10,
	},
	{
		[WEIR_K_capacity_bytes] = 1048576,
		[WEIR_K_gets] = 50,
		[WEIR_K_hits] = 40,
		[WEIR_K_misses] = 10,
		[WEIR_K_puts] = 45,
		[WEIR_K_evicted] = 1,
		[WEIR_K_live] = 5,
		[WEIR_K_live_peak] = 9,
		[WEIR_K_cached] = 4,
		[WEIR_K_cached_peak] = 9,
		[WEIR_K_requested_bytes] = 45000000,
		[WEIR_K_rounding_bytes] = 7428800,
		[WEIR_K_live_requested_bytes] = 5000000,
		[WEIR_K_live_rounding_bytes] = 242880,
		[WEIR_K_held_bytes] = 5242880,
	},
	{[WEIR_K_capacity_bytes] = 10485760},
};

static const struct {
	enum weir_stats_section_id section;
	uint32_t row, field;
	uint64_t value;
} others[] = {
	{WEIR_SECTION_SIZES, 17, WEIR_Z_requests, 70},
	{WEIR_SECTION_SIZES, 17, WEIR_Z_bytes, 9000000},
	{WEIR_SECTION_SIZES, 20, WEIR_Z_requests, 50},
	{WEIR_SECTION_SIZES, 20, WEIR_Z_bytes, 41000000},
	{WEIR_SECTION_SIZES, 25, WEIR_Z_requests, 10},
	{WEIR_SECTION_SIZES, 25, WEIR_Z_bytes, 150000000},
	{WEIR_SECTION_PROFILE, 25, WEIR_P_requests, 127},
	{WEIR_SECTION_PROFILE, 25, WEIR_P_bytes, 199600000},
	{WEIR_SECTION_KINDS, WEIR_KIND_OTHER, WEIR_KF_requests, 10},
	{WEIR_SECTION_KINDS, WEIR_KIND_OTHER, WEIR_KF_bytes, 20000000},
	{WEIR_SECTION_KINDS, WEIR_KIND_BACKING_STORE, WEIR_KF_requests, 90},
	{WEIR_SECTION_KINDS, WEIR_KIND_BACKING_STORE, WEIR_KF_bytes, 150000000},
	{WEIR_SECTION_KINDS, WEIR_KIND_BACKING_STORE, WEIR_KF_live, 12},
	{WEIR_SECTION_KINDS, WEIR_KIND_BACKING_STORE, WEIR_KF_live_bytes, 60000000},
	{WEIR_SECTION_KINDS, WEIR_KIND_ENCODER, WEIR_KF_requests, 30},
	{WEIR_SECTION_KINDS, WEIR_KIND_ENCODER, WEIR_KF_bytes, 30000000},
	{WEIR_SECTION_FALLBACKS, WEIR_F_ALIGNMENT, 0, 2},
	{WEIR_SECTION_FALLBACKS, WEIR_F_COMMIT, 0, 1},
	{WEIR_SECTION_REGIONS, 0, WEIR_R_base, 0x200000000000},
	{WEIR_SECTION_REGIONS, 0, WEIR_R_bytes, 67108864},
	{WEIR_SECTION_REGIONS, 1, WEIR_R_base, 0x200010000000},
	{WEIR_SECTION_REGIONS, 1, WEIR_R_bytes, 67108864},
};

struct weir_stats_header *
sidecar_sample_header(struct sidecar_sample *s)
{
	return (struct weir_stats_header *)s->words;
}

struct weir_stats_slot_head *
sidecar_sample_slot(struct sidecar_sample *s, int slot)
{
	return (struct weir_stats_slot_head *)(s->words + WEIR_STATS_HEADER_BYTES / 8 +
					       (size_t)slot * WEIR_SLOT_WORDS);
}

uint64_t *
sidecar_sample_seq_end(struct sidecar_sample *s, int slot)
{
	return (uint64_t *)sidecar_sample_slot(s, slot) + WEIR_SLOT_END;
}

/* Records, words a record and place of each section, as the writer lays them out. */
static const uint32_t layout[WEIR_N_SECTIONS][3] = {
	[WEIR_SECTION_COUNTERS] = {1, WEIR_N_COUNTERS, WEIR_SLOT_COUNTERS},
	[WEIR_SECTION_CLASSES] = {WEIR_STATS_MAX_CLASSES, WEIR_N_CLASS_FIELDS,
				  WEIR_SLOT_CLASSES},
	[WEIR_SECTION_SIZES] = {WEIR_STATS_SIZE_BUCKETS, WEIR_N_SIZE_FIELDS,
				WEIR_SLOT_SIZES},
	[WEIR_SECTION_KINDS] = {WEIR_N_KINDS, WEIR_N_KIND_FIELDS, WEIR_SLOT_KINDS},
	[WEIR_SECTION_FALLBACKS] = {WEIR_N_FALLBACKS, 1, WEIR_SLOT_FALLBACKS},
	[WEIR_SECTION_REGIONS] = {WEIR_STATS_MAX_REGIONS, WEIR_N_REGION_FIELDS,
				  WEIR_SLOT_REGIONS},
	[WEIR_SECTION_MAPS] = {WEIR_STATS_MAX_MAPS, WEIR_N_MAP_FIELDS, WEIR_SLOT_MAPS},
	[WEIR_SECTION_PROFILE] = {WEIR_STATS_PROFILE_ROWS, WEIR_N_PROFILE_FIELDS,
				  WEIR_SLOT_PROFILE},
	[WEIR_SECTION_SMALL] = {WEIR_STATS_SMALL_ROWS, WEIR_N_SMALL_FIELDS,
				WEIR_SLOT_SMALL},
};

uint64_t *
sidecar_sample_word(struct sidecar_sample *s, enum weir_stats_section_id section,
		    uint32_t row, uint32_t field)
{
	return (uint64_t *)sidecar_sample_slot(s, 1) + layout[section][2] +
	       row * layout[section][1] + field;
}

static void
fill_header(struct weir_stats_header *h)
{
	memcpy(h->magic, WEIR_STATS_MAGIC, sizeof(h->magic));
	h->endian = WEIR_STATS_ENDIAN;
	h->version = WEIR_STATS_VERSION;
	h->word_bytes = 8;
	h->header_bytes = WEIR_STATS_HEADER_BYTES;
	h->slot_bytes = WEIR_STATS_SLOT_BYTES;
	h->n_slots = WEIR_STATS_SLOTS;
	h->n_sections = WEIR_N_SECTIONS;
	h->pid = 1234;
	h->start_ticks = 5678;
	h->created_unix_ns = UINT64_C(1700000000000000000);
	h->page_bytes = 4096;
	h->stats_ms = 1000;
	h->options_bytes[0] = 131072;
	h->options_bytes[1] = 10485760;
	h->options_bytes[3] = 1000;
	strcpy(h->weir_version, "0.1.0");
	strcpy(h->exe, "/usr/bin/sample");
	for (int i = 0; i < WEIR_N_SECTIONS; i++)
		h->sections[i] = (struct weir_stats_section){
			.records = layout[i][0],
			.record_words = layout[i][1],
			.word_offset = layout[i][2],
		};
}

void
sidecar_sample_make(struct sidecar_sample *s)
{
	memset(s, 0, sizeof(*s));
	fill_header(sidecar_sample_header(s));
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		*sidecar_sample_word(s, WEIR_SECTION_COUNTERS, 0, counters[i].counter) =
			counters[i].value;
	for (uint32_t row = 0; row < sizeof(classes) / sizeof(classes[0]); row++)
		memcpy(sidecar_sample_word(s, WEIR_SECTION_CLASSES, row, 0), classes[row],
		       sizeof(classes[row]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		*sidecar_sample_word(s, others[i].section, others[i].row,
				     others[i].field) = others[i].value;
	struct weir_stats_slot_head *newer = sidecar_sample_slot(s, 1);

	newer->state = WEIR_STATE_RUNNING;
	newer->unix_ns = UINT64_C(1700000100000000000);
	newer->monotonic_ns = 100000000000;
	memcpy(sidecar_sample_slot(s, 0), newer, WEIR_STATS_SLOT_BYTES);
	/* The older slot is told apart by one number of no identity. */
	((uint64_t *)sidecar_sample_slot(
		s, 0))[WEIR_SLOT_COUNTERS + WEIR_C_sidecar_writes] = 41;
	for (int slot = 0; slot < WEIR_STATS_SLOTS; slot++)
		sidecar_sample_slot(s, slot)->seq_begin =
			*sidecar_sample_seq_end(s, slot) = 41 + (uint64_t)slot;
}

static int
index_of(const char *name, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

#define NAME4(name, kind, unit, meaning)	#name,
#define NAME5(name, kind, unit, group, meaning) #name,

uint64_t *
sidecar_sample_named(struct sidecar_sample *s, const char *name)
{
	static const char *const sections[] = {"counters", "classes",	"sizes",
					       "kinds",	   "fallbacks", "regions",
					       "profile",  "small",	"maps"};
	static const char *const counter_names[] = {WEIR_COUNTERS(NAME5)};
	static const char *const class_names[] = {WEIR_CLASS_FIELDS(NAME4)};
	static const char *const size_names[] = {WEIR_SIZE_FIELDS(NAME4)};
	static const char *const kind_names[] = {WEIR_KIND_FIELDS(NAME4)};
	static const char *const fallback_names[] = {"requests"};
	static const char *const region_names[] = {WEIR_REGION_FIELDS(NAME4)};
	static const char *const profile_names[] = {WEIR_PROFILE_FIELDS(NAME4)};
	static const char *const small_names[] = {WEIR_SMALL_FIELDS(NAME4)};
	static const char *const map_names[] = {WEIR_MAP_FIELDS(NAME4)};
	static const char *const *const fields[] = {
		counter_names, class_names,   size_names,  kind_names, fallback_names,
		region_names,  profile_names, small_names, map_names};
	char section_name[32], field_name[64];
	unsigned row;
	int section, field;

	field = index_of(name, counter_names, WEIR_N_COUNTERS);
	if (field >= 0)
		return sidecar_sample_word(s, WEIR_SECTION_COUNTERS, 0, (uint32_t)field);
	if (sscanf(name, "%31[a-z].%u.%63s", section_name, &row, field_name) != 3)
		return NULL;
	section = index_of(section_name, sections, WEIR_N_SECTIONS);
	if (section < 0 || row >= layout[section][0])
		return NULL;
	field = index_of(field_name, fields[section], (int)layout[section][1]);
	if (field < 0)
		return NULL;
	return sidecar_sample_word(s, (enum weir_stats_section_id)section, row,
				   (uint32_t)field);
}
