/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file format of speedscope.app: frames once, then a profile for each value. Called by
 * cmd_export.c; the value that was asked for is the one that opens.
 */

#include "tools/text/json.h"
#include "tools/view/export/export.h"

static const char *const titles[EXPORT_N_VALUES] = {
	[EXPORT_LIVE] = "live bytes",
	[EXPORT_ALLOC] = "allocated bytes",
	[EXPORT_GROWTH] = "bytes added in the window",
};

/* Frame 0 of the output stands for what was not attributed; others are 1 + the trace's. */
static void
put_frames(struct json *j, const struct growth_view *v)
{
	char name[1024];

	json_open(j, "frames", '[');
	json_open(j, NULL, '{');
	json_string(j, "name", "(not attributed)");
	json_close(j, '}');
	for (uint32_t i = 0; i < v->trace->n_frames; i++) {
		const struct growth_place *p = growth_place(v->places, i);

		json_open(j, NULL, '{');
		json_string(j, "name", export_frame_name(name, sizeof(name), p));
		if (p->file[0] != '\0')
			json_string(j, "file", p->file);
		if (p->line > 0)
			json_u64(j, "line", p->line);
		if (p->column > 0)
			json_u64(j, "col", p->column);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
put_profile(struct json *j, const struct export_job *job, enum export_value value)
{
	const struct trace_view *t = job->view->trace;
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	uint64_t total = 0;

	json_open(j, NULL, '{');
	json_string(j, "type", "sampled");
	json_string(j, "name", titles[value]);
	json_string(j, "unit", "bytes");
	json_open(j, "samples", '[');
	for (uint32_t site = 0; site < t->n_sites; site++) {
		uint32_t n = trace_view_stack(t, trace_view_site(t, site, WEIR_S_stack),
					      frames);

		if (job->amounts[site][value].bytes <= 0)
			continue;
		json_open(j, NULL, '[');
		if (n == 0)
			json_u64(j, NULL, 0);
		while (n-- > 0)
			json_u64(j, NULL, 1 + (uint64_t)frames[n]);
		json_close(j, ']');
	}
	json_close(j, ']');
	json_open(j, "weights", '[');
	for (uint32_t site = 0; site < t->n_sites; site++) {
		if (job->amounts[site][value].bytes <= 0)
			continue;
		json_i64(j, NULL, job->amounts[site][value].bytes);
		total += (uint64_t)job->amounts[site][value].bytes;
	}
	json_close(j, ']');
	json_u64(j, "startValue", 0);
	json_u64(j, "endValue", total);
	json_close(j, '}');
}

void
export_speedscope(const struct export_job *job, FILE *out)
{
	struct json j;

	json_begin(&j, out);
	json_open(&j, NULL, '{');
	json_string(&j, "$schema", "https://www.speedscope.app/file-format-schema.json");
	json_string(&j, "exporter", "weir");
	json_string(&j, "name", job->view->trace->file.exe);
	json_u64(&j, "activeProfileIndex", job->value);
	json_open(&j, "shared", '{');
	put_frames(&j, job->view);
	json_close(&j, '}');
	json_open(&j, "profiles", '[');
	for (int value = 0; value < EXPORT_N_VALUES; value++)
		put_profile(&j, job, (enum export_value)value);
	json_close(&j, ']');
	json_close(&j, '}');
	json_end(&j);
}
