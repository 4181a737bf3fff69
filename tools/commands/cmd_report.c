/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir report`: everything a sidecar tells, as one page of HTML that needs nothing else. The
 * output file appears whole or not at all.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/commands/cmd.h"
#include "tools/commands/output.h"
#include "tools/commands/subject.h"
#include "tools/read/look.h"
#include "tools/text/tell.h"
#include "tools/view/report/report.h"

struct request {
	const char *what, *output;
	bool open;
};

static void
report_help(FILE *out)
{
	fputs("FILE: a sidecar, also of a process that was killed. PID: the sidecar of "
	      "that "
	      "process.\n\n"
	      "Without either: the only process under weir that runs, else the last that "
	      "has "
	      "ended.\n\n"
	      "  -o, --output=FILE    the page; - for standard output. Without it,\n"
	      "                       weir-report-NAME-PID.html, whose name is printed\n"
	      "  --open               write the file, and show it in a browser "
	      "(xdg-open)\n\n"
	      "The page loads nothing from elsewhere. Names of files and functions are "
	      "in "
	      "it, and the\nlines of code that allocated; arguments (but the name of the "
	      "script) "
	      "and environment are not.\n",
	      out);
}

/* Returns -1 to go on, or the exit status. */
static int
parse_args(int argc, char **argv, struct request *r)
{
	bool options = true;

	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (!options || a[0] != '-' || a[1] == '\0') {
			if (r->what != NULL)
				return cmd_usage(&cmd_report,
						 "one file or pid, not more");
			r->what = a;
		} else if (strcmp(a, "--") == 0) {
			options = false;
		} else if (strcmp(a, "-o") == 0 || strcmp(a, "--output") == 0) {
			if (i + 1 == argc)
				return cmd_usage(&cmd_report, "%s needs a file", a);
			r->output = argv[++i];
		} else if (strncmp(a, "--output=", 9) == 0) {
			r->output = a + 9;
		} else if (strncmp(a, "-o", 2) == 0) {
			r->output = a + 2;
		} else if (strcmp(a, "--open") == 0) {
			r->open = true;
		} else if (strcmp(a, "--help") == 0) {
			cmd_print_help(&cmd_report, stdout);
			return CMD_OK;
		} else {
			return cmd_unknown_option(&cmd_report, a);
		}
	}
	if (r->output != NULL && r->output[0] == '\0')
		return cmd_usage(&cmd_report, "-o needs a file");
	return -1;
}

static void
print_page(const void *entry, FILE *out)
{
	const struct locate_entry *e = entry;
	char why[TRACE_VIEW_WHY] = "";
	struct trace_view trace;
	bool has_trace = look_trace(&trace, e, why) == 0;
	struct report r;

	if (has_trace)
		subject_tell_missing();
	report_fill(&r, e, has_trace ? &trace : NULL, why, GROWTH_PLACE_FILES);
	report_page_print(&r, out);
	report_release(&r);
	if (has_trace)
		trace_view_free(&trace);
}

/* In the current folder, named after the process. */
static const char *
own_name(const struct locate_entry *e, char *name, size_t size)
{
	const char *program = strrchr(e->sidecar.header.exe, '/');

	snprintf(name, size, "weir-report-%s-%d.html",
		 program != NULL ? program + 1 : "process", e->sidecar.header.pid);
	return name;
}

/* `weir report >page.html` would leave a page that holds a name. */
static bool
into_a_file(void)
{
	struct stat to;

	return fstat(STDOUT_FILENO, &to) == 0 && S_ISREG(to.st_mode);
}

/* By whatever shows pages here; it goes on by itself. */
static void
open_page(const char *path)
{
	char full[PATH_MAX];
	pid_t child;
	int status = -1;

	if (realpath(path, full) == NULL)
		return;
	fflush(stdout);
	child = fork();
	if (child == 0) {
		execlp("xdg-open", "xdg-open", full, (char *)NULL);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		tell_warning("no browser could be opened (xdg-open); the page is "
			     "file://%s",
			     full);
}

static int
run(int argc, char **argv)
{
	struct request r = {0};
	struct locate_entry e = {0};
	char name[NAME_MAX];
	int status = parse_args(argc, argv, &r), rc;

	if (status >= 0)
		return status;
	if (!subject_open("report", r.what, &e))
		return CMD_FAILED;
	if (r.output == NULL)
		r.output = own_name(&e, name, sizeof(name));
	/* main() looks at standard output itself. */
	if (strcmp(r.output, "-") == 0) {
		print_page(&e, stdout);
		rc = 0;
	} else {
		rc = output_file(r.output, print_page, &e);
		if (rc == 0 && r.output == name) {
			printf("%s\n", name);
			if (into_a_file())
				tell_note("the page is in %s; -o - prints it", name);
		}
		if (rc == 0 && r.open)
			open_page(r.output);
	}
	sidecar_free(&e.sidecar);
	if (rc != 0)
		tell_error("%s: cannot be written: %s", r.output, strerror(-rc));
	return rc == 0 ? CMD_OK : CMD_FAILED;
}

const struct cmd cmd_report = {
	.name = "report",
	.args = "[-o PAGE.html] [--open] [FILE|PID]",
	.summary = "write what is known about a process as one page of HTML",
	.examples = "  weir report --open\n"
		    "  weir report -o server.html 4711\n",
	.run = run,
	.help = report_help,
};
