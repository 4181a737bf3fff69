/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir holders`: who keeps the objects of a heap snapshot, next to the lines of weir's that allocated them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/commands/cmd.h"
#include "tools/commands/holders_answer.h"
#include "tools/commands/holders_take.h"
#include "tools/commands/subject.h"
#include "tools/model/holders_lines.h"
#include "tools/read/foreign.h"
#include "tools/read/proc.h"
#include "tools/text/tell.h"
#include "tools/view/holders_view.h"

#define DEFAULT_TOP  10
#define DEFAULT_MOST (UINT64_C(1) << 30)
#define DEFAULT_WAIT 1800

struct request {
	const char *what, *line, *sidecar;
	size_t top, most;
	struct holders_take take; /* of a process */
	bool json, no_files;
};

/* A trace with its lines. */
struct lines {
	struct locate_entry entry;
	struct trace_view trace;
	struct growth_places *places;
	struct growth_model model;
	struct holders_lines rows;
	bool *asked;
	bool open;
};

static void
holders_help(FILE *out)
{
	fputs("PID: a Node that runs, which makes a heap snapshot first. FILE: one that "
	      "is there, as\nv8.writeHeapSnapshot(), node --heapsnapshot-signal and "
	      "Chrome's DevTools write it. LINE:\napp.js:12, as weir growth names it; "
	      "then "
	      "only what it allocates.\n\n"
	      "  --yes                of a PID: it may stand still, ten seconds for each "
	      "100 MB of\n"
	      "                       V8's heap\n"
	      "  --output=FILE        of a PID: keep the snapshot\n"
	      "  --timeout=SECONDS    of a PID: how long it may be silent: 1800\n"
	      "  --sidecar=FILE|PID   the trace with the lines; of a file that has its "
	      "process's\n"
	      "                       number in its name that of this process\n"
	      "  --top=N              ways to list: 10\n"
	      "  --memory=SIZE        what may be needed at most: 1G\n"
	      "  --no-files           read no source map and no symbols\n"
	      "  --json               for programs\n",
	      out);
}

static bool
parse_size(const char *text, size_t *size)
{
	char *end;
	unsigned long long v = strtoull(text, &end, 10);
	unsigned shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;

	if (text[0] < '0' || text[0] > '9' || v == 0 || v > SIZE_MAX >> 32 ||
	    end[shift != 0] != '\0')
		return false;
	*size = (size_t)v << shift;
	return true;
}

/* -1: taken; else the exit status. */
static int
parse_option(char **argv, int *i, struct request *r)
{
	const char *a = argv[*i], *value;

	if (strcmp(a, "--json") == 0) {
		r->json = true;
	} else if (strcmp(a, "--no-files") == 0) {
		r->no_files = true;
	} else if (strcmp(a, "--yes") == 0) {
		r->take.yes = true;
	} else if ((value = cmd_value("--output", argv, i)) != NULL) {
		r->take.output = value;
	} else if ((value = cmd_value("--timeout", argv, i)) != NULL) {
		size_t seconds;

		if (!parse_size(value, &seconds) || seconds > 86400)
			return cmd_usage(&cmd_holders, "--timeout=\"%s\": seconds",
					 value);
		r->take.wait_s = (int)seconds;
	} else if ((value = cmd_value("--sidecar", argv, i)) != NULL) {
		r->sidecar = value;
	} else if ((value = cmd_value("--top", argv, i)) != NULL) {
		if (!parse_size(value, &r->top) || r->top > 100000)
			return cmd_usage(&cmd_holders, "--top=\"%s\": a number", value);
	} else if ((value = cmd_value("--memory", argv, i)) != NULL) {
		if (!parse_size(value, &r->most))
			return cmd_usage(&cmd_holders, "--memory=\"%s\": a size, as 2G",
					 value);
	} else {
		return cmd_unknown_option(&cmd_holders, a);
	}
	return -1;
}

/* Returns -1 to go on, or the exit status. */
static int
parse_args(int argc, char **argv, struct request *r)
{
	bool options = true;
	int status;

	r->top = DEFAULT_TOP;
	r->most = DEFAULT_MOST;
	r->take.wait_s = DEFAULT_WAIT;
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (!options || a[0] != '-' || a[1] == '\0') {
			if (r->what == NULL)
				r->what = a;
			else if (r->line == NULL)
				r->line = a;
			else
				return cmd_usage(&cmd_holders, "what is \"%s\"?", a);
		} else if (strcmp(a, "--") == 0) {
			options = false;
		} else if (strcmp(a, "--help") == 0) {
			cmd_print_help(&cmd_holders, stdout);
			return CMD_OK;
		} else if ((status = parse_option(argv, &i, r)) != -1) {
			return status;
		}
	}
	if (r->what == NULL)
		return cmd_usage(&cmd_holders, "which process, or heap snapshot?");
	if (!proc_is_pid(r->what, &r->take.pid))
		r->take.pid = 0;
	else if (r->take.pid <= 0)
		return cmd_usage(&cmd_holders, "\"%s\" is no process's number", r->what);
	if (r->take.pid == 0 && (r->take.yes || r->take.output != NULL))
		return cmd_usage(&cmd_holders, "--yes and --output are for a process");
	return -1;
}

/* Heap.20261129.235959.4711.0.001.heapsnapshot, as Node names it: 4711; 0: of another name. */
static pid_t
pid_in_name(const char *path)
{
	const char *name = strrchr(path, '/');
	int pid = 0, end = 0;

	name = name != NULL ? name + 1 : path;
	if (sscanf(name, "Heap.%*8[0-9].%*6[0-9].%d.%*d.%*3[0-9].heapsnapshot%n", &pid,
		   &end) != 1 ||
	    end == 0 || name[end] != '\0')
		return 0;
	return pid;
}

static void
lines_close(struct lines *l)
{
	if (!l->open)
		return;
	free(l->asked);
	free(l->rows.rows);
	growth_model_free(&l->model);
	growth_places_free(l->places);
	trace_view_free(&l->trace);
	sidecar_free(&l->entry.sidecar);
}

/* Marks the lines that are asked for; false if there are none. */
static bool
lines_ask(struct lines *l, const char *line)
{
	bool any = false;

	l->asked = calloc(l->model.n_groups + 1, sizeof(*l->asked));
	if (l->asked == NULL)
		tell_no_memory();
	for (size_t i = 0; line != NULL && i < l->model.n_groups; i++) {
		l->asked[i] = holders_lines_is(&l->model.groups[i], l->places, line);
		any |= l->asked[i];
	}
	return line == NULL || any;
}

/* The trace that has the lines; false after an error has been told. */
static bool
lines_open(struct lines *l, const struct request *r)
{
	pid_t pid = r->take.pid > 0 ? r->take.pid : pid_in_name(r->what);
	struct growth_request by_line = {.by = GROWTH_BY_LINE};
	char of_name[16];
	const char *what = r->sidecar;

	if (what == NULL && pid > 0 && locate_pid(pid, 0, &l->entry) == 0) {
		sidecar_free(&l->entry.sidecar);
		snprintf(of_name, sizeof(of_name), "%d", (int)pid);
		what = of_name;
	}
	if (what == NULL && r->line != NULL) {
		tell_error("%s: whose trace has the line %s? --sidecar=FILE|PID tells",
			   r->what, r->line);
		return false;
	}
	if (what == NULL)
		return true;
	if (!subject_open_trace("holders", what, &l->entry, &l->trace))
		return false;
	l->open = true;
	l->places = growth_places_new(&l->trace, r->no_files ? 0 : GROWTH_PLACE_FILES);
	growth_model_make(&l->model, l->places, &by_line, NULL);
	l->rows = holders_lines_of(&l->model, l->places);
	if (lines_ask(l, r->line))
		return true;
	tell_error("%s has no line %s that allocated: weir growth %s lists them",
		   l->entry.path, r->line, what);
	return false;
}

/* As of the snapshot. */
static bool
lines_renew(struct lines *l, const struct request *r)
{
	lines_close(l);
	*l = (struct lines){0};
	return lines_open(l, r);
}

static void
print(const struct request *r, const struct holders_answer *a, const struct lines *l)
{
	char process[32];
	struct holders_view v = {
		.file = r->take.pid == 0 ? r->what : process,
		.snap = &a->snap,
		.targets = &a->targets,
		.holders = &a->holders,
		.names = &a->names,
		.sidecar = l->open ? l->entry.path : NULL,
		.model = &l->model,
		.lines = l->rows.rows,
		.n_lines = l->rows.n,
		.line = r->line,
		.asked = l->asked,
		.top = r->top,
	};

	snprintf(process, sizeof(process), "process %d", (int)r->take.pid);
	holders_view_settle(&v);
	if (r->json)
		holders_json_print(&v, stdout);
	else
		holders_text_print(&v, stdout);
}

static int
answer(const struct request *r, int fd, struct lines *l)
{
	/* Without a link those shown lie anywhere: texts are read for more than are shown. */
	size_t shown = r->top + (r->line != NULL ? 1000 : 0);
	struct holders_answer a;
	int rc = holders_answer_make(&a, fd, r->most, l->rows.rows, l->rows.n,
				     r->line != NULL ? l->asked : NULL, shown);

	if (rc != 0)
		tell_error("%s: %s", r->what, a.snap.why);
	else
		print(r, &a, l);
	holders_answer_free(&a);
	return rc == 0 ? CMD_OK : CMD_FAILED;
}

/* The snapshot, or -1 after an error has been told. */
static int
open_snapshot(const struct request *r)
{
	int fd;

	if (r->take.pid > 0)
		return holders_take(&r->take);
	fd = foreign_regular(AT_FDCWD, r->what, 0);
	if (fd >= 0)
		return fd;
	tell_error("%s: %s", r->what,
		   fd == -ENOTSUP ? "it is no regular file" : strerror(-fd));
	return -1;
}

static int
run(int argc, char **argv)
{
	struct request r = {0};
	struct lines l = {0};
	int status = parse_args(argc, argv, &r), fd;

	if (status >= 0)
		return status;
	/* A line that is not there is no reason to have a process stand still. */
	fd = lines_open(&l, &r) ? open_snapshot(&r) : -1;
	status = CMD_FAILED;
	if (fd >= 0 && (r.take.pid == 0 || lines_renew(&l, &r)))
		status = answer(&r, fd, &l);
	lines_close(&l);
	if (fd >= 0)
		close(fd);
	return status;
}

const struct cmd cmd_holders = {
	.name = "holders",
	.args = "[--yes] [--sidecar=FILE|PID] [--top=N] [--memory=SIZE] [--json] "
		"FILE|PID [LINE]",
	.summary = "name who keeps the memory, by a heap snapshot",
	.examples = "  weir holders 4711\n",
	.run = run,
	.help = holders_help,
};
