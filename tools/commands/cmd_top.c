/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir top`: a running process, its memory and who holds it, on a live screen or as one picture.
 * Only reads; needs neither root nor ptrace.
 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/commands/cmd.h"
#include "tools/commands/subject.h"
#include "tools/text/tell.h"
#include "tools/view/top/top_frame.h"
#include "tools/view/top/top_screen.h"

#define MAX_SECONDS  3600
#define ONCE_COLUMNS 100

struct request {
	const char *what; /* file or pid, or NULL: the one process that runs */
	bool once;
	double seconds;
	int sort;
};

static const char *const sort_names[TOP_N_SORTS] = {"live", "growth", "count",
						    "allocated"};

static void
top_help(FILE *out)
{
	fputs("FILE: a sidecar. PID: the sidecar of that process. Without either, the "
	      "only\n"
	      "process under weir that runs; with --once, else the last that has "
	      "ended.\n\n"
	      "  --once                 print one picture and end\n"
	      "  --interval=SECONDS     between looks; default 1\n"
	      "  --sort=ORDER           live, growth, count or allocated\n\n"
	      "Keys: q quits, h shows the others.\n",
	      out);
}

static bool
parse_sort(const char *text, int *sort)
{
	for (int i = 0; i < TOP_N_SORTS; i++) {
		if (strcmp(text, sort_names[i]) == 0) {
			*sort = i;
			return true;
		}
	}
	return false;
}

static bool
parse_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end != text && *end == '\0' && *seconds >= 0.1 && *seconds <= MAX_SECONDS;
}

/* Returns -1 to go on, or the exit status. */
static int
parse_option(const char *a, struct request *r)
{
	if (strcmp(a, "--once") == 0) {
		r->once = true;
	} else if (strncmp(a, "--interval=", 11) == 0) {
		if (!parse_seconds(a + 11, &r->seconds))
			return cmd_usage(&cmd_top,
					 "--interval=\"%s\": seconds, 0.1 to %d", a + 11,
					 MAX_SECONDS);
	} else if (strncmp(a, "--sort=", 7) == 0) {
		if (!parse_sort(a + 7, &r->sort))
			return cmd_usage(
				&cmd_top,
				"--sort=\"%s\": live, growth, count or allocated", a + 7);
	} else if (strcmp(a, "--help") == 0) {
		cmd_print_help(&cmd_top, stdout);
		return CMD_OK;
	} else {
		return cmd_unknown_option(&cmd_top, a);
	}
	return -1;
}

static int
parse_args(int argc, char **argv, struct request *r)
{
	bool options = true;

	for (int i = 1; i < argc; i++) {
		int status = -1;

		if (options && strcmp(argv[i], "--") == 0)
			options = false;
		else if (options && argv[i][0] == '-' && argv[i][1] != '\0')
			status = parse_option(argv[i], r);
		else if (r->what != NULL)
			status = cmd_usage(&cmd_top, "one file or pid, not more");
		else
			r->what = argv[i];
		if (status >= 0)
			return status;
	}
	return -1;
}

static int
terminal_columns(void)
{
	const char *text = getenv("COLUMNS");
	int columns = text != NULL ? atoi(text) : 0;
	struct winsize size;

	if (columns >= TOP_MIN_COLS && columns < TOP_LINE_MAX)
		return columns;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= TOP_MIN_COLS)
		return size.ws_col;
	return ONCE_COLUMNS;
}

static void
print_once(const struct top_model *m, struct top_sites *sites, enum top_sort sort)
{
	struct top_view view = {
		.columns = terminal_columns(),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.sort = sort,
	};
	struct top_frame f;

	top_sites_sort(sites, sort);
	top_frame_make(&f, m, sites, &view);
	for (int i = 0; i < f.n; i++)
		puts(f.lines[i].text);
	top_frame_free(&f);
}

static int
show(const struct request *r)
{
	struct locate_entry e = {0};
	struct top_model model;
	struct top_sites sites;
	int status = CMD_OK;
	struct look l;

	/* Here the reasons are told; the model's own looks only note them. */
	if (!subject_open("top", r->what, &e))
		return CMD_FAILED;
	sidecar_free(&e.sidecar);
	top_model_init(&model);
	look_at(&l, r->what, NULL);
	if (top_model_take(&model, &l) != 0) {
		tell_error("%s: %s", r->what, model.note);
		return CMD_FAILED;
	}
	top_sites_make(&sites, model.has_trace ? &model.trace : NULL,
		       model.entry.life == LOCATE_RUNNING);
	if (r->once) {
		print_once(&model, &sites, (enum top_sort)r->sort);
	} else {
		struct top_screen s = {
			.what = r->what,
			.model = &model,
			.sites = &sites,
			.sort = (enum top_sort)r->sort,
			.seconds = r->seconds,
		};

		if (!top_screen_run(&s))
			status = CMD_FAILED;
	}
	top_sites_free(&sites);
	top_model_free(&model);
	return status;
}

static int
run(int argc, char **argv)
{
	struct request r = {.seconds = 1, .sort = TOP_BY_LIVE};
	int status = parse_args(argc, argv, &r);
	char *found = NULL;

	if (status >= 0)
		return status;
	setlocale(LC_CTYPE, "");
	if (r.what == NULL) {
		found = subject_obvious("top", r.once);
		if (found == NULL)
			return CMD_FAILED;
		r.what = found;
	}
	status = show(&r);
	free(found);
	return status;
}

const struct cmd cmd_top = {
	.name = "top",
	.args = "[--once] [--interval=SECONDS] [--sort=ORDER] [FILE|PID]",
	.summary = "watch a process: its memory, and the lines of code that hold it",
	.examples = "  weir top\n"
		    "  weir top --once server.weir\n",
	.run = run,
	.help = top_help,
};
