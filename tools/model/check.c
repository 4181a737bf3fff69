/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identities, as text, and what evaluates that text: in 128 bits, so that no value of a
 * hostile file can make two sides equal by wrapping. Called by `weir stat --check` and the
 * tests; prints nothing.
 */
#include "tools/model/check.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef unsigned __int128 wide;

#define LARGEST (~(wide)0) /* where a sum stays instead of wrapping */

/*
 * A bare name is a counter; classes.x is summed over the rows of that section.
 * rss_bytes <= rss_peak_bytes is missing on purpose: the kernel's two figures are read one
 * after the other and counted in different ways.
 */
static const char *const of_process[] = {
	"large_requests = large_pool + large_map + large_observed + large_passed",
	"large_requests = sizes.requests",
	"large_requested_bytes = sizes.bytes",
	"large_requested_bytes = kinds.bytes",
	"large_requests = kinds.requests",
	"large_passed = fallbacks.requests",
	"large_pool + large_map + large_observed = profile.requests",
	"large_requested_bytes = passed_bytes + profile.bytes",
	"passed_bytes <= large_requested_bytes",
	"scratch_live + scratch_puts = scratch_inherited + scratch_gets",
	"map_gets = map_fresh + map_recycled_dirty + map_recycled_zero + map_refused",
	"map_live + map_refused + map_puts = map_inherited + map_gets",
	"map_live_held_bytes = map_live_requested_bytes + map_live_rounding_bytes",
	"map_live_held_bytes <= map_live_held_peak_bytes",
	"live_held_bytes = classes.held_bytes + map_live_held_bytes",
	"region_bytes = live_held_bytes + cached_dirty_bytes + cached_clean_bytes + "
	"reserved_bytes",
	"classes.cached * classes.capacity_bytes <= cached_dirty_bytes + "
	"cached_clean_bytes",
	"region_bytes <= region_peak_bytes",
	"gathered_bytes <= recycled_bytes",
};

/* Only if the table of regions is not full: a full one may leave some out. */
static const char of_regions[] = "region_bytes = regions.bytes";

/* For each row of CLASSES; a bare name is a field of the row. */
static const char *const of_class[] = {
	"gets = hits + misses",
	"refused <= misses",
	"shared_hits <= hits",
	"live + refused + puts = inherited + gets",
	"cached + hits + evicted = inherited_cached + puts + shared_hits",
	"held_bytes = live_requested_bytes + live_rounding_bytes",
	"held_bytes = live * capacity_bytes",
	("requested_bytes + rounding_bytes + refused * capacity_bytes = gets * "
	 "capacity_bytes"),
	"live <= live_peak",
	"cached <= cached_peak",
};

struct operand {
	enum weir_stats_section_id section;
	uint32_t field;
};

/* Everything that an identity can name. */
static const struct {
	const char *name;
	struct operand operand;
} names[] = {{"fallbacks.requests", {WEIR_SECTION_FALLBACKS, 0}},
#define X(name, kind, unit, group, meaning)                                              \
	{#name, {WEIR_SECTION_COUNTERS, WEIR_C_##name}},
	     WEIR_COUNTERS(X)
#undef X
#define X(name, kind, unit, meaning)                                                     \
	{"classes." #name, {WEIR_SECTION_CLASSES, WEIR_K_##name}},
		     WEIR_CLASS_FIELDS(X)
#undef X
#define X(name, kind, unit, meaning)                                                     \
	{"sizes." #name, {WEIR_SECTION_SIZES, WEIR_Z_##name}},
			     WEIR_SIZE_FIELDS(X)
#undef X
#define X(name, kind, unit, meaning)                                                     \
	{"kinds." #name, {WEIR_SECTION_KINDS, WEIR_KF_##name}},
				     WEIR_KIND_FIELDS(X)
#undef X
#define X(name, kind, unit, meaning)                                                     \
	{"regions." #name, {WEIR_SECTION_REGIONS, WEIR_R_##name}},
					     WEIR_REGION_FIELDS(X)
#undef X
#define X(name, kind, unit, meaning)                                                     \
	{"profile." #name, {WEIR_SECTION_PROFILE, WEIR_P_##name}},
						     WEIR_PROFILE_FIELDS(X)
#undef X
};

/* left[0] + left[1] ... (= | <=) right[0] + ...; a factor multiplies row by row. */
#define MAX_TERMS 8

struct side {
	struct operand terms[MAX_TERMS], factors[MAX_TERMS];
	bool multiplied[MAX_TERMS];
	size_t n;
};

struct identity {
	const char *text;
	struct side left, right;
	bool at_most;
};

static bool
find_operand(const char *word, size_t len, const char *scope, struct operand *out)
{
	char full[80];

	if (memchr(word, '.', len) != NULL)
		scope = "";
	snprintf(full, sizeof(full), "%s%.*s", scope, (int)len, word);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(full, names[i].name) == 0) {
			*out = names[i].operand;
			return true;
		}
	}
	return false;
}

/* Words are separated by single spaces. */
static bool
compile(struct identity *id, const char *text, const char *scope)
{
	struct side *side = &id->left;
	bool factor = false;

	*id = (struct identity){.text = text};
	for (const char *p = text; *p != '\0';) {
		size_t len = strcspn(p, " ");
		struct operand *at = factor && side->n > 0 ? &side->factors[side->n - 1]
							   : &side->terms[side->n];

		if (len == 1 && *p == '*') {
			factor = true;
		} else if ((len == 1 && *p == '=') || (len == 2 && *p == '<')) {
			id->at_most = *p == '<';
			side = &id->right;
		} else if (len != 1 || *p != '+') {
			if (side->n == MAX_TERMS || !find_operand(p, len, scope, at))
				return false;
			if (factor)
				side->multiplied[side->n - 1] = true;
			else
				side->n++;
			factor = false;
		}
		p += len + (p[len] == ' ');
	}
	return id->left.n > 0 && id->right.n > 0;
}

static bool
is_there(const struct sidecar *s, const struct operand *o)
{
	const struct sidecar_rows *r = &s->rows[o->section];

	return r->words != NULL && o->field < r->record_words;
}

/* Of one row, or added up over all of them when row is CHECK_NO_ROW. */
static wide
side_value(const struct sidecar *s, const struct side *side, uint32_t row, bool *there)
{
	wide sum = 0;

	for (size_t i = 0; i < side->n; i++) {
		const struct operand *t = &side->terms[i], *f = &side->factors[i];
		uint32_t from = row == CHECK_NO_ROW ? 0 : row;
		uint32_t to = row == CHECK_NO_ROW ? s->rows[t->section].records : row + 1;

		*there = *there && is_there(s, t);
		if (side->multiplied[i])
			*there = *there && is_there(s, f);
		for (uint32_t r = from; r < to; r++) {
			wide v = sidecar_at(s, t->section, r, t->field);

			if (side->multiplied[i])
				v *= sidecar_at(s, f->section, r, f->field);
			if (__builtin_add_overflow(sum, v, &sum))
				return LARGEST;
		}
	}
	return sum;
}

void
check_print_wide(char out[CHECK_SIDE], unsigned __int128 value)
{
	char digits[CHECK_SIDE];
	size_t i = sizeof(digits) - 1;

	digits[i] = '\0';
	do {
		digits[--i] = (char)('0' + (int)(value % 10));
		value /= 10;
	} while (value != 0);
	memmove(out, digits + i, sizeof(digits) - i);
}

/* A row of the fixed table that no class uses. */
static bool
is_blank(const struct sidecar *s, uint32_t row)
{
	for (uint32_t f = 0; f < WEIR_N_CLASS_FIELDS; f++)
		if (sidecar_class(s, row, (enum weir_class_field)f) != 0)
			return false;
	return true;
}

struct tally {
	const struct sidecar *sidecar;
	struct check_result result;
	struct check_failure *failures;
	size_t max;
};

static void
check_row(struct tally *t, const struct identity *id, uint32_t row)
{
	bool there = true;
	wide left = side_value(t->sidecar, &id->left, row, &there);
	wide right = side_value(t->sidecar, &id->right, row, &there);

	if (!there) {
		t->result.skipped++;
	} else if (id->at_most ? left <= right : left == right) {
		t->result.held++;
	} else if (t->result.failed++ < t->max) {
		struct check_failure *f = &t->failures[t->result.failed - 1];

		f->identity = id->text;
		f->row = row;
		check_print_wide(f->left, left);
		check_print_wide(f->right, right);
	}
}

/* An identity that does not compile is a slip in the tables above: it fails, always. */
static void
check_text(struct tally *t, const char *text, bool each_class)
{
	struct identity id;

	if (!compile(&id, text, each_class ? "classes." : "")) {
		if (t->result.failed++ < t->max)
			t->failures[t->result.failed - 1] = (struct check_failure){
				text, CHECK_NO_ROW, "not understood", ""};
		return;
	}
	if (!each_class) {
		check_row(t, &id, CHECK_NO_ROW);
		return;
	}
	for (uint32_t row = 0; row < t->sidecar->rows[WEIR_SECTION_CLASSES].records;
	     row++)
		if (!is_blank(t->sidecar, row))
			check_row(t, &id, row);
}

struct check_result
check_run(const struct sidecar *s, struct check_failure *failures, size_t max)
{
	struct tally t = {.sidecar = s, .failures = failures, .max = max};
	uint32_t used = 0;

	for (size_t i = 0; i < sizeof(of_process) / sizeof(of_process[0]); i++)
		check_text(&t, of_process[i], false);
	for (uint32_t i = 0; i < s->rows[WEIR_SECTION_REGIONS].records; i++)
		used += sidecar_at(s, WEIR_SECTION_REGIONS, i, WEIR_R_bytes) != 0;
	if (used < WEIR_STATS_MAX_REGIONS)
		check_text(&t, of_regions, false);
	for (size_t i = 0; i < sizeof(of_class) / sizeof(of_class[0]); i++)
		check_text(&t, of_class[i], true);
	return t.result;
}
