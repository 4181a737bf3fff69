/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `weir holders` calls objects and links. Called by holders_text.c.
 */
#include "tools/text/show.h"
#include "tools/view/holders_view.h"

const char *
holders_link_meaning(unsigned link)
{
	switch (link) {
	case HOLDERS_BY_SIZE:
		return "by size: no other line that weir knows has blocks of this size";
	case HOLDERS_BY_SIZES:
		return "by size, not surely: other lines have blocks of this size too";
	case HOLDERS_BY_TYPE:
		return "by type, not surely: the only line with such strings, whose "
		       "sizes "
		       "this snapshot does not have";
	default:
		return "not linked to a line";
	}
}

const char *
holders_type_word(unsigned type, bool several)
{
	static const char *const words[HEAPSNAP_N_NODE_TYPES][2] = {
		[HEAPSNAP_ARRAY] = {"table", "tables"},
		[HEAPSNAP_STRING] = {"string", "strings"},
		[HEAPSNAP_CLOSURE] = {"function", "functions"},
		[HEAPSNAP_REGEXP] = {"regular expression", "regular expressions"},
		[HEAPSNAP_NUMBER] = {"number", "numbers"},
		[HEAPSNAP_NATIVE] = {"native object", "native objects"},
		[HEAPSNAP_CONS] = {"concatenated string", "concatenated strings"},
		[HEAPSNAP_SLICED] = {"sliced string", "sliced strings"},
		[HEAPSNAP_SYMBOL] = {"symbol", "symbols"},
		[HEAPSNAP_BIGINT] = {"bigint", "bigints"},
		[HEAPSNAP_WASM] = {"Wasm object", "Wasm objects"},
	};

	return type < HEAPSNAP_N_NODE_TYPES && words[type][several] != NULL
		       ? words[type][several]
	       : several ? "objects"
			 : "object";
}

const char *
holders_what(const struct holders_view *v, const struct holders_step *s, bool several,
	     char *name, size_t size)
{
	if (s->node_type != HEAPSNAP_OBJECT)
		return holders_type_word(s->node_type, several);
	return show_clean(name, size, holders_name(v->names, s->node_name));
}
