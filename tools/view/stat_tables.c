/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of `weir stat`. Values come from an untrusted file but are numbers; names and
 * meanings come from weir/stats.h.
 */
#include "tools/view/stat_tables.h"

#include <string.h>

#include "tools/model/derive.h"
#include "tools/text/show.h"
#include "tools/text/table.h"
#include "tools/view/stat_classes.h"

#define BAR_WIDTH 30

struct counter_row {
	const char *name, *unit, *group, *meaning;
};

static const struct counter_row counter_rows[] = {
#define X(name, kind, unit, group, meaning) {#name, #unit, #group, meaning},
	WEIR_COUNTERS(X)
#undef X
};

static const char *const kind_names[] = {
#define X(id, name, meaning) name,
	WEIR_KINDS(X)
#undef X
};

static const struct {
	const char *name, *meaning;
} fallback_rows[] = {
#define X(id, name, meaning) {name, meaning},
	WEIR_FALLBACKS(X)
#undef X
};

static void
count_cell(struct table *t, uint64_t value)
{
	char v[SHOW_VALUE];

	table_cell(t, "%s", show_count(v, value));
}

static void
bytes_cell(struct table *t, uint64_t value)
{
	char v[SHOW_VALUE];

	table_cell(t, "%s", show_bytes(v, value));
}

static void
percent_cell(struct table *t, uint64_t part, uint64_t whole)
{
	char v[SHOW_VALUE];

	table_cell(t, "%s", show_percent(v, part, whole));
}

static void
class_row(struct table *t, const struct sidecar *s, uint32_t row)
{
	uint64_t requested = sidecar_class(s, row, WEIR_K_requested_bytes);
	uint64_t rounding = sidecar_class(s, row, WEIR_K_rounding_bytes);
	uint64_t held;

	if (__builtin_add_overflow(requested, rounding, &held))
		held = UINT64_MAX;
	bytes_cell(t, sidecar_class(s, row, WEIR_K_capacity_bytes));
	count_cell(t, sidecar_class(s, row, WEIR_K_gets));
	percent_cell(t, sidecar_class(s, row, WEIR_K_hits),
		     sidecar_class(s, row, WEIR_K_gets));
	percent_cell(t, rounding, held);
	count_cell(t, sidecar_class(s, row, WEIR_K_live));
	count_cell(t, sidecar_class(s, row, WEIR_K_live_peak));
	count_cell(t, sidecar_class(s, row, WEIR_K_cached));
	count_cell(t, sidecar_class(s, row, WEIR_K_evicted));
}

void
stat_tables_classes(const struct sidecar *s, FILE *out, bool all)
{
	static const char *const heading[] = {"SIZE", "BLOCKS", "REUSED", "ROUNDING",
					      "LIVE", "PEAK",	"CACHED", "GIVEN BACK"};
	struct derive_totals sum = derive_totals(s);
	struct table *t = table_new("rrrrrrrr");
	char gets[SHOW_VALUE], rate[SHOW_VALUE], waste[SHOW_VALUE];
	uint64_t held;
	int left_out = 0;

	table_heading(t, heading);
	for (uint32_t row = 0; row < s->rows[WEIR_SECTION_CLASSES].records; row++) {
		bool used = derive_class_used(s, row);

		if (all ? used || sidecar_class(s, row, WEIR_K_capacity_bytes) != 0
			: used && stat_classes_matters(s, row))
			class_row(t, s, row);
		else if (used)
			left_out++;
	}
	if (table_rows(t) == 1) {
		table_free(t);
		return;
	}
	if (__builtin_add_overflow(sum.pool_requested_bytes, sum.pool_rounding_bytes,
				   &held))
		held = UINT64_MAX;
	fprintf(out,
		"\nBlocks by size: %s asked for, %s reused, %s lost by "
		"rounding up\n",
		show_count(gets, sum.pool_gets),
		show_percent(rate, sum.pool_hits, sum.pool_gets),
		show_percent(waste, sum.pool_rounding_bytes, held));
	table_print(t, out, 2);
	if (left_out > 0)
		fprintf(out, "  and %d size%s that hold%s less (weir stat --all)\n",
			left_out, left_out == 1 ? "" : "s", left_out == 1 ? "s" : "");
}

/* Only as far as people read on: what weir serves, and what it could not. */
void
stat_tables_brief(const struct sidecar *s, FILE *out)
{
	struct derive_totals sum = derive_totals(s);
	char a[SHOW_VALUE], b[SHOW_VALUE];

	if (sum.gets != 0)
		fprintf(out, "\nLarge blocks: %s asked for, %s reused\n",
			show_count(a, sum.gets), show_percent(b, sum.recycled, sum.gets));
	stat_tables_passed(s, out);
}

void
stat_tables_map(const struct sidecar *s, FILE *out)
{
	static const struct {
		enum weir_counter counter;
		const char *what;
	} rows[] = {
		{WEIR_C_map_recycled_dirty, "reused"},
		{WEIR_C_map_recycled_zero, "reused, and known to be zero"},
		{WEIR_C_map_fresh, "new"},
		{WEIR_C_map_refused, "left to the program's own allocator"},
	};
	uint64_t gets = sidecar_counter(s, WEIR_C_map_gets);
	char a[SHOW_VALUE], b[SHOW_VALUE], c[SHOW_VALUE];

	if ((gets | sidecar_counter(s, WEIR_C_map_live)) == 0)
		return;
	fprintf(out, "\nLarger blocks: %s asked for, %s in use (%s)\n",
		show_count(a, gets), show_count(b, sidecar_counter(s, WEIR_C_map_live)),
		show_bytes(c, sidecar_counter(s, WEIR_C_map_live_held_bytes)));
	struct table *t = table_new("rrl");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		count_cell(t, sidecar_counter(s, rows[i].counter));
		percent_cell(t, sidecar_counter(s, rows[i].counter), gets);
		table_cell(t, "%s", rows[i].what);
	}
	table_print(t, out, 2);
}

void
stat_tables_passed(const struct sidecar *s, FILE *out)
{
	const struct sidecar_rows *r = &s->rows[WEIR_SECTION_FALLBACKS];
	char a[SHOW_VALUE], b[SHOW_VALUE];

	if (sidecar_counter(s, WEIR_C_large_passed) == 0)
		return;
	fprintf(out, "\nLeft to the program's own allocator: %s large blocks, %s\n",
		show_count(a, sidecar_counter(s, WEIR_C_large_passed)),
		show_bytes(b, sidecar_counter(s, WEIR_C_passed_bytes)));
	struct table *t = table_new("rll");

	for (uint32_t row = 0; row < r->records; row++) {
		uint64_t n = sidecar_at(s, WEIR_SECTION_FALLBACKS, row, 0);

		if (n == 0)
			continue;
		count_cell(t, n);
		if (row < WEIR_N_FALLBACKS) {
			table_cell(t, "%s", fallback_rows[row].name);
			table_cell(t, "%s", fallback_rows[row].meaning);
		} else {
			table_cell(t, "reason %u", row);
			table_cell(t, "one that this weir does not know");
		}
	}
	table_print(t, out, 2);
}

void
stat_tables_trims(const struct sidecar *s, FILE *out)
{
	uint64_t n = sidecar_counter(s, WEIR_C_next_trims);
	uint64_t refused = sidecar_counter(s, WEIR_C_aside_refused);
	char a[SHOW_VALUE], b[SHOW_VALUE], c[SHOW_VALUE];

	if (n == 0)
		return;
	fprintf(out,
		"\nThe program's own allocator gave back free memory %s time%s, %s "
		"while the program "
		"worked: "
		"%s back, %s at the longest\n",
		show_count(a, n), show_plural(n),
		show_count(b, sidecar_counter(s, WEIR_C_next_trims_under_load)),
		show_bytes(c, sidecar_counter(s, WEIR_C_next_trimmed_bytes)),
		show_duration((char[SHOW_VALUE]){0},
			      sidecar_counter(s, WEIR_C_next_trim_longest_ns)));
	fprintf(out, "  %s small requests were served by weir meanwhile",
		show_count(a, sidecar_counter(s, WEIR_C_aside_blocks)));
	if (refused != 0)
		fprintf(out, ", %s found no room there and may have waited",
			show_count(b, refused));
	putc('\n', out);
}

void
stat_tables_sizes(const struct sidecar *s, FILE *out)
{
	const struct sidecar_rows *r = &s->rows[WEIR_SECTION_SIZES];
	uint64_t most = 0, sum = sidecar_sum(s, WEIR_SECTION_SIZES, WEIR_Z_requests);
	char bar[BAR_WIDTH + 1], v[SHOW_VALUE];
	struct table *t;

	if (sum == 0)
		return;
	for (uint32_t i = 0; i < r->records; i++) {
		uint64_t n = sidecar_at(s, WEIR_SECTION_SIZES, i, WEIR_Z_requests);

		most = n > most ? n : most;
	}
	fputs("\nRequested sizes\n", out);
	t = table_new("lrrl");
	for (uint32_t i = 0; i < r->records; i++) {
		uint64_t n = sidecar_at(s, WEIR_SECTION_SIZES, i, WEIR_Z_requests);
		int width = (int)((double)n * BAR_WIDTH / (double)most + 0.5);

		if (n == 0)
			continue;
		memset(bar, '#', sizeof(bar) - 1);
		bar[width < BAR_WIDTH ? width : BAR_WIDTH] = '\0';
		if (i < 64)
			table_cell(t, "up to %s", show_bytes(v, UINT64_C(1) << i));
		else
			table_cell(t, "more");
		count_cell(t, n);
		percent_cell(t, n, sum);
		table_cell(t, "%s", bar);
	}
	table_print(t, out, 2);
}

void
stat_tables_kinds(const struct sidecar *s, FILE *out)
{
	static const char *const heading[] = {"CALLER", "REQUESTS", "BYTES", "IN USE",
					      "BYTES IN USE"};
	const struct sidecar_rows *r = &s->rows[WEIR_SECTION_KINDS];
	struct table *t;

	if (sidecar_sum(s, WEIR_SECTION_KINDS, WEIR_KF_requests) == 0)
		return;
	fputs("\nWho asked\n", out);
	t = table_new("lrrrr");
	table_heading(t, heading);
	for (uint32_t i = 0; i < r->records; i++) {
		if (sidecar_at(s, WEIR_SECTION_KINDS, i, WEIR_KF_requests) == 0)
			continue;
		if (i < WEIR_N_KINDS)
			table_cell(t, "%s", kind_names[i]);
		else
			table_cell(t, "kind %u", i);
		count_cell(t, sidecar_at(s, WEIR_SECTION_KINDS, i, WEIR_KF_requests));
		bytes_cell(t, sidecar_at(s, WEIR_SECTION_KINDS, i, WEIR_KF_bytes));
		count_cell(t, sidecar_at(s, WEIR_SECTION_KINDS, i, WEIR_KF_live));
		bytes_cell(t, sidecar_at(s, WEIR_SECTION_KINDS, i, WEIR_KF_live_bytes));
	}
	table_print(t, out, 2);
}

/* One group: its name, then its counters, which need not stand together in the list. */
static void
counter_group(struct table *t, const struct sidecar *s, const char *group)
{
	table_cell(t, "%s", group);
	for (int cell = 1; cell < 4; cell++)
		table_cell(t, "%s", "");
	for (uint32_t i = 0; i < WEIR_N_COUNTERS; i++) {
		const struct counter_row *row = &counter_rows[i];
		uint64_t value = sidecar_counter(s, (enum weir_counter)i);
		char human[SHOW_VALUE] = "", exact[SHOW_VALUE];

		if (strcmp(group, row->group) != 0 ||
		    !sidecar_has(s, WEIR_SECTION_COUNTERS, 0, i))
			continue;
		if (strcmp(row->unit, "bytes") == 0)
			show_bytes(human, value);
		else if (strcmp(row->unit, "ns") == 0)
			show_duration(human, value);
		table_cell(t, "  %s", row->name);
		table_cell(t, "%s", show_count(exact, value));
		table_cell(t, "%s", human);
		table_cell(t, "%s", row->meaning);
	}
}

void
stat_tables_counters(const struct sidecar *s, FILE *out)
{
	struct table *t = table_new("lrrl");

	fputs("\nCounters\n", out);
	for (uint32_t i = 0; i < WEIR_N_COUNTERS; i++) {
		uint32_t first = 0;

		while (strcmp(counter_rows[first].group, counter_rows[i].group) != 0)
			first++;
		if (first == i)
			counter_group(t, s, counter_rows[i].group);
	}
	table_print(t, out, 2);
}
