/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options: text to values and back, see options.h. The rows of options.def become the
 * public table and the private one that says where a value lies. Called at the start of a
 * process that weir is preloaded into: must never allocate or print.
 */
#include "policy/options.h"

#include "policy/option_value.h"
#include "policy/emit.h"
#include "policy/token.h"

#define TYPE_TEXT_BOOL	  "on|off"
#define TYPE_TEXT_SIZE	  "SIZE"
#define TYPE_TEXT_COUNT	  "N"
#define TYPE_TEXT_MS	  "MS"
#define TYPE_TEXT_GRADES  "CLASSES"
#define TYPE_TEXT_KINDS	  "KINDS"
#define TYPE_TEXT_HUGE	  "never|auto|always"
#define TYPE_TEXT_NUMA	  "NODES"
#define TYPE_TEXT_SAMPLE  "auto|off|SIZE"
#define TYPE_TEXT_COLLECT "idle,limit,asked"
#define TYPE_TEXT_TEXT	  "TEXT"

const struct weir_option_row weir_option_rows[] = {
#define X(name, type, def, min, max, unit, help)                                         \
	{#name, TYPE_TEXT_##type, def, unit, help},
#include "policy/options.def"
#undef X
};

const size_t weir_n_option_rows = sizeof(weir_option_rows) / sizeof(weir_option_rows[0]);

/* The rows in the same order, then the two requests, which are no rows. */
static const struct option_field fields[] = {
#define X(name, type, def, min, max, unit, help)                                         \
	{#name, OPTION_##type, offsetof(struct weir_options, name), min, max},
#include "policy/options.def"
#undef X
	{"help", OPTION_BOOL, offsetof(struct weir_options, want_help), 0, 1},
	{"print", OPTION_BOOL, offsetof(struct weir_options, want_print), 0, 1},
};

/* A member of the wrong type, or a text longer than its member, must not compile. */
#define MEMBER_BOOL    bool
#define MEMBER_SIZE    uint64_t
#define MEMBER_COUNT   uint64_t
#define MEMBER_MS      uint64_t
#define MEMBER_GRADES  struct weir_grades
#define MEMBER_KINDS   uint32_t
#define MEMBER_HUGE    enum weir_huge
#define MEMBER_NUMA    struct weir_numa
#define MEMBER_SAMPLE  uint64_t
#define MEMBER_COLLECT uint32_t
#define MEMBER_TEXT    char[OPTIONS_TEXT_MAX]
#define X(name, type, def, min, max, unit, help)                                         \
	_Static_assert(                                                                  \
		__builtin_types_compatible_p(                                            \
			__typeof__(((struct weir_options *)0)->name), MEMBER_##type),    \
		#name ": type and member disagree");                                     \
	_Static_assert(OPTION_##type != OPTION_TEXT || (max) < OPTIONS_TEXT_MAX,         \
		       #name ": longer than its member");
#include "policy/options.def"
#undef X

void
weir_options_defaults(struct weir_options *o)
{
	for (size_t i = 0; i < weir_n_option_rows; i++) {
		const char *text = weir_option_rows[i].default_text;

		option_value_parse(&fields[i], o, token_of(text));
	}
	o->page = WEIR_GRADE_ALIGN;
	o->want_help = false;
	o->want_print = false;
}

/* Takes the next item off the front of *text: up to a comma that is not escaped. */
static struct token
next_item(const char **text)
{
	struct token item = {*text, 0};
	const char *end = *text;

	while (*end != '\0' && *end != ',')
		end += *end == '\\' && end[1] != '\0' ? 2 : 1;
	item.len = (size_t)(end - item.at);
	*text = *end == ',' ? end + 1 : end;
	return token_trim(item);
}

static const struct option_field *
find_field(struct token name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (token_is(name, fields[i].name))
			return &fields[i];
	return NULL;
}

static enum weir_option_error
apply(struct weir_options *o, struct token item)
{
	struct token value = item, name;
	bool has_value = token_cut(&value, '=', &name);
	const struct option_field *f = find_field(token_trim(name));

	if (f == NULL)
		return WEIR_OPTION_UNKNOWN;
	if (!has_value && f->type == OPTION_BOOL)
		return option_value_parse(f, o, token_of("on"));
	if (!has_value)
		return WEIR_OPTION_NO_VALUE;
	return option_value_parse(f, o, token_trim(value));
}

size_t
weir_options_parse(struct weir_options *o, const char *text,
		   struct weir_option_issue *issues, size_t max_issues)
{
	size_t n = 0;

	while (text != NULL && *text != '\0') {
		struct token item = next_item(&text);
		enum weir_option_error error;

		if (item.len == 0)
			continue;
		error = apply(o, item);
		if (error == WEIR_OPTION_OK)
			continue;
		if (n < max_issues)
			issues[n] = (struct weir_option_issue){error, item.at, item.len};
		n++;
	}
	return n;
}

void
weir_options_fit(struct weir_options *o, uint64_t page)
{
	o->page = page;
	weir_grades_fit(&o->classes, page);
}

const char *
weir_option_error_text(enum weir_option_error error)
{
	switch (error) {
	case WEIR_OPTION_OK:
		return "no error";
	case WEIR_OPTION_UNKNOWN:
		return "unknown option";
	case WEIR_OPTION_NO_VALUE:
		return "value missing";
	case WEIR_OPTION_BAD_VALUE:
		return "not a valid value";
	case WEIR_OPTION_TOO_SMALL:
		return "value too small";
	case WEIR_OPTION_TOO_LARGE:
		return "value too large";
	case WEIR_OPTION_TOO_LONG:
		return "value too long";
	case WEIR_OPTION_BAD_CLASSES:
		return "sizes must ascend from 8K to 1G, 64 at most";
	}
	return "unknown error";
}

size_t
weir_option_value_text(const struct weir_options *o, size_t i, char *buf, size_t size)
{
	struct emit out = {buf, size, 0};

	if (i < weir_n_option_rows)
		option_value_print(&fields[i], o, &out);
	return emit_end(&out);
}
