/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report's headline. Called by its findings; the verdicts are growth_verdict.c's.
 */
#include "tools/view/report/report.h"

#include "tools/model/growth_headline.h"
#include "tools/text/show.h"
#include "tools/view/report/report_html.h"

char *
report_eta(char buf[SHOW_VALUE], double seconds)
{
	return show_duration(buf, seconds < 1e9 ? (uint64_t)(seconds * 1e9)
						: UINT64_C(1000000000000000000));
}

/* The one sentence that somebody reads who reads no more. */
void
report_print_summary(const struct report *r, FILE *out)
{
	static const char *const moods[] = {"good", "warn", "bad"};
	const struct growth_model *m = &r->growth;
	char text[GROWTH_HEADLINE], eta[SHOW_VALUE], limit[SHOW_VALUE];
	bool runs = r->entry->life == LOCATE_RUNNING;
	enum growth_mood mood = growth_headline(text, m, runs);

	report_html_finding(out, moods[mood]);
	report_html_text(out, text);
	if (mood == GROWTH_BAD && m->limit_bytes != 0 && m->eta_s >= 0)
		report_html_print(out, " At that pace the limit of %s %s reached in %s.",
				  show_bytes(limit, m->limit_bytes),
				  runs ? "is" : "would be", report_eta(eta, m->eta_s));
	report_html_finding_body(out, NULL);
	report_html_finding_end(out);
}
