/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What recording the sites costs and what it could not record, for `weir stat`. The sites
 * themselves are `weir growth`'s.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "tools/model/trace_cost.h"
#include "tools/read/trace_view.h"
#include "tools/text/json.h"
#include "tools/text/show.h"
#include "tools/view/stat_view.h"

struct stat_trace
stat_trace_of(const char *path)
{
	struct stat_trace t = {0};
	char why[TRACE_VIEW_WHY];
	struct trace_view v;
	struct stat st;

	if (trace_view_peek(&v, AT_FDCWD, path, why) != 0)
		return t;
	t.there = true;
	t.head = v.head;
	for (int of = 0; of < STAT_TRACE_COSTS; of++)
		t.costs[of] = (struct stat_trace_cost){
			trace_cost_ns(v.costs, v.n_costs, (enum trace_cost_of)of, 50),
			trace_cost_ns(v.costs, v.n_costs, (enum trace_cost_of)of, 99),
		};
	trace_view_free(&v);
	if (t.head.n_drops > WEIR_N_TRACE_DROPS)
		t.head.n_drops = WEIR_N_TRACE_DROPS;
	if (stat(path, &st) == 0) {
		t.file_bytes = (uint64_t)st.st_size;
		t.disk_bytes = (uint64_t)st.st_blocks * 512;
	}
	return t;
}

static uint64_t
average_ns(const struct weir_trace_head *h)
{
	return h->captures != 0 ? h->capture_ns / h->captures : 0;
}

static const char *const cost_names[STAT_TRACE_COSTS] = {
	[TRACE_COST_ALL] = "all",
	[TRACE_COST_KNOWN] = "known",
	[TRACE_COST_NEW] = "new",
};

static void
print_costs(const struct stat_trace *t, FILE *out)
{
	char median[SHOW_VALUE], slow[SHOW_VALUE];

	for (int of = TRACE_COST_KNOWN; of <= TRACE_COST_NEW; of++)
		if (t->costs[of].p99_ns != 0)
			fprintf(out,
				"          %s: %s at the median, %s at the 99th "
				"percentile\n",
				cost_names[of],
				show_duration(median, t->costs[of].median_ns),
				show_duration(slow, t->costs[of].p99_ns));
}

/* Null in a file without the histogram, and while there are none of the sort. */
static void
put_costs(struct json *j, const struct stat_trace *t)
{
	json_open(j, "cost", '{');
	for (int of = 0; of < STAT_TRACE_COSTS; of++) {
		if (t->costs[of].p99_ns == 0) {
			json_null(j, cost_names[of]);
			continue;
		}
		json_open(j, cost_names[of], '{');
		json_u64(j, "median_ns", t->costs[of].median_ns);
		json_u64(j, "p99_ns", t->costs[of].p99_ns);
		json_close(j, '}');
	}
	json_close(j, '}');
}

void
stat_trace_print(const struct stat_trace *t, bool all, FILE *out)
{
	const struct weir_trace_head *h = &t->head;
	char a[SHOW_VALUE], b[SHOW_VALUE], c[SHOW_VALUE];

	if (!t->there)
		return;
	if (all) {
		fprintf(out, "trace     %s stacks, %s known before, %s each on average\n",
			show_count(a, h->captures),
			show_percent(b, h->capture_hits, h->captures),
			show_duration(c, average_ns(h)));
		fprintf(out,
			"          tables of %s in the process; the file is %s long, %s "
			"on "
			"disk\n",
			show_bytes(a, h->memory_bytes), show_bytes(b, t->file_bytes),
			show_bytes(c, t->disk_bytes));
		print_costs(t, out);
	}
	for (uint32_t i = 0; all && i < h->n_drops; i++)
		if (h->drops[i] != 0)
			fprintf(out, "          not recorded: %s (%s)\n",
				trace_view_drop_meaning((enum weir_trace_drop)i),
				show_count(a, h->drops[i]));
}

void
stat_trace_put(struct json *j, const struct stat_trace *t)
{
	const struct weir_trace_head *h = &t->head;

	if (!t->there) {
		json_null(j, "trace");
		return;
	}
	json_open(j, "trace", '{');
	json_u64(j, "exact_bytes", h->exact_bytes);
	json_u64(j, "sample_bytes", h->sample_bytes);
	json_u64(j, "captures", h->captures);
	json_u64(j, "capture_hits", h->capture_hits);
	json_u64(j, "capture_ns", h->capture_ns);
	put_costs(j, t);
	json_u64(j, "memory_bytes", h->memory_bytes);
	json_u64(j, "file_bytes", t->file_bytes);
	json_u64(j, "disk_bytes", t->disk_bytes);
	json_open(j, "dropped", '{');
	for (uint32_t i = 0; i < h->n_drops; i++)
		json_u64(j, trace_view_drop_name((enum weir_trace_drop)i), h->drops[i]);
	json_close(j, '}');
	json_close(j, '}');
}
