/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sidecar for people. Called by `weir stat` and the fuzzer; what comes from the file as text
 * is cleaned before it is printed.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/process_tree.h"
#include "tools/read/program_path.h"
#include "tools/read/script_name.h"
#include "tools/text/show.h"
#include "tools/text/table.h"
#include "tools/text/tell.h"
#include "tools/view/attached.h"
#include "tools/view/census_view.h"
#include "tools/view/resident_text.h"
#include "tools/view/stat_tables.h"
#include "tools/view/stat_view.h"

#define EXE_CLEAN (4 * WEIR_STATS_EXE_BYTES)

static const char *
exe_name(const char *exe)
{
	const char *slash = strrchr(exe, '/');

	return slash != NULL ? slash + 1 : exe;
}

static void
print_who(const struct stat_view *v, FILE *out)
{
	const struct weir_stats_header *h = &v->entry->sidecar.header;
	char exe[EXE_CLEAN], path[4 * PATH_MAX], version[64], age[SHOW_VALUE];
	char name[SCRIPT_NAME_BYTES], own[PATH_MAX];
	const char *program = program_path(h, own);
	char attached[ATTACHED_TEXT];

	fprintf(out, "process   %d, %s: %s\n", (int)h->pid,
		locate_life_text(v->entry->life), show_clean(exe, sizeof(exe), program));
	if (v->entry->inner_pid != 0)
		fprintf(out, "          in a container, where it is process %d\n",
			(int)v->entry->inner_pid);
	if (strcmp(script_name(&v->entry->sidecar, name), exe_name(program)) != 0)
		fprintf(out, "          started as %s\n",
			show_clean(exe, sizeof(exe), name));
	if (v->entry->life == LOCATE_GONE && h->detached_unix_ns == 0)
		fputs("          it did not end by exit: killed, or left by _exit\n",
		      out);
	if (h->forked_from != 0)
		fprintf(out, "          forked from %d, without an exec since\n",
			(int)h->forked_from);
	if (attached_text(attached, h, v->entry->sidecar.slot.unix_ns + v->age_ns))
		fprintf(out, "          %s\n", attached);
	fprintf(out, "sidecar   %s\n", show_clean(path, sizeof(path), v->entry->path));
	fprintf(out,
		"          written %s ago, at most every %" PRIu32 " ms, by weir %s\n",
		show_duration(age, v->age_ns), h->stats_ms,
		show_clean(version, sizeof(version), h->weir_version));
	if (v->entry->sidecar.torn_slots != 0)
		fputs("          the last write was cut short; these are the figures "
		      "before "
		      "it\n",
		      out);
}

static void
print_options(const struct weir_stats_header *h, FILE *out)
{
	char floor[SHOW_VALUE], threshold[SHOW_VALUE], cache[SHOW_VALUE];

	fprintf(out,
		"options   floor %s, threshold %s, cache_max %s, decay_ms %" PRIu64 "\n",
		show_bytes(floor, h->options_bytes[0]),
		show_bytes(threshold, h->options_bytes[1]),
		h->options_bytes[2] != 0 ? show_bytes(cache, h->options_bytes[2])
					 : "automatic",
		h->options_bytes[3]);
}

static void
memory_row(struct table *t, const char *what, uint64_t bytes, uint64_t whole)
{
	char v[SHOW_VALUE];

	table_cell(t, "%s", what);
	table_cell(t, "%s", show_bytes(v, bytes));
	table_cell(t, "%s", show_percent(v, bytes, whole));
}

static void
print_memory(const struct resident *m, FILE *out)
{
	struct resident_row rows[WEIR_N_MEMORY_PARTS];
	size_t n = resident_rows(m, rows);
	struct table *t = table_new("lrr");

	fprintf(out, "\nResident memory, %s\n", m->now ? "now" : "at the last write");
	for (size_t i = 0; i < n; i++)
		memory_row(t, rows[i].meaning, rows[i].bytes, m->rss_bytes);
	memory_row(t, "all", m->rss_bytes, m->rss_bytes);
	table_print(t, out, 2);
	resident_text_notes(m, out, 2);
}

static void
print_small(const struct stat_view *v, FILE *out)
{
	bool running = v->entry->life == LOCATE_RUNNING;
	struct census c = census_of(&v->entry->sidecar, v->trace.head.sample_bytes);

	/* That nothing had to be sampled is the usual case. */
	if (!v->all && c.starts == 0)
		return;
	census_text_print(&c, !running, running ? v->age_ns : 0, "          ", out);
}

static void
print_more(const struct stat_view *v, FILE *out)
{
	char path[4 * PATH_MAX];

	fputs("\nSizes, callers, options and every counter: --all\n", out);
	if (!v->trace.there)
		return;
	if (v->entry->life == LOCATE_RUNNING)
		fprintf(out, "Who holds it, by line: weir growth %d\n",
			(int)v->entry->pid);
	else
		fprintf(out, "Who holds it, by line: weir growth %s\n",
			show_clean(path, sizeof(path), v->entry->path));
}

void
stat_text_print(const struct stat_view *v, FILE *out)
{
	const struct sidecar *s = &v->entry->sidecar;

	print_who(v, out);
	if (v->all)
		print_options(&s->header, out);
	if (sidecar_counter(s, WEIR_C_silent) != 0)
		fputs("  silent: the program has a filter of system calls (seccomp) that "
		      "may kill "
		      "for what\n"
		      "          writing takes; weir serves on, and all here is of "
		      "then\n",
		      out);
	stat_trace_print(&v->trace, v->all, out);
	print_small(v, out);
	stat_collect_print(&v->collections, out);
	print_memory(&v->memory, out);
	if (!v->all) {
		stat_tables_brief(s, out);
		print_more(v, out);
		return;
	}
	stat_tables_classes(s, out, true);
	stat_tables_map(s, out);
	stat_tables_passed(s, out);
	stat_tables_trims(s, out);
	stat_tables_sizes(s, out);
	stat_tables_kinds(s, out);
	stat_tables_counters(s, out);
}

/* As many rows as a screen of 24 lines has room for; what runs is always listed. */
#define LISTED 20

static bool
may_run(const struct locate_entry *e)
{
	return e->life == LOCATE_RUNNING || e->life == LOCATE_UNKNOWN;
}

void
stat_text_list(const struct locate_entry *entries, size_t n, bool all, FILE *out)
{
	static const char *const heading[] = {"PID",  "STATE",	"WRITTEN", "RSS",
					      "LIVE", "CACHED", "REUSED",  "PROGRAM"};
	struct table *t = table_new("rlrrrrrl");
	struct process_row *rows = calloc(n + 1, sizeof(*rows));
	size_t listed, running = 0, ended, left_out = 0;

	if (rows == NULL)
		tell_no_memory();
	listed = process_tree_order(entries, n, rows);
	for (size_t i = 0; i < listed; i++)
		running += may_run(&entries[rows[i].entry]);
	ended = running < LISTED ? LISTED - running : 0;
	if (all || listed <= LISTED + 1)
		ended = listed;
	table_heading(t, heading);
	for (size_t i = 0; i < listed; i++) {
		const struct locate_entry *e = &entries[rows[i].entry];
		const struct sidecar *s = &e->sidecar;
		char v[SHOW_VALUE], name[SCRIPT_NAME_BYTES], clean[EXE_CLEAN];
		struct derive_totals sum = derive_totals(s);

		if (!may_run(e) && ended == 0) {
			left_out++;
			continue;
		}
		ended -= !may_run(e);

		table_cell(t, "%d", (int)s->header.pid);
		table_cell(t, "%s", locate_life_text(e->life));
		table_cell(t, "%s ago", show_duration(v, locate_age_ns(s)));
		table_cell(t, "%s", show_bytes(v, sidecar_counter(s, WEIR_C_rss_bytes)));
		table_cell(t, "%s",
			   show_bytes(v, sidecar_counter(s, WEIR_C_live_held_bytes)));
		table_cell(t, "%s", show_bytes(v, sum.cached_dirty_bytes));
		table_cell(t, "%s", show_percent(v, sum.recycled, sum.gets));
		script_name(s, name);
		show_clean(clean, sizeof(clean),
			   s->header.command[0] != '\0' ? name : s->header.exe);
		table_cell(t, "%*s%s", 2 * (int)rows[i].depth, "", clean);
	}
	free(rows);
	if (listed > 0)
		table_print(t, out, 0);
	else
		table_free(t);
	if (left_out > 0)
		fprintf(out,
			"and %zu more that have ended: `weir stat --all` lists them, "
			"`weir stat --prune` removes those of more than a day ago\n",
			left_out);
	for (size_t i = 0; i < n && listed < n; i++) {
		char path[4 * PATH_MAX];

		if (entries[i].error != 0)
			fprintf(out, "%s: %s\n",
				show_clean(path, sizeof(path), entries[i].path),
				entries[i].why);
	}
}
