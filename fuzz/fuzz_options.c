/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as WEIR_OPTIONS. Whatever it says: every value stays within the bounds of
 * policy/options.def, every issue points into the text, every value printed is read back the
 * same, and a request still has a place to go.
 */
#include <stdbool.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "include/weir/stats.h"
#include "policy/options.h"
#include "policy/token.h"
#include "policy/route.h"
#include "policy/sampling.h"

#define MAX_ISSUES 8

static void
check_issues(const char *text, const struct weir_option_issue *issues, size_t n)
{
	const char *from = text, *end = text + strlen(text);

	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK(issues[i].error > WEIR_OPTION_OK);
		FUZZ_CHECK(issues[i].error <= WEIR_OPTION_BAD_CLASSES);
		FUZZ_CHECK(issues[i].item >= from && issues[i].item <= end);
		FUZZ_CHECK(issues[i].item_len > 0);
		FUZZ_CHECK(issues[i].item_len <= (size_t)(end - issues[i].item));
		FUZZ_CHECK(issues[i].item[0] != ' ' && issues[i].item[0] != ',');
		from = issues[i].item + issues[i].item_len;
	}
}

static void
check_bool(const bool *value, uint64_t min, uint64_t max)
{
	unsigned char byte;

	memcpy(&byte, value, 1);
	FUZZ_CHECK(byte >= min && byte <= max);
}

static void
check_number(const uint64_t *value, uint64_t min, uint64_t max)
{
	FUZZ_CHECK(*value >= min && *value <= max);
}

static void
check_grade_of(const struct weir_grades *g, uint64_t bytes)
{
	uint32_t i = 0;

	while (i < g->n && g->bytes[i] < bytes)
		i++;
	FUZZ_CHECK(weir_grade_of(g, bytes) == (i < g->n ? i : WEIR_GRADE_NONE));
}

static void
check_grades(const struct weir_grades *g)
{
	FUZZ_CHECK(g->n >= 1 && g->n <= WEIR_GRADES_MAX);
	FUZZ_CHECK(g->bytes[0] >= WEIR_GRADE_MIN);
	FUZZ_CHECK(g->bytes[g->n - 1] <= WEIR_GRADE_TOP);
	for (uint32_t i = 0; i < g->n; i++) {
		FUZZ_CHECK(g->bytes[i] % WEIR_GRADE_ALIGN == 0);
		FUZZ_CHECK(i == 0 || g->bytes[i] > g->bytes[i - 1]);
		check_grade_of(g, g->bytes[i] - 1);
		check_grade_of(g, g->bytes[i]);
		check_grade_of(g, g->bytes[i] + 1);
	}
}

static void
check_text(const char *value, uint64_t min, uint64_t max)
{
	size_t len = strnlen(value, OPTIONS_TEXT_MAX);

	FUZZ_CHECK(len >= min && len <= max);
	for (size_t i = 0; i < len; i++)
		FUZZ_CHECK((unsigned char)value[i] >= 0x20 && value[i] != 0x7f);
}

#define CHECK_BOOL(value, min, max)   check_bool(&(value), min, max)
#define CHECK_SIZE(value, min, max)   check_number(&(value), min, max)
#define CHECK_COUNT(value, min, max)  check_number(&(value), min, max)
#define CHECK_MS(value, min, max)     check_number(&(value), min, max)
#define CHECK_GRADES(value, min, max) check_grades(&(value))
#define CHECK_KINDS(value, min, max)                                                     \
	FUZZ_CHECK((value) != 0 && (value) < 1u << WEIR_N_KINDS)
#define CHECK_HUGE(value, min, max) FUZZ_CHECK((value) <= WEIR_HUGE_ALWAYS)
#define CHECK_NUMA(value, min, max)                                                      \
	FUZZ_CHECK((value).mode <= WEIR_NUMA_BIND &&                                     \
		   ((value).nodes != 0) == ((value).mode == WEIR_NUMA_BIND))
#define CHECK_SAMPLE(value, min, max)                                                    \
	FUZZ_CHECK((value) == 0 || (value) == WEIR_SAMPLE_AUTO ||                        \
		   ((value) >= (min) && (value) <= (max)))
#define CHECK_COLLECT(value, min, max)                                                   \
	FUZZ_CHECK((value) == 0 || ((value) >= 4 && (value) < 8))
#define CHECK_TEXT(value, min, max) check_text(value, min, max)

static void
check_values(const struct weir_options *o)
{
#define X(name, type, def, min, max, unit, help) CHECK_##type(o->name, min, max);
#include "policy/options.def"
#undef X
}

static char *
value_text(const struct weir_options *o, size_t i)
{
	size_t len = weir_option_value_text(o, i, NULL, 0);
	char *text = malloc(len + 1), *cut = malloc(len / 2 + 1);

	FUZZ_CHECK(weir_option_value_text(o, i, text, len + 1) == len);
	FUZZ_CHECK(strlen(text) == len);
	FUZZ_CHECK(weir_option_value_text(o, i, cut, len / 2 + 1) == len);
	FUZZ_CHECK(strlen(cut) == len / 2 && memcmp(cut, text, len / 2) == 0);
	free(cut);
	return text;
}

static void
check_same(const struct weir_options *a, const struct weir_options *b)
{
	for (size_t i = 0; i < weir_n_option_rows; i++) {
		char *left = value_text(a, i), *right = value_text(b, i);

		FUZZ_CHECK(strcmp(left, right) == 0);
		free(left);
		free(right);
	}
	FUZZ_CHECK(a->kinds == b->kinds && a->classes.n == b->classes.n);
	FUZZ_CHECK(strcmp(a->only, b->only) == 0 && strcmp(a->stats, b->stats) == 0);
}

/* All values as one text, read back. */
static void
check_print_and_parse(const struct weir_options *o)
{
	static char text[16 * 1024];
	struct weir_options again;
	size_t len = 0;

	for (size_t i = 0; i < weir_n_option_rows; i++) {
		char *value = value_text(o, i);

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s=%s,",
					weir_option_rows[i].name, value);
		FUZZ_CHECK(len < sizeof(text));
		free(value);
	}
	weir_options_defaults(&again);
	FUZZ_CHECK(weir_options_parse(&again, text, NULL, 0) == 0);
	check_same(o, &again);
}

static void
check_route(const struct weir_options *o, uint64_t bytes, uint64_t align, uint32_t kind)
{
	struct weir_route r = weir_route(o, bytes, align, kind);

	FUZZ_CHECK(r.bytes >= bytes);
	switch (r.place) {
	case WEIR_PLACE_NEXT:
		FUZZ_CHECK(r.reason == WEIR_F_KIND || r.reason == WEIR_F_TOO_LARGE ||
			   r.reason == WEIR_F_ALIGNMENT);
		break;
	case WEIR_PLACE_POOL:
		FUZZ_CHECK(bytes <= o->threshold && align <= WEIR_GRADE_ALIGN);
		FUZZ_CHECK(r.grade < o->classes.n);
		FUZZ_CHECK(r.bytes == o->classes.bytes[r.grade]);
		break;
	case WEIR_PLACE_MAP:
		FUZZ_CHECK(r.bytes <= WEIR_MAP_MAX && r.bytes % 4096 == 0);
		FUZZ_CHECK(r.bytes > 0 && align <= WEIR_ALIGN_MAX);
		break;
	}
}

static void
check_routes(const struct weir_options *o)
{
	static const uint64_t aligns[] = {0, 4096, 8192, WEIR_ALIGN_MAX, 1ull << 40};
	const uint64_t sizes[] = {0,
				  o->floor,
				  o->threshold,
				  o->threshold + 1,
				  o->classes.bytes[0],
				  o->classes.bytes[o->classes.n - 1] + 1,
				  WEIR_MAP_MAX,
				  UINT64_MAX};

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		for (size_t a = 0; a < sizeof(aligns) / sizeof(aligns[0]); a++)
			for (uint32_t kind = 0; kind <= WEIR_N_KINDS; kind++)
				check_route(o, sizes[s], aligns[a], kind);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weir_option_issue issues[MAX_ISSUES];
	struct weir_options o, fresh;
	char *text = malloc(size + 1);
	uint64_t bytes;
	size_t n;

	/* Not terminated: must not be read beyond its length. */
	token_bytes((struct token){(const char *)data, size}, &bytes);

	memcpy(text, size > 0 ? data : (const uint8_t *)"", size);
	text[size] = '\0';
	memset(&o, 0xa5, sizeof(o));
	weir_options_defaults(&o);
	n = weir_options_parse(&o, text, issues, MAX_ISSUES);
	check_issues(text, issues, n < MAX_ISSUES ? n : MAX_ISSUES);
	check_values(&o);
	check_print_and_parse(&o);
	check_routes(&o);

	/* The same text again changes nothing, whatever the state it starts from. */
	memset(&fresh, 0x5a, sizeof(fresh));
	weir_options_defaults(&fresh);
	FUZZ_CHECK(weir_options_parse(&fresh, text, NULL, 0) == n);
	FUZZ_CHECK(weir_options_parse(&fresh, text, NULL, 0) == n);
	check_same(&o, &fresh);
	free(text);
	return 0;
}
