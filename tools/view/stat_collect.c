/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What weir's hook in a runtime has collected. Called by stat_text.c and stat_json.c.
 */
#include <inttypes.h>

#include "tools/text/json.h"
#include "tools/text/show.h"
#include "tools/view/stat_view.h"

static const char *const names[] = {
#define X(name, meaning) #name,
	WEIR_COLLECT_FIELDS(X)
#undef X
};

static const char *
show_us(char buf[SHOW_VALUE], uint64_t us)
{
	return show_duration(buf, us < UINT64_MAX / 1000 ? us * 1000 : UINT64_MAX);
}

static void
print_trouble(const uint64_t *w, FILE *out)
{
	char bound[SHOW_VALUE];

	if ((w[WEIR_COLLECT_state] & WEIR_COLLECT_PUT_OFF) != 0)
		fprintf(out,
			"          put off: it takes longer than %s; --collect_pause=MS "
			"allows more\n",
			show_us(bound, w[WEIR_COLLECT_pause_bound_us]));
	if (w[WEIR_COLLECT_failures] != 0)
		fprintf(out, "          %" PRIu64 " failures within the hook\n",
			w[WEIR_COLLECT_failures]);
}

void
stat_collect_print(const struct collections *c, FILE *out)
{
	const uint64_t *w = c->words;
	char v[SHOW_VALUE], longest[SHOW_VALUE], freed[SHOW_VALUE];

	if (!c->asked_for)
		return;
	if (!c->hooked) {
		fputs("collect   the hook has not come up yet\n", out);
		return;
	}
	fprintf(out,
		"collect   %s collection%s: %" PRIu64 " idle, %" PRIu64
		" near the limit, %" PRIu64 " asked for",
		show_count(v, w[WEIR_COLLECT_collections]),
		show_plural(w[WEIR_COLLECT_collections]), w[WEIR_COLLECT_by_idle],
		w[WEIR_COLLECT_by_limit], w[WEIR_COLLECT_by_asked]);
	if (w[WEIR_COLLECT_in_vain] != 0)
		fprintf(out, "; %" PRIu64 " freed little", w[WEIR_COLLECT_in_vain]);
	fputc('\n', out);
	if (w[WEIR_COLLECT_collections] != 0)
		fprintf(out, "          freed %s; pauses: longest %s, last %s\n",
			show_bytes(freed, w[WEIR_COLLECT_freed_bytes]),
			show_us(longest, w[WEIR_COLLECT_longest_pause_us]),
			show_us(v, w[WEIR_COLLECT_last_pause_us]));
	print_trouble(w, out);
}

void
stat_collect_put(struct json *j, const struct collections *c)
{
	if (!c->hooked) {
		json_null(j, "collect");
		return;
	}
	json_open(j, "collect", '{');
	/* The first says only whose record it is. */
	for (size_t i = 1; i < WEIR_N_COLLECT_FIELDS; i++)
		json_u64(j, names[i], c->words[i]);
	json_close(j, '}');
}
