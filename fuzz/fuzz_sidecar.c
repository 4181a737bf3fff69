/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a sidecar: as they are, and as changes to one that is valid (fuzz/changed.h). Whatever
 * they say: nothing beyond the file is read, the check accounts for every identity, what is printed
 * cannot steer a terminal, and the JSON is JSON.
 */
#include <string.h>

#include "fuzz/changed.h"
#include "fuzz/fuzz.h"
#include "fuzz/plain.h"
#include "tests/tools/sidecar_sample.h"
#include "tools/model/check.h"
#include "tools/view/stat_view.h"

#define MAX_FAILURES 4

static void
check_result(const struct sidecar *s)
{
	struct check_failure failures[MAX_FAILURES];
	struct check_result r = check_run(s, failures, MAX_FAILURES);
	struct check_result again = check_run(s, NULL, 0);

	FUZZ_CHECK(r.held + r.failed + r.skipped >= 15);
	FUZZ_CHECK(r.held == again.held && r.failed == again.failed &&
		   r.skipped == again.skipped);
	for (size_t i = 0; i < r.failed && i < MAX_FAILURES; i++) {
		const struct check_failure *f = &failures[i];

		FUZZ_CHECK(f->left[0] >= '0' && f->left[0] <= '9');
		FUZZ_CHECK(strnlen(f->right, CHECK_SIDE) < CHECK_SIDE);
		FUZZ_CHECK(f->row == CHECK_NO_ROW ||
			   f->row < s->rows[WEIR_SECTION_CLASSES].records);
	}
}

/* Brackets match outside of strings, and the value ends with the text. */
static void
check_nesting(const char *text)
{
	char open[16];
	size_t depth = 0;
	int in_string = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (in_string) {
			if (*p == '\\')
				p++;
			else if (*p == '"')
				in_string = 0;
		} else if (*p == '"') {
			in_string = 1;
		} else if (*p == '{' || *p == '[') {
			FUZZ_CHECK(depth < sizeof(open));
			open[depth++] = *p;
		} else if (*p == '}' || *p == ']') {
			FUZZ_CHECK(depth > 0);
			FUZZ_CHECK(open[--depth] == (*p == '}' ? '{' : '['));
			FUZZ_CHECK(depth > 0 || strcmp(p + 1, "\n") == 0);
		}
	}
	FUZZ_CHECK(depth == 0 && !in_string);
}

static void
check_printed(const struct locate_entry *entry)
{
	struct stat_view v = {
		.entry = entry,
		.memory = resident_of(&entry->sidecar, &(struct measure){0}),
		.age_ns = entry->sidecar.slot.unix_ns,
		.all = true,
	};
	const struct resident *m = &v.memory;
	char *text = NULL, *json = NULL;
	size_t text_len = 0, json_len = 0;
	FILE *text_out = open_memstream(&text, &text_len);
	FILE *json_out = open_memstream(&json, &json_len);

	FUZZ_CHECK(m->live_bytes + m->cached_bytes + m->js_heap_bytes + m->other_bytes ==
		   m->rss_bytes);
	stat_text_print(&v, text_out);
	stat_text_list(entry, 1, false, text_out);
	stat_json_print(&v, json_out);
	fclose(text_out);
	fclose(json_out);
	check_plain(text, text_len);
	check_plain(json, json_len);
	check_nesting(json);
	free(text);
	free(json);
}

static void
parse(const void *bytes, size_t n)
{
	struct locate_entry entry = {.path = "fuzz.weir", .life = LOCATE_UNKNOWN};
	int rc;

	memset(entry.why, 0xa5, sizeof(entry.why));
	rc = sidecar_parse(&entry.sidecar, bytes, n, entry.why);
	if (rc != 0) {
		FUZZ_CHECK(memchr(entry.why, '\0', sizeof(entry.why)) != NULL);
		FUZZ_CHECK(entry.why[0] != '\0' && entry.sidecar.words == NULL);
		return;
	}
	check_result(&entry.sidecar);
	check_printed(&entry);
	sidecar_free(&entry.sidecar);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sidecar_sample sample;

	parse(data, size);
	sidecar_sample_make(&sample);
	changed_parse(&sample, sizeof(sample), data, size, parse);
	return 0;
}
