/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary: the child's own figures from wait4, weir's from the sidecar with the child's pid
 * and start time. Where there is none it says why that can be. Called once, by cmd_run.c.
 */
#include "tools/commands/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/process_tree.h"
#include "tools/read/locate.h"
#include "tools/read/script_name.h"
#include "tools/text/show.h"
#include "tools/view/stat_tables.h"

static uint64_t
timeval_ns(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_usec * 1000;
}

/* "ended by SIGSEGV": as shells and people say it. */
static void
signal_text(char *buf, size_t size, int number)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{SIGHUP, "HUP"},   {SIGINT, "INT"},   {SIGQUIT, "QUIT"},
		{SIGILL, "ILL"},   {SIGTRAP, "TRAP"}, {SIGABRT, "ABRT"},
		{SIGBUS, "BUS"},   {SIGFPE, "FPE"},   {SIGKILL, "KILL"},
		{SIGUSR1, "USR1"}, {SIGSEGV, "SEGV"}, {SIGUSR2, "USR2"},
		{SIGPIPE, "PIPE"}, {SIGALRM, "ALRM"}, {SIGTERM, "TERM"},
		{SIGSYS, "SYS"},   {SIGXCPU, "XCPU"}, {SIGXFSZ, "XFSZ"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == number) {
			show_format(buf, size, "ended by SIG%s", names[i].name);
			return;
		}
	show_format(buf, size, "ended by signal %d", number);
}

static void
print_process(FILE *out, const struct guest *g)
{
	char end[40];
	char elapsed[SHOW_VALUE], user[SHOW_VALUE], sys[SHOW_VALUE], rss[SHOW_VALUE];

	if (g->signal != 0)
		signal_text(end, sizeof(end), g->signal);
	else
		show_format(end, sizeof(end), "exit status %d", g->status);
	fprintf(out,
		"\nweir: process %d, %s after %s (user %s, system %s), peak RSS %s\n",
		(int)g->pid, end, show_duration(elapsed, g->elapsed_ns),
		show_duration(user, timeval_ns(g->usage.ru_utime)),
		show_duration(sys, timeval_ns(g->usage.ru_stime)),
		show_bytes(rss, (uint64_t)g->usage.ru_maxrss * 1024));
}

static void
print_figures(FILE *out, const struct sidecar *s)
{
	static const struct {
		enum weir_counter counter;
		const char *what;
	} rows[] = {
		{WEIR_C_recycled_bytes, "recycled"},
		{WEIR_C_fresh_bytes, "fresh"},
		{WEIR_C_purged_bytes, "given back"},
		{WEIR_C_region_peak_bytes, "address space at most"},
	};
	const char *comma = "";

	stat_tables_classes(s, out, false);
	stat_tables_map(s, out);
	stat_tables_passed(s, out);
	fputs("\nBytes: ", out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char v[SHOW_VALUE];

		fprintf(out, "%s%s %s", comma, rows[i].what,
			show_bytes(v, sidecar_counter(s, rows[i].counter)));
		comma = ", ";
	}
	fputc('\n', out);
	if (s->slot.state != WEIR_STATE_EXITED)
		fprintf(out,
			"It did not end by exit: up to the last %" PRIu32
			" ms are missing.\n",
			s->header.stats_ms);
}

#define LISTED 10

/* The processes that it started, and they in turn, as far as they have sidecars. */
static void
print_descendants(FILE *out, const struct guest *g)
{
	struct locate_place here = locate_here();
	struct locate_entry *all;
	size_t n = locate_all(&here, 0, &all), found = 0;

	for (size_t i = 0; i < n; i++)
		found += process_descends(all, i, g->pid, g->start_ticks);
	if (found > 0)
		fprintf(out, "It started %zu process%s with sidecars of %s own:\n", found,
			found == 1 ? "" : "es", found == 1 ? "its" : "their");
	for (size_t i = 0, listed = 0; i < n && listed < LISTED; i++) {
		const struct sidecar *s = &all[i].sidecar;
		char name[SCRIPT_NAME_BYTES], clean[4 * SCRIPT_NAME_BYTES];
		char peak[SHOW_VALUE];

		if (!process_descends(all, i, g->pid, g->start_ticks))
			continue;
		listed++;
		fprintf(out, "  weir growth %-8d # %s, peak RSS %s\n", (int)all[i].pid,
			show_clean(clean, sizeof(clean), script_name(s, name)),
			show_bytes(peak, sidecar_counter(s, WEIR_C_rss_peak_bytes)));
	}
	if (found > LISTED)
		fprintf(out, "  and %zu more: `weir stat` lists all\n", found - LISTED);
	locate_free(all, n);
}

static void
explain_missing(FILE *out, const struct target *t)
{
	struct weir_options o;
	char floor[SHOW_VALUE], clean[2 * TARGET_WHY], why[TARGET_WHY];
	struct locate_place here = locate_here();

	weir_options_defaults(&o);
	weir_options_parse(&o, getenv("WEIR_OPTIONS"), NULL, 0);
	fputs("No sidecar of it was found", out);
	if (t->inert[0] != '\0')
		fprintf(out, ": weir cannot work in it.\n  %s\n",
			show_clean(clean, sizeof(clean), t->inert));
	else if (strcmp(o.stats, "off") == 0)
		fputs(": the option stats=off is set.\n", out);
	else if (strcmp(o.stats, "auto") == 0 &&
		 locate_folders_refused(&here, why, sizeof(why)))
		fprintf(out, ":\n  %s.\n", show_clean(clean, sizeof(clean), why));
	else
		fprintf(out,
			". Either its large blocks (%s or more, option floor) did not "
			"add\n"
			"up to 1 MB, or the file could not be written.%s%s\n",
			show_bytes(floor, o.floor), t->doubt[0] != '\0' ? " Or: " : "",
			show_clean(clean, sizeof(clean), t->doubt));
}

void
summary_print(FILE *out, const struct guest *g, const struct target *t)
{
	struct locate_entry entry;
	char path[4 * PATH_MAX];
	int rc = locate_pid(g->pid, g->start_ticks, &entry);

	print_process(out, g);
	if (rc == -ENOENT) {
		explain_missing(out, t);
		print_descendants(out, g);
		return;
	}
	show_clean(path, sizeof(path), entry.path);
	if (rc != 0) {
		fprintf(out, "Its sidecar %s cannot be read: %s\n", path, entry.why);
		return;
	}
	print_figures(out, &entry.sidecar);
	fprintf(out, "All figures: weir stat %s\n", path);
	print_descendants(out, g);
	sidecar_free(&entry.sidecar);
}
