/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The choice of classes (least rounding for their number), threshold, decay and cache bound.
 * Called by cmd_tune.c; must believe no number of the file to be sensible.
 */
#include "tools/model/tune_model.h"

#include <string.h>

#include "policy/profile.h"
#include "tools/model/derive.h"

#define ROWS	    WEIR_STATS_PROFILE_ROWS
#define MOST_CHOSEN 40
#define MB	    (1ull << 20)

/*
 * The pool gets the sizes that come again and again: at least RECURS_LEAST times, and in RECURS_PERMILLE of
 * a thousand requests. The threshold above the largest of them lies between these two.
 */
#define LEAST_THRESHOLD (1 * MB)
#define MOST_THRESHOLD	(64 * MB)
#define RECURS_PERMILLE 5
#define RECURS_LEAST	16

/* Of the numbers of classes, the least whose rounding exceeds the best by no more than this, in 1/1000. */
#define ROUNDING_SLACK 30

/* A shorter decay would empty the cache in a mere hiccup of the machine. */
#define LEAST_DECAY_MS 500
#define MOST_DECAY_MS  8000

/* For scratch blocks below the smallest size that the recording has. */
static const uint64_t small_classes[] = {8 << 10, 16 << 10, 32 << 10, 64 << 10};

struct rows {
	uint64_t n[ROWS], bytes[ROWS];
	uint64_t requests;
	uint32_t top; /* rows the pool serves: 0 .. top - 1 */
};

static uint64_t
at(const struct sidecar *s, uint32_t row, uint32_t field)
{
	return sidecar_at(s, WEIR_SECTION_PROFILE, row, field);
}

/* The rows as far as they can be true, scaled down together so that no sum overflows. */
static void
read_rows(struct rows *r, const struct sidecar *s)
{
	int shift = 0;

	memset(r, 0, sizeof(*r));
	r->requests = sidecar_sum(s, WEIR_SECTION_PROFILE, WEIR_P_requests);
	while (r->requests >> shift >= 1u << 30)
		shift++;
	for (uint32_t i = 0; i < ROWS - 1; i++) {
		uint64_t most;

		r->n[i] = at(s, i, WEIR_P_requests) >> shift;
		r->bytes[i] = at(s, i, WEIR_P_bytes) >> shift;
		most = r->n[i] * weir_profile_limit(i);
		if (r->bytes[i] > most)
			r->bytes[i] = most;
	}
}

static void
choose_threshold(struct rows *r, struct tune *t)
{
	uint64_t least = r->requests / 1000 * RECURS_PERMILLE;
	uint64_t threshold = LEAST_THRESHOLD;

	for (uint32_t i = 0; i < ROWS - 1; i++) {
		uint64_t limit = weir_profile_limit(i);

		if (r->n[i] >= RECURS_LEAST && r->n[i] >= least && limit > threshold &&
		    limit <= MOST_THRESHOLD)
			threshold = limit;
	}
	while (r->top < ROWS - 1 && weir_profile_limit(r->top) <= threshold)
		r->top++;
	t->options.threshold = threshold;
}

/*
 * best[k][i]: the least rounding when k classes serve rows 0 .. i - 1 and the last of them is row
 * i - 1's limit; from[k][i]: where the class before ends.
 */
struct plan {
	uint64_t best[MOST_CHOSEN + 1][ROWS + 1];
	uint8_t from[MOST_CHOSEN + 1][ROWS + 1];
};

static uint64_t
rounding(const struct rows *r, uint32_t first, uint32_t end)
{
	uint64_t limit = weir_profile_limit(end - 1), sum = 0;

	for (uint32_t i = first; i < end; i++)
		sum += r->n[i] * limit - r->bytes[i];
	return sum;
}

static void
fill_plan(struct plan *p, const struct rows *r, uint32_t end)
{
	for (uint32_t k = 0; k <= MOST_CHOSEN; k++) {
		for (uint32_t i = 0; i <= end; i++)
			p->best[k][i] = UINT64_MAX;
	}
	p->best[0][0] = 0;
	for (uint32_t k = 1; k <= MOST_CHOSEN; k++) {
		for (uint32_t i = 1; i <= end; i++) {
			for (uint32_t j = 0; j < i; j++) {
				uint64_t sum = p->best[k - 1][j];

				if (sum == UINT64_MAX)
					continue;
				sum += rounding(r, j, i);
				if (sum < p->best[k][i]) {
					p->best[k][i] = sum;
					p->from[k][i] = (uint8_t)j;
				}
			}
		}
	}
}

/* Chooses the capacities; returns the rounding that they cost. */
static uint64_t
choose_classes(const struct rows *r, struct tune *t)
{
	static struct plan plan; /* 40 KB */
	uint64_t bytes = 0, least;
	uint32_t end = r->top, k = 1, n = 0;
	uint64_t chosen[MOST_CHOSEN] = {0};

	while (end > 1 && r->n[end - 1] == 0)
		end--;
	for (uint32_t i = 0; i < end; i++)
		bytes += r->bytes[i];
	fill_plan(&plan, r, end);
	least = UINT64_MAX;
	for (uint32_t i = 1; i <= MOST_CHOSEN; i++)
		least = plan.best[i][end] < least ? plan.best[i][end] : least;
	while (k < MOST_CHOSEN &&
	       (plan.best[k][end] == UINT64_MAX ||
		plan.best[k][end] > least + bytes / 1000 * ROUNDING_SLACK))
		k++;
	for (uint32_t i = k, row = end; i > 0; i--) {
		chosen[i - 1] = weir_profile_limit(row - 1);
		row = plan.from[i][row];
	}

	char text[1024];
	struct emit out = {text, sizeof(text), 0};
	for (uint32_t i = 0; i < sizeof(small_classes) / sizeof(small_classes[0]); i++) {
		if (small_classes[i] < chosen[0]) {
			if (n++ > 0)
				emit_char(&out, ':');
			emit_size(&out, small_classes[i]);
		}
	}
	for (uint32_t i = 0; i < k; i++) {
		if (n++ > 0)
			emit_char(&out, ':');
		emit_size(&out, chosen[i]);
	}
	emit_end(&out);
	weir_grades_parse(&t->options.classes, text, strlen(text));
	t->n_chosen = k;
	t->expected.pool_bytes = bytes;
	return plan.best[k][end];
}

static uint64_t
reused_within(const struct sidecar *s, uint64_t ms)
{
	uint64_t sum = 0;

	for (uint32_t f = WEIR_P_idle_125ms; f < WEIR_P_idle_more; f++) {
		if (weir_profile_idle_limit(f) <= ms)
			sum += sidecar_sum(s, WEIR_SECTION_PROFILE, f);
	}
	return sum;
}

static void
choose_decay(struct tune *t, const struct sidecar *s)
{
	uint64_t most = reused_within(s, MOST_DECAY_MS), ms = LEAST_DECAY_MS;

	while (ms < MOST_DECAY_MS &&
	       reused_within(s, ms) + t->recorded.requests / 100 < most)
		ms *= 2;
	t->options.decay_ms = t->longest_ms = ms;
	t->expected.hits = reused_within(s, ms);
	if (t->expected.hits > t->expected.requests)
		t->expected.hits = t->expected.requests;
}

/* The most that was ever in use at once, and a quarter more for gaps between blocks. */
static uint64_t
cache_bound(const struct sidecar *s)
{
	uint64_t most = sidecar_counter(s, WEIR_C_map_live_held_peak_bytes);

	/* 0 is automatic: under a memory limit, weir's bound follows that limit. */
	if (sidecar_counter(s, WEIR_C_cgroup_limit_bytes) != 0)
		return 0;
	for (uint32_t i = 0; i < s->rows[WEIR_SECTION_CLASSES].records; i++) {
		uint64_t n = sidecar_class(s, i, WEIR_K_live_peak);
		uint64_t capacity = sidecar_class(s, i, WEIR_K_capacity_bytes);

		if (n < UINT32_MAX && capacity <= WEIR_GRADE_TOP)
			most += n * capacity;
	}
	most += most / 4;
	most = (most / (16 * MB) + 1) * 16 * MB;
	return most <= 1ull << 40 ? most : 0;
}

/* What is advised is in force: then its forecast is one of the same run, and its error no gain. */
static bool
ran_with(const struct tune *t, const struct sidecar *s)
{
	const uint64_t *was = s->header.options_bytes;
	const struct weir_grades *classes = &t->options.classes;

	if (was[1] != t->options.threshold || was[2] != t->options.cache_max ||
	    was[3] != t->options.decay_ms ||
	    s->rows[WEIR_SECTION_CLASSES].records != classes->n)
		return false;
	for (uint32_t i = 0; i < classes->n; i++)
		if (sidecar_class(s, i, WEIR_K_capacity_bytes) != classes->bytes[i])
			return false;
	return true;
}

enum tune_error
tune_from(struct tune *t, const struct sidecar *s)
{
	struct rows r;
	struct derive_totals totals = derive_totals(s);

	if (s->rows[WEIR_SECTION_PROFILE].records < ROWS)
		return TUNE_NO_PROFILE;
	memset(t, 0, sizeof(*t));
	weir_options_defaults(&t->options);
	read_rows(&r, s);
	if (r.requests < TUNE_LEAST_REQUESTS)
		return TUNE_TOO_FEW;
	t->recorded = (struct tune_figures){
		.requests = r.requests,
		.hits = totals.recycled,
		.pool_bytes = totals.pool_requested_bytes,
		.pool_rounding_bytes = totals.pool_rounding_bytes,
		.idle_bytes = sidecar_counter(s, WEIR_C_live_held_bytes),
	};
	t->expected.requests = r.requests;
	t->expected.idle_bytes = t->recorded.idle_bytes;
	choose_threshold(&r, t);
	t->expected.pool_rounding_bytes = choose_classes(&r, t);
	choose_decay(t, s);
	t->options.cache_max = cache_bound(s);
	t->in_force = ran_with(t, s);
	return TUNE_OK;
}

static double
part(uint64_t some, uint64_t whole)
{
	return whole != 0 ? (double)some / (double)whole : 0;
}

static double
rounding_part(const struct tune_figures *f)
{
	return part(f->pool_rounding_bytes, f->pool_bytes + f->pool_rounding_bytes);
}

#define IDLE_WORTH ((uint64_t)1 << 20)

bool
tune_gains(const struct tune *t)
{
	const struct tune_figures *was = &t->recorded, *will = &t->expected;

	if (t->in_force)
		return false;
	return part(will->hits, will->requests) > part(was->hits, was->requests) + 0.01 ||
	       rounding_part(will) < rounding_part(was) - 0.05 ||
	       (will->idle_bytes + IDLE_WORTH < was->idle_bytes &&
		will->idle_bytes < was->idle_bytes / 10 * 9);
}
