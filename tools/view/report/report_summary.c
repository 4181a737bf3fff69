/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report's headline. Called by its findings; the verdicts are growth_verdict.c's.
 */
#include "tools/view/report/report.h"

#include "tools/text/show.h"
#include "tools/view/report/report_html.h"

char *
report_eta(char buf[SHOW_VALUE], double seconds)
{
	return show_duration(buf, seconds < 1e9 ? (uint64_t)(seconds * 1e9)
						: UINT64_C(1000000000000000000));
}

static unsigned
count_verdict(const struct growth_model *m, enum growth_verdict v)
{
	unsigned n = 0;

	for (size_t i = 0; i < m->n_groups; i++)
		n += m->groups[i].finding.verdict == v;
	return n;
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

static bool
part_grows(const struct growth_model *m)
{
	bool any = false;

	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		any |= m->parts[i].slope_bytes_per_s > 0;
	return any;
}

/* One that is higher than it was may grow: that is no good news. */
static bool
part_may_grow(const struct growth_model *m)
{
	bool any = false;

	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		any |= m->parts[i].worth && m->parts[i].verdict == GROWTH_UNDECIDED;
	return any;
}

/* The one sentence that somebody reads who reads no more. */
void
report_print_summary(const struct report *r, FILE *out)
{
	const struct growth_model *m = &r->growth;
	unsigned held = count_verdict(m, GROWTH_HELD);
	char slope[SHOW_VALUE], eta[SHOW_VALUE], limit[SHOW_VALUE];

	if (held == 0) {
		bool decided = count_verdict(m, GROWTH_UNDECIDED) < m->n_groups;
		bool elsewhere = part_grows(m), unsure = part_may_grow(m);

		report_html_finding(out,
				    decided && !elsewhere && !unsure ? "good" : "warn");
		fputs(elsewhere ? "Memory grows, but not in blocks that weir serves."
		      : decided && unsure
			      ? "No line of code was found that keeps growing; whether "
				"memory that has no line does is not known yet."
		      : decided ? "No line of code was found that keeps growing."
				: "Too early to tell what grows.",
		      out);
		report_html_finding_body(
			out, decided ? NULL : growth_verdict_next(GROWTH_UNDECIDED));
		report_html_finding_end(out);
		return;
	}
	report_html_finding(out, "bad");
	report_html_print(out, "Memory grows: %s, by %s a second.",
			  held == 1 ? "one line holds more and more"
				    : "some lines hold more and more",
			  show_bytes(slope, (uint64_t)held_slope(m)));
	if (m->limit_bytes != 0 && m->eta_s >= 0)
		report_html_print(out, " At that pace the limit of %s %s reached in %s.",
				  show_bytes(limit, m->limit_bytes),
				  r->entry->life == LOCATE_RUNNING ? "is" : "would be",
				  report_eta(eta, m->eta_s));
	report_html_finding_body(out, NULL);
	report_html_finding_end(out);
}
