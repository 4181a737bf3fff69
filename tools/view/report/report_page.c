/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report's page: report.html with each {{name}} replaced by what a part prints. Called by
 * `weir report` and its tests; opens no file.
 */
#include "tools/view/report/report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "tools/read/script_name.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"
#include "tools/view/report/report_assets.h"
#include "tools/view/report/report_html.h"

#define NONCE_BYTES 16

static void
print_program(const struct report *r, FILE *out)
{
	char name[SCRIPT_NAME_BYTES];

	report_html_print(out, "%s, process %d", script_name(&r->entry->sidecar, name),
			  (int)r->entry->sidecar.header.pid);
}

static void
print_title(const struct report *r, FILE *out)
{
	char name[SCRIPT_NAME_BYTES];

	report_html_print(out, "weir: %s %d", script_name(&r->entry->sidecar, name),
			  (int)r->entry->sidecar.header.pid);
}

static void
print_css(const struct report *r, FILE *out)
{
	(void)r;
	fputs(report_asset_css, out);
}

static void
print_js(const struct report *r, FILE *out)
{
	(void)r;
	fputs(report_asset_js, out);
}

static void
print_data(const struct report *r, FILE *out)
{
	char *json;
	size_t n;
	FILE *memory = open_memstream(&json, &n);

	if (memory == NULL)
		tell_no_memory();
	report_data_print(r, memory);
	if (fclose(memory) != 0)
		tell_no_memory();
	report_html_json(out, json, n);
	free(json);
}

static const struct {
	const char *name;
	void (*print)(const struct report *r, FILE *out);
} parts[] = {
	{"title", print_title},
	{"css", print_css},
	{"program", print_program},
	{"subtitle", report_print_subtitle},
	{"findings", report_print_findings},
	{"memory", report_print_memory},
	{"timeline", report_print_timeline},
	{"stacks", report_print_stacks},
	{"sites", report_print_sites},
	{"classes", report_print_classes},
	{"sizes", report_print_sizes},
	{"kinds", report_print_kinds},
	{"run", report_print_run},
	{"missing", report_print_missing},
	{"footer", report_print_footer},
	{"data", print_data},
	{"js", print_js},
};

/* Only what carries it is run by a browser, whatever else a name might have smuggled in. */
static void
make_nonce(char nonce[2 * NONCE_BYTES + 1])
{
	unsigned char random[NONCE_BYTES];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		memset(random, 0, sizeof(random));
	for (unsigned i = 0; i < NONCE_BYTES; i++)
		snprintf(nonce + 2 * (size_t)i, 3, "%02x", random[i]);
}

static void
print_part(const struct report *r, const char *name, size_t n, const char *nonce,
	   FILE *out)
{
	if (n == 5 && memcmp(name, "nonce", 5) == 0) {
		fputs(nonce, out);
		return;
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strlen(parts[i].name) == n && memcmp(parts[i].name, name, n) == 0) {
			parts[i].print(r, out);
			return;
		}
	}
}

void
report_page_print(const struct report *r, FILE *out)
{
	char nonce[2 * NONCE_BYTES + 1];
	const char *at = report_asset_html, *open;

	make_nonce(nonce);
	while ((open = strstr(at, "{{")) != NULL) {
		const char *name = open + 2, *end = strstr(name, "}}");

		if (end == NULL)
			break;
		fwrite(at, 1, (size_t)(open - at), out);
		print_part(r, name, (size_t)(end - name), nonce, out);
		at = end + 2;
	}
	fputs(at, out);
}
