/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sidecar with a trace, changed in any way, as the page of `weir report` and the picture of
 * `weir top`. Whatever it says: no name becomes markup, the page is valid UTF-8 without controls,
 * and no line of the picture is wider than the screen.
 *
 * The input is changes to the story of tests/tools/trace_story.c: 12 bytes for each, 4 of them the
 * index of an 8-byte word, modulo the file's, and 8 its new value.
 */
#include <string.h>

#include "fuzz/changed.h"
#include "fuzz/fuzz.h"
#include "fuzz/plain.h"
#include "tests/tools/trace_sample.h"
#include "tools/text/show.h"
#include "tools/view/report/report.h"
#include "tools/view/top/top_frame.h"

static unsigned
count(const char *text, const char *what)
{
	unsigned n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text++;
		n++;
	}
	return n;
}

static void
check_page(const struct locate_entry *e, const struct trace_view *trace)
{
	struct report r;
	char *page = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&page, &n);

	report_fill(&r, e, trace, "no trace", 0);
	report_page_print(&r, out);
	report_release(&r);
	fclose(out);
	check_plain(page, n);
	FUZZ_CHECK(count(page, "<script") == 2 && count(page, "</script>") == 2);
	FUZZ_CHECK(count(page, "<style") == 1 && count(page, "<img") == 0);
	FUZZ_CHECK(count(page, "<table") == count(page, "</table>"));
	FUZZ_CHECK(count(page, "<tr>") == count(page, "</tr>"));
	FUZZ_CHECK(count(page, "<li") >= count(page, "</li>"));
	FUZZ_CHECK(strcmp(page + n - 8, "</html>\n") == 0);
	free(page);
}

static void
check_picture(const struct locate_entry *e, struct trace_view *trace)
{
	static const struct top_view views[] = {
		{.columns = 80, .rows = 24, .utf8 = true, .live = true},
		{.columns = 30, .rows = 9, .live = true},
		{.columns = 1, .rows = 1, .live = true},
		{.columns = 200, .utf8 = true, .sort = TOP_BY_GROWTH},
	};
	struct top_model m;
	struct top_sites sites;

	top_model_init(&m);
	m.entry = *e;
	m.loaded = true;
	if (trace != NULL)
		m.trace = *trace;
	m.has_trace = trace != NULL;
	top_sites_make(&sites, trace, true);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		struct top_frame f;

		top_sites_sort(&sites, views[i].sort);
		top_frame_make(&f, &m, &sites, &views[i]);
		FUZZ_CHECK(views[i].rows == 0 || f.n == views[i].rows);
		for (int k = 0; k < f.n; k++) {
			check_plain(f.lines[k].text, strlen(f.lines[k].text));
			FUZZ_CHECK(show_width(f.lines[k].text) <=
				   (size_t)views[i].columns);
		}
		top_frame_free(&f);
	}
	top_sites_free(&sites);
}

static void
look(const void *bytes, size_t n)
{
	struct locate_entry e = {.path = "fuzz.weir", .life = LOCATE_GONE};
	char why[TRACE_VIEW_WHY];
	struct trace_view trace;
	bool has_trace;

	if (sidecar_parse(&e.sidecar, bytes, n, e.why) != 0)
		return;
	has_trace = trace_view_parse(&trace, bytes, n, why) == 0;
	check_page(&e, has_trace ? &trace : NULL);
	check_picture(&e, has_trace ? &trace : NULL);
	if (has_trace)
		trace_view_free(&trace);
	sidecar_free(&e.sidecar);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_sample *s = trace_sample_new();
	uint64_t *copy;
	size_t n;

	trace_sample_story(s);
	const void *bytes = trace_sample_bytes(s, &n);

	copy = malloc(n);
	memcpy(copy, bytes, n);
	trace_sample_free(s);
	changed_words(copy, n / 8, data, size);
	look(copy, n);
	free(copy);
	return 0;
}
