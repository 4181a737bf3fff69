/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the tests of WEIR_OPTIONS: a text is parsed over the defaults, and what it gave is looked
 * at. One set of values and issues for each test program.
 */
#ifndef TESTS_UNIT_OPTIONS_PARSE_H
#define TESTS_UNIT_OPTIONS_PARSE_H

#include "include/weir/stats.h"
#include "policy/options.h"
#include "tests/tap.h"

#define KB 1024ull
#define MB (1024 * KB)
#define GB (1024 * MB)
#define TB (1024 * GB)

#define ALL_KINDS ((1u << WEIR_KIND_MMAP) - 1)

static struct weir_options o;
static struct weir_option_issue issues[4];

/* Defaults, then `text`; returns the number of issues. */
static inline size_t
parse(const char *text)
{
	memset(issues, 0, sizeof(issues));
	memset(&o, 0xa5, sizeof(o));
	weir_options_defaults(&o);
	return weir_options_parse(&o, text, issues, 4);
}

static inline void
check_issue(const char *text, enum weir_option_error error, const char *item)
{
	size_t n = parse(text);

	if (n != 1 || issues[0].error != error || issues[0].item_len != strlen(item) ||
	    memcmp(issues[0].item, item, strlen(item)) != 0) {
		printf("# \"%s\": %zu issues, error %d on \"%.*s\"\n", text, n,
		       (int)issues[0].error, (int)issues[0].item_len,
		       issues[0].item_len > 0 ? issues[0].item : "");
		CHECK_EQ(n, 1);
		CHECK_EQ(issues[0].error, error);
	}
	CHECK(issues[0].item >= text && issues[0].item <= text + strlen(text));
}

static inline const char *
value(const char *name)
{
	static char buf[2 * OPTIONS_TEXT_MAX];

	for (size_t i = 0; i < weir_n_option_rows; i++) {
		if (strcmp(weir_option_rows[i].name, name) == 0) {
			CHECK(weir_option_value_text(&o, i, buf, sizeof(buf)) ==
			      strlen(buf));
			return buf;
		}
	}
	return "no such row";
}

#endif
