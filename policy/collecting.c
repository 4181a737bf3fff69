/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See collecting.h. Called at the start of a process that weir is preloaded into: must never allocate or print.
 */
#include "policy/collecting.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char *const words[] = {"idle", "limit", "asked"};
#define N_WORDS (sizeof(words) / sizeof(words[0]))

/* In WEIR_OPTIONS a comma ends an item: there it is written as \, and arrives as that. */
static bool
is_mark(char c)
{
	return c == ',' || c == ':' || c == '\\';
}

int
weir_collect_parse(uint32_t *value, struct token s)
{
	uint32_t mask = 0;

	if (token_is(s, "off")) {
		*value = 0;
		return 0;
	}
	while (s.len > 0) {
		struct token word = {s.at, 0};
		size_t i = 0;

		while (word.len < s.len && !is_mark(s.at[word.len]))
			word.len++;
		token_skip(&s, word.len);
		while (s.len > 0 && is_mark(s.at[0]))
			token_skip(&s, 1);
		word = token_trim(word);
		while (i < N_WORDS && !token_is(word, words[i]))
			i++;
		if (i == N_WORDS)
			return -EINVAL;
		mask |= 1u << i;
	}
	if (mask == 0)
		return -EINVAL;
	*value = mask | WEIR_COLLECT_ASKED;
	return 0;
}

void
weir_collect_print(uint32_t value, struct emit *out)
{
	const char *mark = "";

	if (value == 0)
		emit_text(out, "off");
	for (size_t i = 0; i < N_WORDS; i++) {
		/* What comes with the others is not said. */
		if ((value >> i & 1) == 0 ||
		    (1u << i == WEIR_COLLECT_ASKED && *mark != '\0'))
			continue;
		emit_text(out, mark);
		emit_text(out, words[i]);
		mark = ":";
	}
}

size_t
weir_collect_node_options(struct emit *out, const char *hook, const char *old)
{
	size_t before = out->len, own;

	/* As Node reads it: in double quotes, and a backslash before one of them. */
	emit_text(out, "--require=\"");
	for (; *hook != '\0'; hook++) {
		if (*hook == '"' || *hook == '\\')
			emit_char(out, '\\');
		emit_char(out, *hook);
	}
	emit_char(out, '"');
	own = out->len - before;
	if (old != NULL) {
		emit_char(out, ' ');
		emit_text(out, old);
	}
	return own;
}

/* Node takes - and _ in an option for the same. */
static bool
begins(struct token s, const char *option)
{
	size_t n = strlen(option);

	if (s.len < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s.at[i] != option[i] &&
		    !(i > 1 && s.at[i] == '_' && option[i] == '-'))
			return false;
	return s.len == n || s.at[n] == '=';
}

struct token
weir_collect_refusal(const char *text, size_t n, char mark)
{
	static const char *const refusing[] = {
		"--permission",
		"--experimental-permission",
		"--permission-audit",
		"--experimental-policy",
		"--policy-integrity",
		"--build-snapshot",
		"--build-snapshot-config",
		"--experimental-sea-config",
		"--build-sea",
		"--trace-sync-io",
	};
	struct token rest = {text, n}, word;

	while (rest.len > 0) {
		token_cut(&rest, mark, &word);
		for (size_t i = 0; i < sizeof(refusing) / sizeof(refusing[0]); i++)
			if (begins(word, refusing[i]))
				return word;
	}
	return (struct token){NULL, 0};
}
