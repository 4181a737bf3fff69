/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir tune`: the options that would have served a recorded program best, as a line for
 * WEIR_OPTIONS, with what to expect of them. Only reads.
 */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "policy/emit.h"
#include "tools/commands/cmd.h"
#include "tools/commands/subject.h"
#include "tools/model/growth_model.h"
#include "tools/model/tune_model.h"
#include "tools/read/look.h"
#include "tools/text/json.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

/* What tune decides; everything else keeps its default. */
static const char *const decided[] = {"threshold", "classes", "decay_ms", "cache_max"};

static void
tune_help(FILE *out)
{
	fputs("  --json              the same for programs\n"
	      "  FILE|PID            a sidecar, or a process under weir; of a whole run, "
	      "the\n"
	      "                      work that is to be tuned for included\n",
	      out);
}

/* "threshold=1M,classes=...": only what differs from the defaults. */
static void
options_line(const struct weir_options *o, char *line, size_t size)
{
	struct emit out = {line, size, 0};

	for (size_t i = 0; i < weir_n_option_rows; i++) {
		const struct weir_option_row *row = &weir_option_rows[i];
		char value[1024];
		bool ours = false;

		for (size_t k = 0; k < sizeof(decided) / sizeof(decided[0]); k++)
			ours = ours || strcmp(row->name, decided[k]) == 0;
		weir_option_value_text(o, i, value, sizeof(value));
		if (!ours || strcmp(value, row->default_text) == 0)
			continue;
		if (out.len > 0)
			emit_char(&out, ',');
		emit_text(&out, row->name);
		emit_char(&out, '=');
		emit_text(&out, value);
	}
	emit_end(&out);
}

static uint64_t
pool_capacity(const struct tune_figures *f)
{
	return f->pool_bytes + f->pool_rounding_bytes;
}

/* What lives and is held, by the lines that growth shows. */
struct held {
	uint64_t bytes, of;
};

static bool
rises(const struct held *h)
{
	return h->bytes > h->of / 2;
}

/* Nothing, where there is no trace to go by. */
static void
find_held(struct held *h, const struct locate_entry *e)
{
	const struct growth_request by_line = {.by = GROWTH_BY_LINE};
	struct growth_model m;
	struct trace_view trace;
	char why[TRACE_VIEW_WHY];

	*h = (struct held){0};
	if (look_trace(&trace, e, why) != 0)
		return;
	struct growth_places *places = growth_places_new(&trace, 0);
	growth_model_make(&m, places, &by_line, NULL);
	h->of = m.live_bytes + m.unattributed_bytes;
	for (size_t i = 0; i < m.n_groups; i++)
		if (m.groups[i].finding.verdict == GROWTH_HELD)
			h->bytes += m.groups[i].live_bytes;
	growth_model_free(&m);
	growth_places_free(places);
	trace_view_free(&trace);
}

static void
put_figures(struct json *j, const char *key, const struct tune_figures *f)
{
	json_open(j, key, '{');
	json_ratio(j, "hit_rate", f->hits, f->requests);
	json_ratio(j, "pool_waste", f->pool_rounding_bytes, pool_capacity(f));
	json_u64(j, "idle_bytes", f->idle_bytes);
	json_close(j, '}');
}

static void
print_json(const struct tune *t, const struct held *h, const char *line)
{
	struct json j;

	json_begin(&j, stdout);
	json_open(&j, NULL, '{');
	json_string(&j, "options", line);
	json_bool(&j, "gains", tune_gains(t));
	json_u64(&j, "requests", t->recorded.requests);
	json_u64(&j, "live_bytes", h->of);
	json_u64(&j, "held_bytes", h->bytes);
	json_u64(&j, "classes", t->n_chosen);
	put_figures(&j, "recorded", &t->recorded);
	put_figures(&j, "expected", &t->expected);
	json_close(&j, '}');
	json_end(&j);
}

/* Whole percents: the forecast is no more exact. */
static void
print_share(const char *what, uint64_t part, uint64_t whole, uint64_t then,
	    uint64_t of_then)
{
	char before[16], after[16];

	show_format(before, sizeof(before), "%.0f %%",
		    whole != 0 ? 100.0 * (double)part / (double)whole : 0);
	show_format(after, sizeof(after), "%.0f %%",
		    of_then != 0 ? 100.0 * (double)then / (double)of_then : 0);
	printf("%-34s%10s%10s\n", what, before, after);
}

static void
print_text(const struct tune *t, const struct held *h, const struct locate_entry *e,
	   const char *line)
{
	char before[SHOW_VALUE], after[SHOW_VALUE], path[4 * PATH_MAX];

	if (rises(h))
		printf("Its memory rises, and no option cures that: of %s that live %s "
		       "are held.\n`weir growth %s` names who holds them. What follows "
		       "is "
		       "tuned for a run that holds as much.\n\n",
		       show_bytes(before, h->of), show_bytes(after, h->bytes),
		       show_clean(path, sizeof(path), e->path));
	if (!tune_gains(t))
		puts("Nothing to change: the options that it ran with are as good.\n");
	else
		printf("WEIR_OPTIONS='%s'\n\n", line);
	printf("%-34s%10s%10s\n", "", "recorded", "expected");
	print_share("blocks that were used before", t->recorded.hits,
		    t->recorded.requests, t->expected.hits, t->expected.requests);
	print_share("memory lost by rounding sizes up", t->recorded.pool_rounding_bytes,
		    pool_capacity(&t->recorded), t->expected.pool_rounding_bytes,
		    pool_capacity(&t->expected));
	printf("%-34s%10s%10s\n", "weir's memory when nothing happens",
	       show_bytes(before, t->recorded.idle_bytes),
	       show_bytes(after, t->expected.idle_bytes));
	printf("\nMeasured over %s large blocks. The sizes that came again and again fit "
	       "%" PRIu32 " size%s;\nfree memory that was used again at all was so "
	       "within %s, nearly always.\nThe figures expected hold if the same work "
	       "comes again.\n",
	       show_count(before, t->recorded.requests), t->n_chosen,
	       t->n_chosen == 1 ? "" : "s",
	       show_duration(after, t->longest_ms * 1000000));
}

static int
tune_run(int argc, char **argv)
{
	static const char *const why[] = {
		[TUNE_NO_PROFILE] = "an older weir wrote it, without what tune goes by: "
				    "record it again",
		[TUNE_TOO_FEW] =
			"it has recorded too few large blocks: record the whole work",
	};
	const char *what = NULL;
	bool json = false;
	struct locate_entry e = {0};
	struct tune t;
	struct held held;
	char line[2048];

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			json = true;
		else if (strcmp(argv[i], "--help") == 0) {
			cmd_print_help(&cmd_tune, stdout);
			return CMD_OK;
		} else if (argv[i][0] == '-' && argv[i][1] != '\0')
			return cmd_unknown_option(&cmd_tune, argv[i]);
		else if (what != NULL)
			return cmd_usage(&cmd_tune, "one FILE or PID, please");
		else
			what = argv[i];
	}
	if (!subject_open("tune", what, &e))
		return CMD_FAILED;
	if (e.sidecar.header.attached_unix_ns != 0) {
		tell_error(
			"%s: weir was attached to the process, and served it nothing: "
			"there are no options to be tuned before it runs under weir run",
			e.path);
		sidecar_free(&e.sidecar);
		return CMD_FAILED;
	}
	enum tune_error error = tune_from(&t, &e.sidecar);
	if (error != TUNE_OK) {
		tell_error("%s: %s", e.path, why[error]);
		sidecar_free(&e.sidecar);
		return CMD_FAILED;
	}
	find_held(&held, &e);
	options_line(&t.options, line, sizeof(line));
	if (json)
		print_json(&t, &held, line);
	else
		print_text(&t, &held, &e, line);
	sidecar_free(&e.sidecar);
	return CMD_OK;
}

const struct cmd cmd_tune = {
	.name = "tune",
	.args = "[--json] [FILE|PID]",
	.summary = "the options that would have served a recorded program best",
	.examples = "  weir tune 4711\n"
		    "  weir tune server.weir\n",
	.run = tune_run,
	.help = tune_help,
};
