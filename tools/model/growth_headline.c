/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one sentence. The verdicts are growth_verdict.c's and growth_parts.c's; nothing is judged here.
 */
#include "tools/model/growth_headline.h"

#include "tools/text/show.h"

static size_t
count_verdict(const struct growth_model *m, enum growth_verdict v)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_groups; i++)
		n += m->groups[i].finding.verdict == v;
	return n;
}

/* All lines, or those that hold most. */
static bool
is_undecided(const struct growth_model *m)
{
	uint64_t open = 0, all = 0;

	for (size_t i = 0; i < m->n_groups; i++) {
		all += m->groups[i].live_bytes;
		if (m->groups[i].finding.verdict == GROWTH_UNDECIDED)
			open += m->groups[i].live_bytes;
	}
	return open > all / 2 || count_verdict(m, GROWTH_UNDECIDED) >= m->n_groups;
}

static double
held_slope(const struct growth_model *m)
{
	double slope = 0;

	for (size_t i = 0; i < m->n_groups; i++)
		if (m->groups[i].finding.verdict == GROWTH_HELD)
			slope += m->groups[i].finding.slope_bytes_per_s;
	return slope;
}

/* The part that grows fastest, or -1. */
static int
fastest(const struct growth_model *m)
{
	int found = -1;

	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		if (m->parts[i].slope_bytes_per_s >
		    (found < 0 ? 0 : m->parts[found].slope_bytes_per_s))
			found = i;
	return found;
}

static bool
part_may_grow(const struct growth_model *m)
{
	bool any = false;

	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		any |= m->parts[i].worth && m->parts[i].verdict == GROWTH_UNDECIDED;
	return any;
}

/* Of small blocks, which are sampled. */
static bool
is_by_lines(const struct growth_model *m, int part)
{
	if (part != WEIR_PART_OF_NEXT || !m->rss.parts_known)
		return false;
	for (size_t i = 0; i < m->n_groups; i++)
		if (m->groups[i].error > 0 && m->groups[i].live_bytes > 0 &&
		    m->groups[i].finding.verdict == GROWTH_UNDECIDED)
			return true;
	return false;
}

/* Objects and strings have no line; what grows there is said, and what settles it. */
static enum growth_mood
of_a_part(char *buf, const struct growth_model *m, int part, bool runs)
{
	char pace[SHOW_VALUE];
	const struct growth_part *p = &m->parts[part];
	bool script = part == WEIR_PART_OF_SCRIPT && m->rss.parts_known;

	show_bytes(pace, (uint64_t)p->slope_bytes_per_s);
	if (script && p->verdict == GROWTH_HELD) {
		show_format(buf, GROWTH_HEADLINE,
			    "Memory grows: V8's heap, by %s a second. Objects or strings "
			    "stay after garbage collections; weir holders names who "
			    "keeps them.",
			    pace);
		return GROWTH_BAD;
	}
	if (script && p->verdict == GROWTH_GC_LAG)
		show_format(buf, GROWTH_HEADLINE,
			    "V8's heap grows by %s a second: with garbage that was not "
			    "collected yet.",
			    pace);
	else if (script)
		show_format(buf, GROWTH_HEADLINE,
			    "V8's heap grows by %s a second: objects and strings. "
			    "Whether they stay%s.",
			    pace,
			    runs ? ", its next full garbage collection tells: look again "
				   "in half a minute"
				 : " is not known, as no full garbage collection came "
				   "after them");
	else if (is_by_lines(m, part))
		show_format(
			buf, GROWTH_HEADLINE,
			"Memory grows in small blocks, by %s a second. The lines that "
			"ask for them are known; whether they keep them%s.",
			pace,
			runs ? " is not yet: look again in half a minute" : " is not");
	else
		show_format(buf, GROWTH_HEADLINE,
			    "Memory grows, but not in blocks that weir serves: by %s a "
			    "second, %s.",
			    pace,
			    m->rss.parts_known
				    ? resident_part_meaning((enum weir_memory_part)part)
				    : "in a part that is not known");
	return GROWTH_UNSURE;
}

/* Objects that stay as well are told with them, and before them if they are more: the smaller of two leaks is not it. */
static void
of_lines(char *buf, const struct growth_model *m, size_t held)
{
	const struct growth_part *heap = &m->parts[WEIR_PART_OF_SCRIPT];
	const char *lines = held == 1 ? "one line holds more and more"
				      : "some lines hold more and more";
	char pace[SHOW_VALUE], objects[SHOW_VALUE];

	show_bytes(pace, (uint64_t)held_slope(m));
	show_bytes(objects, (uint64_t)heap->slope_bytes_per_s);
	/* Each buffer has an object of a hundred bytes: that is no second leak. */
	if (!m->rss.parts_known || heap->verdict != GROWTH_HELD ||
	    heap->slope_bytes_per_s <= held_slope(m) / 10)
		show_format(buf, GROWTH_HEADLINE, "Memory grows: %s, by %s a second.",
			    lines, pace);
	else if (heap->slope_bytes_per_s > held_slope(m))
		show_format(buf, GROWTH_HEADLINE,
			    "Memory grows: V8's heap, by %s a second: objects or "
			    "strings, and "
			    "weir holders names who keeps them; %s as well, by %s.",
			    objects, lines, pace);
	else
		show_format(
			buf, GROWTH_HEADLINE,
			"Memory grows: %s, by %s a second; V8's heap as well, by %s a "
			"second.",
			lines, pace, objects);
}

enum growth_mood
growth_headline(char buf[GROWTH_HEADLINE], const struct growth_model *m, bool runs)
{
	size_t held = count_verdict(m, GROWTH_HELD);
	int part = fastest(m);
	const char *text;

	if (held > 0) {
		of_lines(buf, m, held);
		return GROWTH_BAD;
	}
	if (part >= 0)
		return of_a_part(buf, m, part, runs);
	text = is_undecided(m)
		       ? runs ? "Too early to tell what grows: look again in half a "
				"minute."
			      : "It is not known whether anything grows: it ran too "
				"short "
				"for that."
	       : part_may_grow(m) ? "No line of code was found that keeps growing; "
				    "whether memory that has no line does is not known "
				    "yet."
				  : "No line of code was found that keeps growing.";
	show_format(buf, GROWTH_HEADLINE, "%s", text);
	return is_undecided(m) || part_may_grow(m) ? GROWTH_UNSURE : GROWTH_GOOD;
}
