/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir export`: a trace in the format of another viewer or a metrics system. Reads one sidecar;
 * writes standard output, or a file in one step, so that nobody reads half of it.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/commands/cmd.h"
#include "tools/commands/output.h"
#include "tools/commands/subject.h"
#include "tools/commands/tracetime.h"
#include "tools/text/tell.h"
#include "tools/view/export/export.h"

static const struct {
	const char *name;
	void (*write)(const struct export_job *job, FILE *out);
} formats[] = {
#define X(id, name, write) {name, write},
	EXPORT_FORMATS(X)
#undef X
};

#define N_FORMATS (sizeof(formats) / sizeof(formats[0]))

static const char *const values[EXPORT_N_VALUES] = {
#define X(id, name) name,
	EXPORT_VALUES(X)
#undef X
};

struct request {
	const char *what, *output, *from, *to;
	size_t format; /* N_FORMATS: not given */
	enum export_value value;
};

static void
export_help(FILE *out)
{
	fputs("  --format=FORMAT     json: as weir growth --json, every line\n"
	      "                      folded: stacks for flamegraph.pl, inferno, "
	      "speedscope\n"
	      "                      pprof: for pprof, Pyroscope, Parca, Perfetto\n"
	      "                      heapprofile: for Chrome DevTools, Memory, Load\n"
	      "                      speedscope: for speedscope.app\n"
	      "                      openmetrics: for Prometheus, through "
	      "node_exporter's textfiles\n"
	      "  --value=VALUE       live, alloc (ever) or growth (in the window)\n"
	      "  --from=T --to=T     the window, as in weir growth\n"
	      "  -o FILE             there, in one step, instead of standard output\n",
	      out);
}

static bool
parse_name(const char *text, const char *const *names, size_t n, size_t *out)
{
	for (*out = 0; *out < n; (*out)++)
		if (strcmp(text, names[*out]) == 0)
			return true;
	return false;
}

#define FORMATS "json, folded, pprof, heapprofile, speedscope or openmetrics"

static int
usage_format(const char *text)
{
	if (text == NULL)
		return cmd_usage(&cmd_export, "which format? --format=" FORMATS);
	return cmd_usage(&cmd_export, "there is no format \"%s\": " FORMATS, text);
}

/* Returns -1 to go on, or the exit status. */
static int
parse_option(char **argv, int *i, struct request *r)
{
	const char *names[N_FORMATS], *value;
	size_t index;

	for (size_t k = 0; k < N_FORMATS; k++)
		names[k] = formats[k].name;
	if ((value = cmd_value("--format", argv, i)) != NULL) {
		if (!parse_name(value, names, N_FORMATS, &r->format))
			return usage_format(value);
	} else if ((value = cmd_value("--value", argv, i)) != NULL) {
		if (!parse_name(value, values, EXPORT_N_VALUES, &index))
			return cmd_usage(&cmd_export,
					 "--value=\"%s\": live, alloc or growth", value);
		r->value = (enum export_value)index;
	} else if ((value = cmd_value("--from", argv, i)) != NULL) {
		r->from = value;
	} else if ((value = cmd_value("--to", argv, i)) != NULL) {
		r->to = value;
	} else if ((value = cmd_value("--output", argv, i)) != NULL ||
		   (value = cmd_value("-o", argv, i)) != NULL) {
		if (value[0] == '\0')
			return cmd_usage(&cmd_export, "-o needs a file");
		r->output = value;
	} else {
		return cmd_unknown_option(&cmd_export, argv[*i]);
	}
	return -1;
}

static int
parse_args(int argc, char **argv, struct request *r)
{
	bool options = true;
	int status;

	r->format = N_FORMATS;
	for (int i = 1; i < argc; i++) {
		if (!options || argv[i][0] != '-' || argv[i][1] == '\0') {
			if (r->what != NULL)
				return cmd_usage(&cmd_export,
						 "one file or pid, not more");
			r->what = argv[i];
		} else if (strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (strcmp(argv[i], "--help") == 0) {
			cmd_print_help(&cmd_export, stdout);
			return CMD_OK;
		} else if ((status = parse_option(argv, &i, r)) >= 0) {
			return status;
		}
	}
	if (r->format == N_FORMATS)
		return usage_format(NULL);
	return -1;
}

struct traced {
	const struct request *r;
	const struct growth_request *g;
	const struct locate_entry *e;
	const struct trace_view *trace;
};

static void
write_trace(const void *what, FILE *out)
{
	const struct traced *s = what;
	const struct locate_entry *e = s->e;
	struct export_amount(*amounts)[EXPORT_N_VALUES];
	struct measure now = measure_now(e);
	struct resident memory = resident_of(&e->sidecar, &now);
	struct growth_model model;
	struct growth_view v = {
		.entry = e,
		.trace = s->trace,
		.places = growth_places_new(s->trace, GROWTH_PLACE_FILES),
		.model = &model,
	};
	struct export_job job = {.view = &v, .value = s->r->value};

	growth_model_make(&model, v.places, s->g, &memory);
	amounts = export_amounts(&model);
	job.amounts = (const struct export_amount(*)[EXPORT_N_VALUES])amounts;
	formats[s->r->format].write(&job, out);
	free(amounts);
	growth_model_free(&model);
	growth_places_free(v.places);
}

/* Of a copy that was cut, that some is missing is told; false: all of it is. */
static bool
has_lines(const struct locate_entry *e, const struct trace_view *trace)
{
	if (!trace->cut)
		return true;
	/* Site 0 is no line. */
	if (trace->n_sites > 1)
		tell_warning("%s is shorter than it says, a copy that was cut: what is "
			     "missing is not exported",
			     e->path);
	else
		tell_error("%s is shorter than it says, a copy that was cut: no line is "
			   "left of it",
			   e->path);
	return trace->n_sites > 1;
}

static int
run(int argc, char **argv)
{
	struct request r = {0};
	struct growth_request g = {0};
	struct locate_entry e = {0};
	struct trace_view trace;
	int status = parse_args(argc, argv, &r);

	if (status >= 0)
		return status;
	if (!subject_open_trace("export", r.what, &e, &trace))
		return CMD_FAILED;
	subject_tell_missing();
	status = CMD_FAILED;
	if (has_lines(&e, &trace) && tracetime_window(&trace, r.from, r.to, &g)) {
		struct traced s = {&r, &g, &e, &trace};
		int rc = 0;

		if (r.output != NULL)
			rc = output_file(r.output, write_trace, &s);
		else
			write_trace(&s, stdout);
		if (rc != 0)
			tell_error("%s: cannot be written: %s", r.output, strerror(-rc));
		status = rc == 0 ? CMD_OK : CMD_FAILED;
	}
	trace_view_free(&trace);
	sidecar_free(&e.sidecar);
	return status;
}

const struct cmd cmd_export = {
	.name = "export",
	.args = "--format=FORMAT [--value=VALUE] [--from=T] [--to=T] [-o FILE] "
		"[FILE|PID]",
	.summary = "write the lines and stacks for pprof, DevTools, speedscope, "
		   "Prometheus, ...",
	.examples = "  weir export --format=heapprofile -o app.heapprofile    # for "
		    "Chrome DevTools\n"
		    "  weir export --format=speedscope -o app.json 4711\n",
	.run = run,
	.help = export_help,
};
