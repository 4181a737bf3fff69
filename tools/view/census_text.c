/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sentences of census_view.h. A share of less than a tenth is no answer, and a handful of samples is no
 * share.
 */
#include <inttypes.h>

#include "tools/text/json.h"
#include "tools/text/show.h"
#include "tools/view/census_view.h"

#define WORTH_SHARE 10 /* percent */
#define SURE_ERROR  0.5

const char *
census_margin(char buf[CENSUS_MARGIN], double error)
{
	buf[0] = '\0';
	if (error > 0)
		show_format(buf, CENSUS_MARGIN, " +-%.0f %%",
			    error > 9.99   ? 999
			    : error < 0.01 ? 1
					   : 100 * error);
	return buf;
}

/* Two digits are as many as an estimate has. */
static char *
about(char buf[SHOW_VALUE], uint64_t n)
{
	static const struct {
		double unit;
		const char *name;
	} units[] = {{1e9, " billion"}, {1e6, " million"}, {1e3, ",000"}};
	double x = (double)n;

	for (int i = 0; i < 3; i++) {
		if (x < 0.95 * units[i].unit)
			continue;
		show_format(buf, SHOW_VALUE,
			    i < 2 && x < 9.95 * units[i].unit ? "%.1f%s" : "%.0f%s",
			    x / units[i].unit, units[i].name);
		return buf;
	}
	show_format(buf, SHOW_VALUE, "%" PRIu64, n);
	return buf;
}

static void
print_since(const struct census *c, bool gone, uint64_t age_ns, const char *head,
	    FILE *out)
{
	const char *before = gone ? "before its end" : "ago";
	char grown[SHOW_VALUE], on[SHOW_VALUE], off[SHOW_VALUE], mean[SHOW_VALUE];

	show_bytes(grown, c->grown_bytes);
	show_duration(on, c->on_ago_ns + age_ns);
	show_duration(off, c->off_ago_ns + age_ns);
	if (c->mode == CENSUS_OFF)
		fprintf(out,
			"%ssmall blocks are not sampled: trace_sample=off, no trace, or "
			"weir is attached\n",
			head);
	else if (c->mode == CENSUS_ALWAYS)
		fprintf(out, "%ssmall blocks are sampled, one for each %s asked for\n",
			head, show_bytes(mean, c->mean_bytes));
	else if (c->starts == 0)
		fprintf(out,
			"%ssmall blocks are not sampled: since its fourth second what "
			"weir does not serve has not grown by 32 MB and a tenth\n",
			head);
	else if (c->on)
		fprintf(out,
			"%ssmall blocks are sampled since %s %s, when what weir does not "
			"serve "
			"had grown by %s; older ones are not seen\n",
			head, on, before, grown);
	else
		fprintf(out,
			"%ssmall blocks were sampled from %s to %s %s, when what weir "
			"does not "
			"serve had grown by %s and until it was flat; others are not "
			"seen, and what was freed since is not told\n",
			head, on, off, before, grown);
}

static void
print_size(const struct census *c, FILE *out)
{
	char count[SHOW_VALUE];

	about(count, c->row_live);
	if (c->most == UINT64_MAX)
		fprintf(out, "%s blocks of more than %" PRIu64 " bytes", count,
			c->least - 1);
	else
		fprintf(out, "%s blocks of %" PRIu64 " to %" PRIu64 " bytes", count,
			c->least, c->most);
}

static void
print_sizes(const struct census *c, const char *head, FILE *out)
{
	double share = c->live_bytes != 0
			       ? 100.0 * (double)c->row_bytes / (double)c->live_bytes
			       : 0;
	char live[SHOW_VALUE], count[SHOW_VALUE], margin[CENSUS_MARGIN];

	if (c->live_bytes == 0 || c->starts == 0)
		return;
	fprintf(out, "%s%s%s of these are live, about %s blocks", head,
		show_bytes(live, c->live_bytes), census_margin(margin, c->error),
		about(count, c->live));
	if (share >= WORTH_SHARE && c->row_error < SURE_ERROR) {
		fprintf(out, "; %.0f %% of it: ", share);
		print_size(c, out);
	}
	fputc('\n', out);
}

void
census_text_print(const struct census *c, bool gone, uint64_t age_ns, const char *head,
		  FILE *out)
{
	if (c->mode == CENSUS_UNKNOWN)
		return;
	print_since(c, gone, age_ns, head, out);
	print_sizes(c, head, out);
}

void
census_json_put(struct json *j, const char *key, const struct census *c)
{
	static const char *const modes[] = {NULL, "off", "auto", "always"};

	json_open(j, key, '{');
	json_string(j, "mode", modes[c->mode]);
	json_bool(j, "sampled_now", c->on);
	json_u64(j, "starts", c->starts);
	if (c->starts != 0)
		json_seconds(j, "began_seconds_ago", c->on_ago_ns);
	else
		json_null(j, "began_seconds_ago");
	if (c->starts != 0 && !c->on)
		json_seconds(j, "ended_seconds_ago", c->off_ago_ns);
	else
		json_null(j, "ended_seconds_ago");
	json_u64(j, "grown_bytes", c->grown_bytes);
	json_u64(j, "mean_bytes", c->mean_bytes);
	json_u64(j, "live_bytes", c->live_bytes);
	json_u64(j, "live_count", c->live);
	json_number(j, "error_share", c->error);
	json_open(j, "largest_row", '{');
	json_u64(j, "from_bytes", c->least);
	json_u64(j, "to_bytes", c->most);
	json_u64(j, "live_bytes", c->row_bytes);
	json_u64(j, "live_count", c->row_live);
	json_number(j, "error_share", c->row_error);
	json_close(j, '}');
	json_close(j, '}');
}
