/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sidecar as one JSON object: raw numbers, and rates as fractions, null where undefined.
 * Called by `weir stat --json` and the fuzzer. Keys keep their order and meaning; new ones may
 * be added.
 */

#include "tools/read/script_name.h"
#include "tools/text/json.h"
#include "tools/view/attached.h"
#include "tools/view/census_view.h"
#include "tools/view/resident_text.h"
#include "tools/view/stat_view.h"

static const char *const counter_names[] = {
#define X(name, ...) #name,
	WEIR_COUNTERS(X)
#undef X
};

static const char *const class_fields[] = {
#define X(name, ...) #name,
	WEIR_CLASS_FIELDS(X)
#undef X
};

static const char *const size_fields[] = {
#define X(name, ...) #name,
	WEIR_SIZE_FIELDS(X)
#undef X
};

static const char *const kind_fields[] = {
#define X(name, ...) #name,
	WEIR_KIND_FIELDS(X)
#undef X
};

static const char *const kind_names[] = {
#define X(id, name, meaning) name,
	WEIR_KINDS(X)
#undef X
};

static const char *const fallback_names[] = {
#define X(id, name, meaning) name,
	WEIR_FALLBACKS(X)
#undef X
};

static const char *const small_fields[] = {
#define X(name, ...) #name,
	WEIR_SMALL_FIELDS(X)
#undef X
};

static const char *const region_fields[] = {
#define X(name, ...) #name,
	WEIR_REGION_FIELDS(X)
#undef X
};

/* Every field that is known, null where the file lacks it. */
static void
put_fields(struct json *j, const struct sidecar *s, enum weir_stats_section_id section,
	   uint32_t row, const char *const *names, uint32_t n)
{
	for (uint32_t f = 0; f < n; f++) {
		if (sidecar_has(s, section, row, f))
			json_u64(j, names[f], sidecar_at(s, section, row, f));
		else
			json_null(j, names[f]);
	}
}

static uint64_t
sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void
put_identity(struct json *j, const struct locate_entry *e)
{
	const struct weir_stats_header *h = &e->sidecar.header;
	char name[SCRIPT_NAME_BYTES];

	json_i64(j, "pid", h->pid);
	if (e->inner_pid != 0)
		json_i64(j, "inner_pid", e->inner_pid);
	json_string(j, "exe", h->exe);
	json_string(j, "name", script_name(&e->sidecar, name));
	json_open(j, "ancestors", '[');
	for (size_t i = 0; i < WEIR_STATS_ANCESTORS && h->ancestors[i] > 0; i++)
		json_i64(j, NULL, h->ancestors[i]);
	json_close(j, ']');
	json_string(j, "state", locate_life_text(e->life));
	json_string(j, "sidecar", e->path);
}

static void
put_header(struct json *j, const struct stat_view *v)
{
	const struct weir_stats_header *h = &v->entry->sidecar.header;

	put_identity(j, v->entry);
	json_seconds(j, "age_seconds", v->age_ns);
	json_u64(j, "written_unix_ns", v->entry->sidecar.slot.unix_ns);
	json_u64(j, "written_monotonic_ns", v->entry->sidecar.slot.monotonic_ns);
	json_u64(j, "created_unix_ns", h->created_unix_ns);
	json_u64(j, "writes", v->entry->sidecar.slot.seq_begin);
	json_u64(j, "torn_slots", v->entry->sidecar.torn_slots);
	json_i64(j, "forked_from", h->forked_from);
	attached_put(j, h);
	json_u64(j, "start_ticks", h->start_ticks);
	json_u64(j, "page_bytes", h->page_bytes);
	json_string(j, "weir_version", h->weir_version);
	json_open(j, "options", '{');
	json_u64(j, "floor", h->options_bytes[0]);
	json_u64(j, "threshold", h->options_bytes[1]);
	json_u64(j, "cache_max", h->options_bytes[2]);
	json_u64(j, "decay_ms", h->options_bytes[3]);
	json_u64(j, "stats_ms", h->stats_ms);
	json_close(j, '}');
}

static void
put_memory(struct json *j, const struct resident *m)
{
	json_open(j, "memory", '{');
	json_string(j, "measured", m->now ? "now" : "at the last write");
	json_u64(j, "rss_bytes", m->rss_bytes);
	json_u64(j, "live_bytes", m->live_bytes);
	json_u64(j, "cached_bytes", m->cached_bytes);
	json_u64(j, "rest_bytes", m->js_heap_bytes + m->other_bytes);
	resident_json(j, m);
	json_close(j, '}');
}

static void
put_totals(struct json *j, const struct sidecar *s)
{
	struct derive_totals t = derive_totals(s);

	json_open(j, "derived", '{');
	json_ratio(j, "hit_rate", t.recycled, t.gets);
	json_ratio(j, "pool_hit_rate", t.pool_hits, t.pool_gets);
	json_ratio(j, "pool_waste", t.pool_rounding_bytes,
		   sum(t.pool_requested_bytes, t.pool_rounding_bytes));
	json_u64(j, "live_blocks", t.live);
	json_close(j, '}');
}

static void
put_classes(struct json *j, const struct sidecar *s)
{
	json_open(j, "classes", '[');
	for (uint32_t row = 0; row < s->rows[WEIR_SECTION_CLASSES].records; row++) {
		uint64_t rounding = sidecar_class(s, row, WEIR_K_rounding_bytes);

		if (sidecar_class(s, row, WEIR_K_capacity_bytes) == 0 &&
		    !derive_class_used(s, row))
			continue; /* a row of the fixed table that no class uses */
		json_open(j, NULL, '{');
		put_fields(j, s, WEIR_SECTION_CLASSES, row, class_fields,
			   WEIR_N_CLASS_FIELDS);
		json_ratio(j, "hit_rate", sidecar_class(s, row, WEIR_K_hits),
			   sidecar_class(s, row, WEIR_K_gets));
		json_ratio(j, "waste", rounding,
			   sum(rounding, sidecar_class(s, row, WEIR_K_requested_bytes)));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
put_sizes(struct json *j, const struct sidecar *s)
{
	json_open(j, "sizes", '[');
	for (uint32_t row = 0; row < s->rows[WEIR_SECTION_SIZES].records; row++) {
		if (sidecar_at(s, WEIR_SECTION_SIZES, row, WEIR_Z_requests) == 0)
			continue;
		json_open(j, NULL, '{');
		if (row < 64)
			json_u64(j, "up_to_bytes", UINT64_C(1) << row);
		else
			json_null(j, "up_to_bytes");
		put_fields(j, s, WEIR_SECTION_SIZES, row, size_fields,
			   WEIR_N_SIZE_FIELDS);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* Rows that this weir has names for; a newer file may hold more. */
static void
put_named(struct json *j, const struct sidecar *s)
{
	json_open(j, "kinds", '{');
	for (uint32_t row = 0; row < WEIR_N_KINDS; row++) {
		json_open(j, kind_names[row], '{');
		put_fields(j, s, WEIR_SECTION_KINDS, row, kind_fields,
			   WEIR_N_KIND_FIELDS);
		json_close(j, '}');
	}
	json_close(j, '}');
	json_open(j, "fallbacks", '{');
	for (uint32_t row = 0; row < WEIR_N_FALLBACKS; row++)
		put_fields(j, s, WEIR_SECTION_FALLBACKS, row, &fallback_names[row], 1);
	json_close(j, '}');
}

static void
put_small(struct json *j, const struct stat_view *v)
{
	const struct sidecar *s = &v->entry->sidecar;
	struct census c = census_of(s, v->trace.head.sample_bytes);

	census_json_put(j, "small_blocks", &c);
	json_open(j, "small_sizes", '[');
	for (uint32_t row = 0; row < s->rows[WEIR_SECTION_SMALL].records; row++) {
		if (sidecar_at(s, WEIR_SECTION_SMALL, row, WEIR_M_allocs) == 0 &&
		    sidecar_at(s, WEIR_SECTION_SMALL, row, WEIR_M_live) == 0)
			continue;
		json_open(j, NULL, '{');
		put_fields(j, s, WEIR_SECTION_SMALL, row, small_fields,
			   WEIR_N_SMALL_FIELDS);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
put_regions(struct json *j, const struct sidecar *s)
{
	json_open(j, "regions", '[');
	for (uint32_t row = 0; row < s->rows[WEIR_SECTION_REGIONS].records; row++) {
		if (sidecar_at(s, WEIR_SECTION_REGIONS, row, WEIR_R_bytes) == 0)
			continue;
		json_open(j, NULL, '{');
		put_fields(j, s, WEIR_SECTION_REGIONS, row, region_fields,
			   WEIR_N_REGION_FIELDS);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void
stat_json_print(const struct stat_view *v, FILE *out)
{
	const struct sidecar *s = &v->entry->sidecar;
	struct json j;

	json_begin(&j, out);
	json_open(&j, NULL, '{');
	put_header(&j, v);
	put_memory(&j, &v->memory);
	put_totals(&j, s);
	json_open(&j, "counters", '{');
	put_fields(&j, s, WEIR_SECTION_COUNTERS, 0, counter_names, WEIR_N_COUNTERS);
	json_close(&j, '}');
	put_classes(&j, s);
	put_sizes(&j, s);
	put_named(&j, s);
	put_small(&j, v);
	stat_collect_put(&j, &v->collections);
	put_regions(&j, s);
	stat_trace_put(&j, &v->trace);
	json_close(&j, '}');
	json_end(&j);
}

void
stat_json_list(const struct locate_entry *entries, size_t n, FILE *out)
{
	struct json j;

	json_begin(&j, out);
	json_open(&j, NULL, '{');
	json_open(&j, "sidecars", '[');
	for (size_t i = 0; i < n; i++) {
		const struct sidecar *s = &entries[i].sidecar;
		struct derive_totals t;

		json_open(&j, NULL, '{');
		if (entries[i].error != 0) {
			json_string(&j, "sidecar", entries[i].path);
			json_string(&j, "error", entries[i].why);
			json_close(&j, '}');
			continue;
		}
		t = derive_totals(s);
		put_identity(&j, &entries[i]);
		json_seconds(&j, "age_seconds", locate_age_ns(s));
		json_u64(&j, "rss_bytes", sidecar_counter(s, WEIR_C_rss_bytes));
		json_u64(&j, "live_held_bytes",
			 sidecar_counter(s, WEIR_C_live_held_bytes));
		json_u64(&j, "cached_dirty_bytes", t.cached_dirty_bytes);
		json_ratio(&j, "hit_rate", t.recycled, t.gets);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	json_end(&j);
}
