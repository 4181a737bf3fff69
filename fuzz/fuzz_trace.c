/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a sidecar with a trace: as they are, and as changes to one that is valid
 * (fuzz/changed.h). Whatever they say: nothing beyond the file is read, every index that is left is
 * in range, every view of it ends, and what is printed cannot steer a terminal.
 */
#include <string.h>

#include "fuzz/changed.h"
#include "fuzz/fuzz.h"
#include "fuzz/plain.h"
#include "tests/tools/trace_sample.h"
#include "tools/view/export/export.h"

static void
check_view(const struct trace_view *v)
{
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];

	for (uint32_t i = 0; i < v->n_sites; i++) {
		uint32_t n = trace_view_stack(v, v->sites[i][WEIR_S_stack], frames);

		FUZZ_CHECK(n <= WEIR_TRACE_MAX_DEPTH);
		while (n-- > 0)
			FUZZ_CHECK(frames[n] < v->n_frames);
		FUZZ_CHECK(v->sites[i][WEIR_S_thread] < v->n_threads ||
			   v->n_threads == 0);
	}
	for (int r = 0; r < WEIR_N_TRACE_PARTS; r++) {
		const struct trace_ring *ring = &v->rings[r];

		for (uint32_t i = 0; i < ring->n; i++) {
			const struct weir_trace_row *row = ring->rows[i];

			FUZZ_CHECK(i == 0 || ring->rows[i - 1]->id < row->id);
			for (uint32_t k = 0; k < row->n_points; k++)
				FUZZ_CHECK(trace_view_points(row)[k].site < v->n_sites ||
					   trace_view_points(row)[k].site == 0);
		}
	}
	(void)trace_view_string(v, UINT32_MAX);
}

static void
check_exports(const struct growth_view *v)
{
	static void (*const formats[])(const struct export_job *, FILE *) = {
#define X(id, name, write) write,
		EXPORT_FORMATS(X)
#undef X
	};
	struct export_amount(*amounts)[EXPORT_N_VALUES] = export_amounts(v->model);

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct export_job job = {
			.view = v,
			.amounts =
				(const struct export_amount(*)[EXPORT_N_VALUES])amounts,
			.value = (enum export_value)(i % EXPORT_N_VALUES),
		};
		char *text = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);

		formats[i](&job, out);
		fclose(out);
		if (formats[i] != export_pprof)
			check_plain(text, n);
		free(text);
	}
	free(amounts);
}

static void
check_growth(const struct trace_view *trace)
{
	for (int by = 0; by < GROWTH_N_BYS; by += 3) {
		struct growth_request r = {
			.by = (enum growth_by)by,
			.sort = (enum growth_sort)(by % GROWTH_N_SORTS)};
		struct growth_model model;
		struct growth_view v = {
			.trace = trace,
			.places = growth_places_new(trace, 0),
			.model = &model,
			.stacks = 3,
		};
		char *text = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);

		growth_model_make(&model, v.places, &r, NULL);
		growth_text_print(&v, out);
		fclose(out);
		check_plain(text, n);
		free(text);
		if (by == 0)
			check_exports(&v);
		growth_model_free(&model);
		growth_places_free(v.places);
	}
}

/* As if its process ran, and had been silent since. */
static void
check_held(struct trace_view *v)
{
	trace_view_hold(v, v->head.unix_ns + UINT64_C(100000000000));
	check_growth(v);
}

static void
parse(const void *bytes, size_t n)
{
	char why[TRACE_VIEW_WHY];
	struct trace_view v;

	memset(why, 0xa5, sizeof(why));
	if (trace_view_parse(&v, bytes, n, why) != 0) {
		FUZZ_CHECK(memchr(why, '\0', sizeof(why)) != NULL && why[0] != '\0');
		return;
	}
	check_view(&v);
	check_growth(&v);
	check_held(&v);
	trace_view_free(&v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_sample *sample = trace_sample_new();
	const void *bytes;
	size_t n;

	parse(data, size);
	trace_sample_story(sample);
	bytes = trace_sample_bytes(sample, &n);
	changed_parse(bytes, n, data, size, parse);
	trace_sample_free(sample);
	return 0;
}
