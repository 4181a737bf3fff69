/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an object to the line that allocated its memory. A snapshot has no addresses: size and type are all that both
 * sides know, so how sure it is goes with the answer.
 */
#include "tools/model/holders.h"

/* What V8 adds to the text of an external string, whose header counts as part of it. */
#define STRING_HEAD_LEAST 8
#define STRING_HEAD_MOST  64

static bool
fits(const struct holders_line *l, const struct heapsnap_target *t)
{
	if (l->kind != t->kind)
		return false;
	if (t->kind == HEAPSNAP_TARGET_STRING)
		return t->size == 0 || (t->size >= l->size + STRING_HEAD_LEAST &&
					t->size <= l->size + STRING_HEAD_MOST);
	return l->size == t->size;
}

uint32_t
holders_line_of(const struct holders_line *lines, size_t n_lines,
		const struct heapsnap_target *t, uint8_t *link)
{
	uint32_t found = HEAPSNAP_NONE;

	*link = HOLDERS_NO_LINK;
	for (size_t i = 0; i < n_lines; i++) {
		if ((!lines[i].alike && t->size != 0) || !fits(&lines[i], t))
			continue;
		if (found != HEAPSNAP_NONE && lines[found].place != lines[i].place) {
			*link = HOLDERS_BY_SIZES;
			if (lines[i].count > lines[found].count)
				found = (uint32_t)i;
			continue;
		}
		if (found == HEAPSNAP_NONE)
			found = (uint32_t)i;
		if (*link == HOLDERS_NO_LINK)
			*link = t->size != 0 ? HOLDERS_BY_SIZE : HOLDERS_BY_TYPE;
	}
	if (found != HEAPSNAP_NONE && t->size == 0 && *link == HOLDERS_BY_SIZES) {
		*link = HOLDERS_NO_LINK; /* several lines make strings of sizes unknown */
		return HEAPSNAP_NONE;
	}
	return found;
}
