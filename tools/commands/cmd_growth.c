/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir growth`: who holds the memory. Reads one sidecar, of a process that runs or is gone, and
 * prints its sites with what they added and the verdict. Only reads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/commands/cmd.h"
#include "tools/commands/descendants.h"
#include "tools/commands/subject.h"
#include "tools/commands/tracetime.h"
#include "tools/names/app_root.h"
#include "tools/view/growth_view.h"

struct request {
	const char *what;
	const char *from, *to;	 /* --from, --to */
	const char *diff[2];	 /* --diff A B */
	struct growth_request g; /* by, sort */
	bool json, no_files;
	size_t top, stacks;
	bool stacks_asked; /* --stacks: that many, whatever their verdicts */
};

static void
growth_help(FILE *out)
{
	fputs("FILE: a sidecar. PID: the sidecar of that process, running or gone. "
	      "Without either:\nthe only process under weir that runs, else the last "
	      "that "
	      "has ended.\n\n"
	      "  --from=T --to=T      the window; T is seconds (or 5m, 2h) since the "
	      "start, -30s\n"
	      "                       before the end, or the label of a mark of weir "
	      "snap\n"
	      "  --diff A B           what changed from mark A to mark B\n"
	      "  --by=HOW             line, function, file, package, kind, thread or "
	      "stack\n"
	      "  --sort=WHAT          live, added, slope, alloc, count or age\n"
	      "  --top=N              rows to list: 20, 0 for all\n"
	      "  --stacks=N           how many of them with their stack, in full; else "
	      "of "
	      "3 those\n"
	      "                       that are held or undecided\n"
	      "  --no-files           read no source, no source map and no symbols\n"
	      "  --json               for programs\n",
	      out);
}

static bool
parse_count(const char *text, size_t *n)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*n = value;
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && value <= 1000000;
}

static bool
parse_by(const char *text, enum growth_by *by)
{
	for (unsigned i = 0; growth_by_name(i) != NULL; i++) {
		if (strcmp(text, growth_by_name(i)) == 0) {
			*by = (enum growth_by)i;
			return true;
		}
	}
	return false;
}

static bool
parse_sort(const char *text, enum growth_sort *sort)
{
	for (unsigned i = 0; growth_sort_name(i) != NULL; i++) {
		if (strcmp(text, growth_sort_name(i)) == 0) {
			*sort = (enum growth_sort)i;
			return true;
		}
	}
	return false;
}

/* -1: taken; -2: no such option; else the exit status. */
static int
parse_option(int argc, char **argv, int *i, struct request *r)
{
	const char *value;

	if (strcmp(argv[*i], "--json") == 0) {
		r->json = true;
	} else if (strcmp(argv[*i], "--no-files") == 0) {
		r->no_files = true;
	} else if (strcmp(argv[*i], "--diff") == 0) {
		if (*i + 2 >= argc)
			return cmd_usage(&cmd_growth, "--diff needs two marks");
		r->diff[0] = argv[++*i];
		r->diff[1] = argv[++*i];
	} else if ((value = cmd_value("--from", argv, i)) != NULL) {
		r->from = value;
	} else if ((value = cmd_value("--to", argv, i)) != NULL) {
		r->to = value;
	} else if ((value = cmd_value("--by", argv, i)) != NULL) {
		if (!parse_by(value, &r->g.by))
			return cmd_usage(&cmd_growth,
					 "--by=\"%s\": line, function, file, package, "
					 "kind, thread or stack",
					 value);
	} else if ((value = cmd_value("--sort", argv, i)) != NULL) {
		if (!parse_sort(value, &r->g.sort))
			return cmd_usage(&cmd_growth,
					 "--sort=\"%s\": live, added, slope, alloc, "
					 "count or age",
					 value);
	} else if ((value = cmd_value("--top", argv, i)) != NULL) {
		if (!parse_count(value, &r->top))
			return cmd_usage(&cmd_growth, "--top=\"%s\": a number", value);
	} else if ((value = cmd_value("--stacks", argv, i)) != NULL) {
		if (!parse_count(value, &r->stacks))
			return cmd_usage(&cmd_growth, "--stacks=\"%s\": a number", value);
		r->stacks_asked = true;
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

	r->top = 20;
	r->stacks = 3;
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (!options || a[0] != '-' || a[1] == '\0') {
			if (r->what != NULL)
				return cmd_usage(&cmd_growth,
						 "one file or pid, not more");
			r->what = a;
		} else if (strcmp(a, "--") == 0) {
			options = false;
		} else if (strcmp(a, "--help") == 0) {
			cmd_print_help(&cmd_growth, stdout);
			return CMD_OK;
		} else if ((status = parse_option(argc, argv, &i, r)) != -1) {
			return status != -2 ? status : cmd_unknown_option(&cmd_growth, a);
		}
	}
	if (r->diff[0] != NULL && (r->from != NULL || r->to != NULL))
		return cmd_usage(&cmd_growth, "--diff goes with neither --from nor --to");
	return -1;
}

/* Times and marks, which only the file can tell. */
static bool
resolve(const struct trace_view *v, struct request *r)
{
	return r->diff[0] != NULL ? tracetime_diff(v, r->diff[0], r->diff[1], &r->g)
				  : tracetime_window(v, r->from, r->to, &r->g);
}

static void
print(const struct request *r, const struct locate_entry *e,
      const struct trace_view *trace)
{
	struct measure now = measure_now(e);
	struct resident memory = resident_of(&e->sidecar, &now);
	struct growth_model model;
	char root[APP_ROOT_MAX];
	struct growth_view v = {
		.entry = e,
		.trace = trace,
		.places = growth_places_new(trace, r->no_files ? 0 : GROWTH_PLACE_FILES),
		.model = &model,
		.top = r->top,
		.stacks = r->stacks,
		.whole_stacks = r->stacks_asked,
		.read_sources = !r->no_files,
	};

	growth_model_make(&model, v.places, &r->g, &memory);
	if (r->json) {
		growth_json_print(&v, stdout);
	} else {
		app_root_find(root, v.places);
		v.root = root;
		growth_text_print(&v, stdout);
		if (e->life == LOCATE_RUNNING)
			descendants_list(stdout, e->pid, e->start_ticks, memory.rss_bytes,
					 ", larger than it");
	}
	growth_model_free(&model);
	growth_places_free(v.places);
}

static int
run(int argc, char **argv)
{
	struct request r = {0};
	struct locate_entry e = {0};
	struct trace_view trace;
	int status = parse_args(argc, argv, &r);

	if (status >= 0)
		return status;
	if (!subject_open_trace("growth", r.what, &e, &trace))
		return CMD_FAILED;
	if (!r.no_files)
		subject_tell_missing();
	status = CMD_FAILED;
	if (resolve(&trace, &r)) {
		print(&r, &e, &trace);
		status = CMD_OK;
	}
	trace_view_free(&trace);
	sidecar_free(&e.sidecar);
	return status;
}

const struct cmd cmd_growth = {
	.name = "growth",
	.args = "[--from=T] [--to=T] [--diff A B] [--by=HOW] [--sort=WHAT] [--top=N] "
		"[--json] [FILE|PID]",
	.summary = "name the lines of code that hold the memory, and say what they do",
	.examples = "  weir growth                      # the only process, or the last "
		    "that ended\n"
		    "  weir growth --by=package 4711\n"
		    "  weir growth --from=-60s 4711     # what came in the last minute\n",
	.run = run,
	.help = growth_help,
};
