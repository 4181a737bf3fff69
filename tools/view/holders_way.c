/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A way from a root to an object in one line, in the words that DevTools has for edges and nodes. Called by
 * holders_text.c and holders_json.c.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tools/text/show.h"
#include "tools/text/tell.h"
#include "tools/view/holders_view.h"

#define PIECE 320
#define SHOWN 64 /* steps; of longer ways the middle is left out */

static bool
is_word(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	if (*p == '\0' || isdigit(*p))
		return false;
	for (; *p != '\0'; p++)
		if (!isalnum(*p) && *p != '_' && *p != '$' && *p != '#' && *p < 0x80)
			return false;
	return true;
}

static void
edge_text(char *buf, size_t size, const struct holders_view *v,
	  const struct holders_step *s)
{
	char name[PIECE];

	show_clean(name, 100, holders_name(v->names, s->edge_name));
	if (s->edge_name == HOLDERS_PAIR)
		show_format(buf, size, "(as key of a WeakMap)");
	else if (s->edge_name == HOLDERS_KEY)
		show_format(buf, size, "[any key]");
	else if (s->edge_type == HEAPSNAP_EDGE_HIDDEN ||
		 s->edge_type == HEAPSNAP_N_EDGE_TYPES)
		buf[0] = '\0';
	else if (s->edge_name == HOLDERS_INDEX)
		show_format(buf, size, "[]");
	else if (s->edge_type == HEAPSNAP_EDGE_PROPERTY && is_word(name))
		show_format(buf, size, ".%s", name);
	else if (s->edge_type == HEAPSNAP_EDGE_PROPERTY)
		show_format(buf, size, "[\"%s\"]", name);
	else
		show_format(buf, size, "%s", name);
}

/* "" for what goes without saying. */
static void
node_text(char *buf, size_t size, const struct holders_view *v,
	  const struct holders_step *s)
{
	const char *full = holders_name(v->names, s->node_name);
	char name[PIECE];
	size_t len;

	if (strncmp(full, "system / ", 9) == 0)
		full += 9;
	show_clean(name, 100, full);
	len = strlen(name);
	if (len > 10 && strcmp(name + len - 10, " (global*)") == 0)
		name[len - 10] = '\0';
	switch (s->node_type) {
	case HEAPSNAP_CLOSURE:
		show_format(buf, size, "function%s%s", name[0] != '\0' ? " " : "", name);
		break;
	case HEAPSNAP_STRING:
	case HEAPSNAP_CONS:
	case HEAPSNAP_SLICED:
		show_format(buf, size, "%s",
			    s->node_type == HEAPSNAP_STRING ? "string"
			    : s->node_type == HEAPSNAP_CONS ? "concatenated string"
							    : "sliced string");
		break;
	default:
		show_format(buf, size, "%s", name);
	}
}

/* The global object, which newer versions have behind its context. */
static bool
is_global(const struct holders_view *v, const struct holders_step *s)
{
	return strncmp(holders_name(v->names, s->node_name), "global", 6) == 0;
}

static bool
is_context(const struct holders_view *v, const struct holders_step *s)
{
	return s->node_type == HEAPSNAP_OBJECT &&
	       strcmp(holders_name(v->names, s->node_name), "system / Context") == 0;
}

static void
step_text(char *buf, size_t size, const struct holders_view *v,
	  const struct holders_step *s)
{
	char edge[PIECE], node[PIECE], again[64] = "";

	edge_text(edge, sizeof(edge), v, s);
	/* V8 names the variables of a function, not those of a block in it. */
	if (edge[0] == '\0' && is_context(v, &v->holders->steps[s->before]))
		show_format(edge, sizeof(edge), "variable of a block");
	node_text(node, sizeof(node), v, s);
	if (s->again == 1)
		show_format(again, sizeof(again), ", again and again");
	else if (s->again > 1)
		show_format(again, sizeof(again), ", these %u steps again and again",
			    s->again);
	/* A number in a field that V8 does not name. */
	if (edge[0] == '\0' && node[0] == '\0')
		show_format(node, sizeof(node), "%s",
			    holders_type_word(s->node_type, false));
	if (s->depth <= 2 && is_global(v, s))
		show_format(buf, size, "global");
	else if (s->node_type == HEAPSNAP_SYNTHETIC)
		show_format(buf, size, "%s", node);
	else if (node[0] == '\0' || strcmp(node, edge) == 0 ||
		 (is_context(v, s) && edge[0] != '\0') || s->node_type == HEAPSNAP_NATIVE)
		show_format(buf, size, "%s%s", edge[0] != '\0' ? edge : node, again);
	else
		show_format(buf, size, "%s%s(%s)%s", edge, edge[0] != '\0' ? " " : "",
			    node, again);
}

char *
holders_way(const struct holders_view *v, uint32_t shape)
{
	const struct holders *h = v->holders;
	uint32_t n = h->steps[shape].depth, at = shape, left = 0;
	struct holders_step const **steps = calloc(n + 1, sizeof(*steps));
	size_t size = (SHOWN + 2) * (3 * PIECE), len = 0;
	char *way = malloc(size), piece[3 * PIECE];

	if (steps == NULL || way == NULL)
		tell_no_memory();
	for (uint32_t i = n; i > 0; i--, at = h->steps[at].before)
		steps[i - 1] = &h->steps[at];
	way[0] = '\0';
	for (uint32_t i = 0; i < n; i++) {
		if (i + 1 < n && i < 2 && steps[i]->node_type == HEAPSNAP_HIDDEN &&
		    is_global(v, steps[i + 1]))
			continue;
		if (n > SHOWN && i >= SHOWN / 2 && i < n - SHOWN / 2) {
			left++;
			continue;
		}
		step_text(piece, sizeof(piece), v, steps[i]);
		if (left > 0) {
			show_format(way + len, size - len, " -> (%u steps)", left);
			len += strlen(way + len);
			left = 0;
		}
		show_format(way + len, size - len, "%s%s", len > 0 ? " -> " : "", piece);
		len += strlen(way + len);
	}
	free(steps);
	return way;
}
