/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of growth_rose.h. Called for a group at a time; only what is worth a word gets one.
 */
#include "tools/view/growth_rose.h"

#include "tools/text/show.h"

#define WORTH (1 << 20)

static bool
is_worth_telling(const struct growth_group *g)
{
	const struct growth_climb *c = &g->finding.climb;

	return g->finding.verdict != GROWTH_RELEASED &&
	       g->finding.verdict != GROWTH_GC_LAG && c->bytes >= WORTH &&
	       c->bytes >= 0.05 * (double)g->live_bytes && c->from_s - c->to_s >= 1;
}

char *
growth_rose(char buf[GROWTH_ROSE], const struct growth_group *g)
{
	const struct growth_climb *c = &g->finding.climb;
	char bytes[SHOW_VALUE], from[SHOW_VALUE], to[SHOW_VALUE];

	buf[0] = '\0';
	if (!is_worth_telling(g))
		return buf;
	show_bytes(bytes, (uint64_t)c->bytes);
	show_duration(from, (uint64_t)(c->from_s * 1e9));
	show_duration(to, (uint64_t)(c->to_s * 1e9));
	/* What goes up and down was once as high: that it is so again is no rise. */
	if (c->to_s < c->from_s / 6 && g->finding.verdict == GROWTH_PLATEAU)
		return buf;
	if (c->to_s < c->from_s / 6)
		show_format(buf, GROWTH_ROSE, "rose by %s in the last %s", bytes, from);
	else
		show_format(buf, GROWTH_ROSE, "rose by %s, from %s to %s ago", bytes,
			    from, to);
	return buf;
}
