/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story that trace_sample.h names: sites whose verdicts are known because their numbers are
 * made by formula, second by second.
 */
#include <stdio.h>
#include <string.h>

#include "tests/tools/trace_sample.h"

#define MB (UINT64_C(1) << 20)

/* What a site holds at second t, and all it has ever allocated. */
static uint64_t
live_at(uint32_t site, uint64_t t)
{
	switch (site) {
	case 0:
		return 256 << 10;
	case STORY_HELD:
		return t * MB;
	case STORY_GC_LAG:
		return MB + t % 10 * 3 * MB;
	case STORY_PLATEAU:
		return (t < 30 ? t * 20 / 30 : 20) * MB;
	case STORY_DEPENDENCY:
		return 2 * MB;
	}
	return t / 4 * MB; /* STORY_NATIVE */
}

static uint64_t
alloc_at(uint32_t site, uint64_t t)
{
	switch (site) {
	case STORY_GC_LAG:
		return MB + t * 3 * MB;
	case STORY_PLATEAU:
		return t * 20 / 30 * MB;
	}
	return live_at(site, t);
}

static uint64_t
trough_at(uint32_t site, uint64_t t)
{
	/* The least since the last major GC but one, at t = 0, 10, 20, ... */
	uint64_t from = t < 20 ? 0 : t / 10 * 10 - 10;

	return live_at(site, from) < live_at(site, t) ? live_at(site, from)
						      : live_at(site, t);
}

static void
fill_row(struct weir_trace_row *row, uint64_t t)
{
	uint64_t live = 0, count = 0, alloc = 0;

	for (uint32_t site = 0; site < STORY_SITES; site++) {
		uint64_t bytes = live_at(site, t);
		struct weir_trace_point p = {
			.site = site,
			.live_count = (uint32_t)(bytes / (256 << 10)),
			.live_bytes = bytes,
			.trough_bytes = trough_at(site, t),
			.alloc_bytes = alloc_at(site, t),
		};

		trace_sample_point(row, p);
		live += bytes;
		count += p.live_count;
		alloc += p.alloc_bytes;
	}
	row->monotonic_ns = STORY_START_NS + t * 1000000000;
	row->unix_ns = STORY_START_UNIX + t * 1000000000;
	row->live_bytes = live;
	row->live_count = count;
	row->alloc_bytes = alloc;
	row->cached_bytes = 8 * MB;
	row->js_heap_bytes = 12 * MB;
	row->js_external_bytes = live;
	row->rss_bytes = live + 8 * MB + 12 * MB + 30 * MB;
	row->limit_bytes = 512 * MB;
	row->major_gcs = row->main_major_gcs = t / 10;
	row->minor_gcs = t;
	row->n_sites = STORY_SITES;
}

static uint32_t
script(struct trace_sample *s, const char *function, const char *root, const char *file,
       uint32_t line, uint32_t column)
{
	char path[512];

	/* ES modules are known by their URL. */
	snprintf(path, sizeof(path), "%s%s/%s",
		 strstr(file, "leak") != NULL ? "file://" : "", root, file);
	return trace_sample_js(s, function, path, line, column);
}

static void
add_sites(struct trace_sample *s, const char *root)
{
	uint32_t main_thread = trace_sample_thread(s, 1234, "node", 1);
	uint32_t worker = trace_sample_thread(s, 1240, "node", 2);
	uint16_t node = trace_sample_module(s, "/usr/bin/node", 0x400000, 0x4000000);
	uint16_t libc = trace_sample_module(s, "/lib/x86_64-linux-gnu/libc.so.6",
					    0x7f0000000000, 0x7f0000200000);
	uint16_t addon = trace_sample_module(s, "/app/build/libaddon.so", 0x7f0001000000,
					     0x7f0001010000);
	uint32_t start = trace_sample_native(s, libc, 0x7f0000027305);
	uint32_t loop = trace_sample_native(s, node, 0x800100);
	uint32_t allocate = trace_sample_native(s, node, 0x900200);
	uint32_t alloc = trace_sample_js(s, "alloc", "node:buffer", 374, 3);
	uint32_t emit = trace_sample_js(s, "emit", "node:events", 519, 28);
	uint32_t remember = script(s, "remember", root, "leak.mjs", 12, 15);
	uint32_t tick = script(s, "tick", root, "leak.mjs", 30, 3);
	uint32_t handle = script(s, "handle", root, "server.mjs", 40, 9);
	uint32_t put = script(s, "put", root, "cache.mjs", 7, 20);
	uint32_t pkg = script(s, "read", root, "node_modules/pkg/lib/x.js", 9, 1);
	uint32_t begin = script(s, "start", root, "server.mjs", 55, 3);
	uint32_t make = trace_sample_native(s, addon, 0x7f0001001234);
	const uint32_t held[] = {allocate, alloc, remember, tick, emit, loop, start};
	const uint32_t lag[] = {allocate, alloc, handle, emit, loop, start};
	const uint32_t plateau[] = {allocate, put, handle, emit, loop, start};
	const uint32_t dependency[] = {allocate, alloc, pkg, begin, loop, start};
	const uint32_t native[] = {make, loop, start};

#define STACK(frames) trace_sample_stack(s, frames, sizeof(frames) / sizeof(frames[0]))
	trace_sample_site(s, STACK(held), WEIR_KIND_BACKING_STORE, main_thread);
	trace_sample_site(s, STACK(lag), WEIR_KIND_BACKING_STORE, worker);
	trace_sample_site(s, STACK(plateau), WEIR_KIND_BACKING_STORE, main_thread);
	trace_sample_site(s, STACK(dependency), WEIR_KIND_BACKING_STORE, main_thread);
	trace_sample_site(s, STACK(native), WEIR_KIND_OTHER, main_thread);
#undef STACK
}

static void
fill_site(struct trace_sample *s, uint32_t site, uint64_t t)
{
	uint64_t *f = trace_sample_field(s, site, WEIR_S_stack);
	uint64_t live = live_at(site, t), now = live;

	f[WEIR_S_live_bytes] = live;
	f[WEIR_S_live_count] = live / (256 << 10);
	f[WEIR_S_alloc_bytes] = alloc_at(site, t);
	f[WEIR_S_alloc_count] = alloc_at(site, t) / (256 << 10);
	f[WEIR_S_peak_bytes] = site == STORY_GC_LAG ? 28 * MB : live;
	f[WEIR_S_trough_bytes] = trough_at(site, t);
	f[WEIR_S_first_ns] = STORY_START_NS;
	f[WEIR_S_last_ns] = STORY_START_NS + t * 1000000000;
	f[WEIR_S_major_gcs] = t / 10;
	if (site == STORY_GC_LAG) {
		f[WEIR_S_age0_bytes] = live;
		f[WEIR_S_birth_gc_sum] = live / 1024 * (t / 10);
		f[WEIR_S_birth_ms_sum] = live / 1024 * (t - t % 10) * 1000;
		return;
	}
	/* Born at an even pace, or all at the beginning. */
	uint64_t even = site == STORY_HELD || site == STORY_NATIVE;

	f[WEIR_S_age0_bytes] = even ? now * (t % 10) / t : 0;
	f[WEIR_S_age1_bytes] = even ? now * 10 / t : 0;
	f[WEIR_S_age2_bytes] = even ? now * 10 / t : 0;
	f[WEIR_S_old_bytes] =
		live - f[WEIR_S_age0_bytes] - f[WEIR_S_age1_bytes] - f[WEIR_S_age2_bytes];
	f[WEIR_S_birth_gc_sum] = even ? live / 1024 * (t / 10) / 2 : 0;
	f[WEIR_S_birth_ms_sum] = even ? live / 1024 * t * 1000 / 2 : 0;
}

static void
add_mark(struct trace_sample *s, const char *label, uint64_t t)
{
	struct weir_trace_row *row = trace_sample_row(s, WEIR_PART_MARKS);

	fill_row(row, t);
	strcpy(row->label, label);
}

void
trace_sample_story(struct trace_sample *s)
{
	trace_sample_story_in(s, "/app");
}

/* Of the stacks 950 were known and took 256 to 319 ns, 50 were new: 49 of 8 us, one of 64. */
static void
add_costs(struct trace_sample *s)
{
	struct weir_trace_part *p = &trace_sample_head(s)->parts[WEIR_PART_COSTS1];
	struct weir_trace_cost *costs = trace_sample_part(s, WEIR_PART_COSTS1);

	p->used = p->capacity;
	costs[28].known_stacks = 950;
	costs[48].new_stacks = 49;
	costs[60].new_stacks = 1;
}

void
trace_sample_story_in(struct trace_sample *s, const char *root)
{
	struct weir_trace_head *h = trace_sample_head(s);
	uint64_t t, live = 0;

	add_sites(s, root);
	for (t = 0; t < STORY_SECONDS; t++) {
		fill_row(trace_sample_row(s, WEIR_PART_ROWS_1S), t);
		if (t % 10 == 0)
			fill_row(trace_sample_row(s, WEIR_PART_ROWS_GC), t);
		if (t % 10 == 9)
			fill_row(trace_sample_row(s, WEIR_PART_ROWS_10S), t);
		if (t % 60 == 59)
			fill_row(trace_sample_row(s, WEIR_PART_ROWS_60S), t);
	}
	t = STORY_SECONDS - 1;
	add_mark(s, "before", 20);
	add_mark(s, "after", 100);
	for (uint32_t site = 0; site < STORY_SITES; site++) {
		fill_site(s, site, t);
		live += live_at(site, t);
	}
	strcpy(trace_sample_header(s)->exe, "/usr/bin/node");
	h->tier = WEIR_TIER_V8;
	h->runtime = trace_sample_string(s, "node");
	h->runtime_version = trace_sample_string(s, "V8 13.6");
	h->started_ns = STORY_START_NS;
	h->monotonic_ns = STORY_START_NS + t * 1000000000;
	h->unix_ns = STORY_START_UNIX + t * 1000000000;
	h->gc_known = 1;
	h->major_gcs = h->main_major_gcs = t / 10;
	h->minor_gcs = t;
	h->exact_bytes = 256 << 10;
	h->captures = 1000;
	h->capture_hits = 950;
	h->capture_ns = 2000000;
	h->memory_bytes = 20 * MB;
	add_costs(s);
	*trace_sample_counter(s, WEIR_C_rss_bytes) = live + 50 * MB;
	*trace_sample_counter(s, WEIR_C_cached_dirty_bytes) = 8 * MB;
	*trace_sample_counter(s, WEIR_C_resident_bytes) = live + 8 * MB;
	*trace_sample_counter(s, WEIR_C_live_held_bytes) = live;
	*trace_sample_counter(s, WEIR_C_cgroup_limit_bytes) = 512 * MB;
}
