/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir stat`: shows a sidecar, lists those there are, follows one, or checks that its numbers
 * add up. Only reads.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policy/token.h"
#include "tools/commands/cmd.h"
#include "tools/commands/prune.h"
#include "tools/commands/subject.h"
#include "tools/read/measure.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"
#include "tools/view/stat_check.h"
#include "tools/view/stat_view.h"

#define MAX_WATCH_SECONDS 86400

struct request {
	const char *what; /* file or pid, or NULL: list */
	bool json, check, all, watch, prune;
	struct prune pruned;
	double seconds;
};

static void
stat_help(FILE *out)
{
	fputs("Without an argument: lists the processes that run under weir, and of "
	      "those that "
	      "have\nended the latest. FILE: a sidecar. PID: the sidecar of that "
	      "process. With --watch or\n--check, neither is needed where only one "
	      "process is meant.\n\n"
	      "  --json               raw numbers for programs\n"
	      "  --all                every process; of one also every counter, every "
	      "size "
	      "class,\n                       and what the trace takes\n"
	      "  --watch[=SECONDS]    again every second, until the process is gone\n"
	      "  --check              verify that the numbers add up; exit status 1 if "
	      "not\n"
	      "  --prune              remove sidecars in the default folders whose "
	      "process "
	      "has\n                       been gone for more than a day; or, oldest "
	      "first,\n"
	      "    --keep=N           all but the N latest of processes that are gone\n"
	      "    --max-size=SIZE    until all together take no more on the disk: "
	      "50M\n",
	      out);
}

static bool
parse_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end != text && *end == '\0' && *seconds >= 0.01 &&
	       *seconds <= MAX_WATCH_SECONDS;
}

/* -1: taken; -2: no such option; else the exit status. */
static int
parse_prune(char **argv, int *i, struct request *r)
{
	const char *value;

	if (strcmp(argv[*i], "--prune") == 0) {
		r->prune = true;
	} else if ((value = cmd_value("--keep", argv, i)) != NULL) {
		if (token_number(token_of(value), &r->pruned.keep) != 0)
			return cmd_usage(&cmd_stat, "--keep=\"%s\": a number", value);
		r->pruned.by_count = true;
	} else if ((value = cmd_value("--max-size", argv, i)) != NULL) {
		if (token_bytes(token_of(value), &r->pruned.bytes) != 0)
			return cmd_usage(&cmd_stat,
					 "--max-size=\"%s\": a size, such as 50M", value);
		r->pruned.by_size = true;
	} else {
		return -2;
	}
	return -1;
}

/* Returns -1 to go on, or the exit status. */
static int
parse_args(int argc, char **argv, struct request *r)
{
	bool options = true;
	int status;

	r->seconds = 1;
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (!options || a[0] != '-' || a[1] == '\0') {
			if (r->what != NULL)
				return cmd_usage(&cmd_stat, "one file or pid, not more");
			r->what = a;
		} else if (strcmp(a, "--") == 0)
			options = false;
		else if (strcmp(a, "--json") == 0)
			r->json = true;
		else if (strcmp(a, "--all") == 0)
			r->all = true;
		else if (strcmp(a, "--check") == 0)
			r->check = true;
		else if (strcmp(a, "--watch") == 0)
			r->watch = true;
		else if (strncmp(a, "--watch=", 8) == 0) {
			r->watch = true;
			if (!parse_seconds(a + 8, &r->seconds))
				return cmd_usage(&cmd_stat,
						 "--watch=\"%s\": seconds, 0.01 to %d",
						 a + 8, MAX_WATCH_SECONDS);
		} else if (strcmp(a, "--help") == 0) {
			cmd_print_help(&cmd_stat, stdout);
			return CMD_OK;
		} else if ((status = parse_prune(argv, &i, r)) != -1)
			return status != -2 ? status : cmd_unknown_option(&cmd_stat, a);
	}
	if (r->prune && (r->what != NULL || r->json || r->all || r->check || r->watch))
		return cmd_usage(&cmd_stat,
				 "--prune goes with --keep and --max-size alone");
	if (!r->prune && (r->pruned.by_count || r->pruned.by_size))
		return cmd_usage(&cmd_stat, "%s goes with --prune",
				 r->pruned.by_count ? "--keep" : "--max-size");
	if (r->check && (r->watch || r->json))
		return cmd_usage(&cmd_stat,
				 "--check goes with neither --watch nor --json");
	return -1;
}

static void
print_once(const struct request *r, const struct locate_entry *e)
{
	struct measure now = measure_now(e);
	struct stat_view v = {
		.entry = e,
		.trace = stat_trace_of(e->path),
		.memory = resident_of(&e->sidecar, &now),
		.collections = collections_read(e->path, &e->sidecar.header),
		.age_ns = locate_age_ns(&e->sidecar),
		.all = r->all,
	};

	if (r->json)
		stat_json_print(&v, stdout);
	else
		stat_text_print(&v, stdout);
}

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* The path is kept: a process that goes on by exec is not followed into its next file. */
static int
watch(const struct request *r, struct locate_entry *e)
{
	struct sigaction sa = {.sa_handler = on_interrupt};
	struct timespec pause = {.tv_sec = (time_t)r->seconds};
	bool redraw = isatty(STDOUT_FILENO) && !r->json, first = true;

	pause.tv_nsec = (long)((r->seconds - (double)pause.tv_sec) * 1e9);
	sigaction(SIGINT, &sa, NULL);
	for (;;) {
		char path[PATH_MAX];
		enum locate_life life = e->life;

		if (redraw)
			fputs("\033[H\033[J", stdout);
		else if (!first && !r->json)
			fputc('\n', stdout);
		first = false;
		print_once(r, e);
		if (fflush(stdout) != 0)
			return CMD_FAILED;
		if (life != LOCATE_RUNNING && life != LOCATE_UNKNOWN)
			return CMD_OK;
		if (!interrupted)
			nanosleep(&pause, NULL);
		if (interrupted)
			return CMD_OK;
		snprintf(path, sizeof(path), "%s", e->path);
		sidecar_free(&e->sidecar);
		if (locate_open(e, path) != 0) {
			tell_error("%s: %s", path, e->why);
			return CMD_FAILED;
		}
	}
}

static int
list(const struct request *r)
{
	struct locate_place here = locate_here();
	struct locate_entry *entries;
	size_t n = locate_all(&here, 0, &entries);

	if (r->json) {
		stat_json_list(entries, n, stdout);
	} else if (n > 0) {
		stat_text_list(entries, n, r->all, stdout);
	} else {
		char folders[LOCATE_FOLDERS][PATH_MAX];
		size_t n_folders = locate_folders(&here, folders);

		puts("No sidecars. Looked in:");
		for (size_t i = 0; i < n_folders; i++) {
			char clean[4 * PATH_MAX], why[LOCATE_FOLDER_TEXT];

			locate_folder_text(&here, folders[i], why, sizeof(why));
			printf("  %s%s%s\n", show_clean(clean, sizeof(clean), folders[i]),
			       why[0] != '\0' ? ", which is not used: it " : "", why);
		}
		puts("A process under weir makes one once its large blocks add up to 1 "
		     "MB.");
	}
	locate_free(entries, n);
	return CMD_OK;
}

static int
run(int argc, char **argv)
{
	struct request r = {0};
	struct locate_entry e = {0};
	int status = parse_args(argc, argv, &r);

	if (status >= 0)
		return status;
	if (r.prune)
		return prune_run(&r.pruned);
	if (r.what == NULL && !r.check && !r.watch)
		return list(&r);
	if (!subject_open("stat", r.what, &e))
		return CMD_FAILED;
	status = CMD_OK;
	if (r.check)
		status = stat_check_print(&e, stdout) ? CMD_OK : CMD_FAILED;
	else if (r.watch)
		status = watch(&r, &e);
	else
		print_once(&r, &e);
	sidecar_free(&e.sidecar);
	return status;
}

const struct cmd cmd_stat = {
	.name = "stat",
	.args = "[--json] [--all] [--watch[=SECONDS]] [--check] [FILE|PID] | "
		"--prune [--keep=N] [--max-size=SIZE]",
	.summary = "show what weir did in a process, or list the processes",
	.examples = "  weir stat                # the processes there are\n"
		    "  weir stat 4711\n"
		    "  weir stat --watch 4711\n"
		    "  weir stat --prune --keep=20   # removes the files of others that "
		    "are gone\n",
	.run = run,
	.help = stat_help,
};
