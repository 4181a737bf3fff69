/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the process was run and what could not be recorded of it: the report's head, last section
 * and foot. Leaves out what may hold secrets: arguments and environment.
 */
#include "tools/view/attached.h"
#include "tools/view/report/report.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "config.h"
#include "tools/text/show.h"
#include "tools/view/report/report_html.h"

static void
print_time(uint64_t unix_ns, FILE *out)
{
	time_t t = (time_t)(unix_ns / 1000000000);
	char text[64];
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
		snprintf(text, sizeof(text), "an unknown time");
	fputs(text, out);
}

void
report_print_subtitle(const struct report *r, FILE *out)
{
	const struct sidecar *s = &r->entry->sidecar;
	uint64_t peak = sidecar_counter(s, WEIR_C_rss_peak_bytes);
	char rss[SHOW_VALUE], most[SHOW_VALUE], age[SHOW_VALUE];

	if (peak < r->rss.rss_bytes)
		peak = r->rss.rss_bytes;
	report_html_print(out, "%s; RSS %s, at most %s; ",
			  locate_life_text(r->entry->life),
			  show_bytes(rss, r->rss.rss_bytes), show_bytes(most, peak));
	fputs("as of ", out);
	print_time(s->slot.unix_ns, out);
	report_html_print(out, " (%s before this page)", show_duration(age, r->age_ns));
	if (r->root[0] != '\0') {
		fputs("; paths are below <span class=\"code\">", out);
		report_html_text(out, r->root);
		fputs("</span>", out);
	}
}

static void
term(FILE *out, const char *name)
{
	fprintf(out, "<dt>%s</dt><dd>", name);
}

static void
print_trace_facts(const struct report *r, FILE *out)
{
	const struct trace_view *v = r->trace;
	const struct weir_trace_head *h = &v->head;
	const char *reason = trace_view_string(v, h->tier_reason);
	char a[SHOW_VALUE], b[SHOW_VALUE], c[SHOW_VALUE];

	term(out, "Runtime");
	report_html_print(out, "%s %s", trace_view_string(v, h->runtime),
			  trace_view_string(v, h->runtime_version));
	term(out, "Frames are read");
	report_html_print(out, "by tier \"%s\"%s%s", trace_view_tier(v),
			  *reason != '\0' ? "; not better because " : "", reason);
	term(out, "Recorded");
	if (h->sample_bytes != 0)
		report_html_print(out,
				  "each block from %s on; of smaller ones a sample, on "
				  "average one in every %s",
				  show_bytes(a, h->exact_bytes),
				  show_bytes(b, h->sample_bytes));
	else
		report_html_print(out, "each block from %s on",
				  show_bytes(a, h->exact_bytes));
	term(out, "Its cost");
	report_html_print(out, "%s stacks taken, %s known already, %s in all; tables %s",
			  show_count(a, h->captures),
			  show_percent(b, h->capture_hits, h->captures),
			  show_duration(c, h->capture_ns),
			  show_bytes((char[SHOW_VALUE]){0}, h->memory_bytes));
	term(out, "Collections seen");
	if (h->gc_known != 0)
		report_html_print(out, "%s major, %s of %s, %s minor",
				  show_count(a, h->main_major_gcs),
				  show_count(c, trace_view_workers_majors(v)),
				  trace_view_workers_majors(v) == 1 ? "a worker"
								    : "workers",
				  show_count(b, h->minor_gcs));
	else
		fputs("none can be observed in this runtime", out);
}

void
report_print_run(const struct report *r, FILE *out)
{
	const struct sidecar *s = &r->entry->sidecar;
	const struct weir_stats_header *h = &s->header;
	uint64_t limit = sidecar_counter(s, WEIR_C_cgroup_limit_bytes);
	char attached[ATTACHED_TEXT], a[SHOW_VALUE], b[SHOW_VALUE], c[SHOW_VALUE];

	fputs("<dl>", out);
	term(out, "Program");
	report_html_text(out, h->exe);
	term(out, "Process");
	report_html_print(out, "%d, %s%s", (int)h->pid, locate_life_text(r->entry->life),
			  r->entry->life == LOCATE_GONE && h->detached_unix_ns == 0
				  ? ": killed, or left by _exit; this is at most one "
				    "period old"
				  : "");
	if (h->forked_from != 0) {
		term(out, "Forked from");
		fprintf(out, "%d, without an exec since", (int)h->forked_from);
	}
	if (attached_text(attached, h, s->slot.unix_ns + r->age_ns)) {
		term(out, "Attached");
		fputs(attached, out);
	}
	term(out, "First record");
	print_time(h->created_unix_ns, out);
	term(out, "Memory limit");
	fputs(limit != 0 ? show_bytes(a, limit) : "none seen", out);
	term(out, "Options");
	report_html_print(out,
			  "floor %s, threshold %s, cache_max %s, decay_ms %" PRIu64
			  ", stats_ms %" PRIu32,
			  show_bytes(a, h->options_bytes[0]),
			  show_bytes(b, h->options_bytes[1]),
			  h->options_bytes[2] != 0 ? show_bytes(c, h->options_bytes[2])
						   : "automatic",
			  h->options_bytes[3], h->stats_ms);
	if (r->trace != NULL)
		print_trace_facts(r, out);
	fputs("</dl>\n", out);
}

static void
count_line(uint64_t count, const char *what, FILE *out)
{
	char v[SHOW_VALUE];

	fprintf(out, "<li>%s %s</li>", show_count(v, count), what);
}

static unsigned
print_drops(const struct trace_view *v, FILE *out)
{
	char count[SHOW_VALUE];
	unsigned n = 0;

	for (unsigned i = 0; i < WEIR_N_TRACE_DROPS; i++) {
		if (v->head.drops[i] == 0)
			continue;
		fprintf(out, "<li>%s (%s)</li>",
			trace_view_drop_meaning((enum weir_trace_drop)i),
			show_count(count, v->head.drops[i]));
		n++;
	}
	return n;
}

void
report_print_missing(const struct report *r, FILE *out)
{
	const struct sidecar *s = &r->entry->sidecar;
	uint64_t failed = sidecar_counter(s, WEIR_C_sidecar_failed);
	unsigned n = 0;

	fputs("<ul>", out);
	if (r->trace == NULL) {
		fputs("<li>Who allocated: ", out);
		report_html_text(out, r->why_no_trace);
		fputs("</li>", out);
		n++;
	} else {
		n += print_drops(r->trace, out);
		if (r->trace->cut) {
			fputs("<li>The end of the trace: the file was cut short.</li>",
			      out);
			n++;
		}
	}
	if (s->torn_slots != 0) {
		fputs("<li>The last write, which was cut short: these are the figures "
		      "before it.</li>",
		      out);
		n++;
	}
	if (failed != 0) {
		count_line(failed, "writes of the sidecar that failed", out);
		n++;
	}
	fputs("</ul>\n", out);
	fputs(n == 0 ? "<p>Nothing: every table had room.</p>\n"
		     : "<p>Who still holds a block in the JavaScript heap is not known "
		       "from here: weir holders PID tells that, of a Node.</p>\n",
	      out);
}

void
report_print_footer(const struct report *r, FILE *out)
{
	const struct weir_stats_header *h = &r->entry->sidecar.header;

	report_html_print(out,
			  "Written by weir %s; recorded by weir %s. No part of this "
			  "page is loaded from elsewhere.",
			  VERSION, h->weir_version);
}
