/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a snapshot has more objects of a size than the line is known to have blocks of it. Called by holders_text.c.
 */
#include "tools/view/holders_view.h"

#include "tools/text/show.h"

/* Objects linked to a row of a line, over all ways. */
static uint64_t
linked(const struct holders_view *v, uint32_t line)
{
	uint64_t n = 0;

	for (size_t i = 0; i < v->holders->n_groups; i++)
		if (v->holders->groups[i].line == line)
			n += v->holders->groups[i].count;
	return n;
}

/* Other blocks of that line, whose sizes are not known one by one: their number and bytes. */
static uint64_t
of_several_sizes(const struct holders_view *v, const struct holders_line *l,
		 uint64_t *bytes)
{
	uint64_t n = 0;

	*bytes = 0;
	for (size_t i = 0; i < v->n_lines; i++)
		if (v->lines[i].place == l->place && v->lines[i].kind == l->kind &&
		    !v->lines[i].alike) {
			n += v->lines[i].count;
			*bytes += v->lines[i].bytes;
		}
	return n;
}

void
holders_view_beyond(const struct holders_view *v, uint32_t line, FILE *out)
{
	const struct holders_line *l = &v->lines[line];
	uint64_t objects = linked(v, line);
	char n[SHOW_VALUE], m[SHOW_VALUE];
	uint64_t bytes, others = of_several_sizes(v, l, &bytes);

	if (objects <= l->count)
		return;
	if (others > 0)
		fprintf(out,
			"   and %s more live block%s there of several sizes, %s bytes on "
			"the average, which the others may be of\n",
			show_count(n, others), show_plural(others),
			show_count(m, bytes / others));
	else
		fprintf(out,
			"   the snapshot has %s such objects, more than the line has "
			"blocks: which of them are its is not known\n",
			show_count(n, objects));
}
