/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One option's value, from text and to text, by its type; see option_value.h. Called by
 * options.c at the start of a process that weir is preloaded into: must never allocate or print.
 */
#include "policy/option_value.h"

#include <errno.h>

#include "include/weir/stats.h"
#include "policy/collecting.h"
#include "policy/sampling.h"

/* The kinds of blocks, which are served; what the program maps itself comes behind. */
#define SERVED	  WEIR_KIND_MMAP
#define ALL_KINDS ((1u << SERVED) - 1)

static const char *const kind_names[] = {
#define X(id, name, meaning) name,
	WEIR_KINDS(X)
#undef X
};

static enum weir_option_error
parse_bool(bool *value, struct token s)
{
	static const char *const off[] = {"off", "no", "false", "0"};
	static const char *const on[] = {"on", "yes", "true", "1"};

	for (unsigned i = 0; i < sizeof(on) / sizeof(on[0]); i++) {
		if (token_is(s, on[i]) || token_is(s, off[i])) {
			*value = token_is(s, on[i]);
			return WEIR_OPTION_OK;
		}
	}
	return WEIR_OPTION_BAD_VALUE;
}

static enum weir_option_error
parse_number(uint64_t *value, const struct option_field *f, struct token s)
{
	uint64_t n;
	int err = f->type == OPTION_SIZE || f->type == OPTION_SAMPLE
			  ? token_bytes(s, &n)
			  : token_number(s, &n);

	if (err == -ERANGE)
		return WEIR_OPTION_TOO_LARGE;
	if (err != 0)
		return WEIR_OPTION_BAD_VALUE;
	if (n < f->min)
		return WEIR_OPTION_TOO_SMALL;
	if (n > f->max)
		return WEIR_OPTION_TOO_LARGE;
	*value = n;
	return WEIR_OPTION_OK;
}

static enum weir_option_error
parse_sample(uint64_t *value, const struct option_field *f, struct token s)
{
	bool is_auto = token_is(s, "auto");

	if (!is_auto && !token_is(s, "off") && !token_is(s, "0"))
		return parse_number(value, f, s);
	*value = is_auto ? WEIR_SAMPLE_AUTO : 0;
	return WEIR_OPTION_OK;
}

static enum weir_option_error
parse_classes(struct weir_grades *value, struct token s)
{
	int err = weir_grades_parse(value, s.at, s.len);

	if (err == -ERANGE)
		return WEIR_OPTION_BAD_CLASSES;
	return err != 0 ? WEIR_OPTION_BAD_VALUE : WEIR_OPTION_OK;
}

static enum weir_option_error
parse_kinds(uint32_t *value, struct token s)
{
	uint32_t mask = 0;
	bool more = true;

	if (token_is(s, "all")) {
		mask = ALL_KINDS;
		more = false;
	}
	while (more) {
		struct token word;
		uint32_t i = 0;

		more = token_cut(&s, ':', &word);
		while (i < SERVED && !token_is(word, kind_names[i]))
			i++;
		if (i == SERVED)
			return WEIR_OPTION_BAD_VALUE;
		mask |= 1u << i;
	}
	*value = mask;
	return WEIR_OPTION_OK;
}

/* Takes one character off the front, unescaped; -1 if it may not stand there. */
static int
take_char(struct token *s)
{
	unsigned char c = (unsigned char)s->at[0];

	token_skip(s, 1);
	if (c == '\\') {
		if (s->len == 0 || (s->at[0] != ',' && s->at[0] != '\\'))
			return -1;
		c = (unsigned char)s->at[0];
		token_skip(s, 1);
	}
	return c < 0x20 || c == 0x7f ? -1 : c;
}

static enum weir_option_error
parse_text(char *value, const struct option_field *f, struct token s)
{
	struct emit out = {value, OPTIONS_TEXT_MAX, 0};
	struct token rest = s;
	size_t len = 0;

	for (; rest.len > 0; len++)
		if (take_char(&rest) < 0)
			return WEIR_OPTION_BAD_VALUE;
	if (len < f->min)
		return WEIR_OPTION_NO_VALUE;
	if (len > f->max)
		return WEIR_OPTION_TOO_LONG;
	while (s.len > 0)
		emit_char(&out, (char)take_char(&s));
	emit_end(&out);
	return WEIR_OPTION_OK;
}

enum weir_option_error
option_value_parse(const struct option_field *f, struct weir_options *o, struct token s)
{
	void *value = (char *)o + f->offset;

	if (s.len == 0 && f->type != OPTION_TEXT)
		return WEIR_OPTION_NO_VALUE;
	switch (f->type) {
	case OPTION_BOOL:
		return parse_bool(value, s);
	case OPTION_SIZE:
	case OPTION_COUNT:
	case OPTION_MS:
		return parse_number(value, f, s);
	case OPTION_GRADES:
		return parse_classes(value, s);
	case OPTION_KINDS:
		return parse_kinds(value, s);
	case OPTION_HUGE:
		return weir_huge_parse(value, s) != 0 ? WEIR_OPTION_BAD_VALUE
						      : WEIR_OPTION_OK;
	case OPTION_NUMA:
		return weir_numa_parse(value, s) != 0 ? WEIR_OPTION_BAD_VALUE
						      : WEIR_OPTION_OK;
	case OPTION_SAMPLE:
		return parse_sample(value, f, s);
	case OPTION_COLLECT:
		return weir_collect_parse(value, s) != 0 ? WEIR_OPTION_BAD_VALUE
							 : WEIR_OPTION_OK;
	case OPTION_TEXT:
		return parse_text(value, f, s);
	}
	__builtin_unreachable();
}

static bool
same_classes(const struct weir_grades *a, const struct weir_grades *b)
{
	if (a->n != b->n)
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (a->bytes[i] != b->bytes[i])
			return false;
	return true;
}

static void
print_classes(const struct weir_grades *g, struct emit *out)
{
	struct weir_grades named;

	weir_grades_graded(&named);
	if (same_classes(g, &named)) {
		emit_text(out, "graded");
		return;
	}
	weir_grades_ten(&named);
	if (same_classes(g, &named)) {
		emit_text(out, "ten");
		return;
	}
	for (uint32_t i = 0; i < g->n; i++) {
		if (i > 0)
			emit_char(out, ':');
		emit_size(out, g->bytes[i]);
	}
}

static void
print_kinds(uint32_t mask, struct emit *out)
{
	const char *mark = "";

	if (mask == ALL_KINDS) {
		emit_text(out, "all");
		return;
	}
	for (uint32_t i = 0; i < SERVED; i++) {
		if ((mask >> i & 1) == 0)
			continue;
		emit_text(out, mark);
		emit_text(out, kind_names[i]);
		mark = ":";
	}
}

static void
print_sample(uint64_t bytes, struct emit *out)
{
	if (bytes == 0)
		emit_text(out, "off");
	else if (bytes == WEIR_SAMPLE_AUTO)
		emit_text(out, "auto");
	else
		emit_size(out, bytes);
}

static void
print_text(const char *value, struct emit *out)
{
	for (; *value != '\0'; value++) {
		if (*value == ',' || *value == '\\')
			emit_char(out, '\\');
		emit_char(out, *value);
	}
}

void
option_value_print(const struct option_field *f, const struct weir_options *o,
		   struct emit *out)
{
	const void *value = (const char *)o + f->offset;

	switch (f->type) {
	case OPTION_BOOL:
		emit_text(out, *(const bool *)value ? "on" : "off");
		break;
	case OPTION_SIZE:
		emit_size(out, *(const uint64_t *)value);
		break;
	case OPTION_COUNT:
	case OPTION_MS:
		emit_number(out, *(const uint64_t *)value);
		break;
	case OPTION_GRADES:
		print_classes(value, out);
		break;
	case OPTION_KINDS:
		print_kinds(*(const uint32_t *)value, out);
		break;
	case OPTION_HUGE:
		weir_huge_print(*(const enum weir_huge *)value, out);
		break;
	case OPTION_NUMA:
		weir_numa_print(value, out);
		break;
	case OPTION_SAMPLE:
		print_sample(*(const uint64_t *)value, out);
		break;
	case OPTION_COLLECT:
		weir_collect_print(*(const uint32_t *)value, out);
		break;
	case OPTION_TEXT:
		print_text(value, out);
		break;
	}
}
