/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to do next, for each verdict, as a command to type. weir says who allocated; who holds is a
 * heap snapshot's to say, so that is where it hands over. Called by growth_text.c.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/read/proc.h"
#include "tools/text/show.h"
#include "tools/view/growth_view.h"

#define SNAPSHOT_OPTION "--heapsnapshot-signal="

static bool
is_running(const struct growth_view *v)
{
	return v->entry != NULL && v->entry->life == LOCATE_RUNNING;
}

/* The signal that makes this Node write a heap snapshot, or NULL. */
static char *
snapshot_signal(const struct growth_view *v)
{
	char *text, *found = NULL;
	size_t len;

	if (!is_running(v) || proc_text(v->trace->file.pid, "cmdline", &text, &len) != 0)
		return NULL;
	for (size_t at = 0; at < len && found == NULL; at += strlen(text + at) + 1)
		if (strncmp(text + at, SNAPSHOT_OPTION, strlen(SNAPSHOT_OPTION)) == 0)
			found = strdup(text + at + strlen(SNAPSHOT_OPTION));
	free(text);
	return found;
}

void
growth_advice_snapshot(const struct growth_view *v, FILE *out, int indent)
{
	char *signal = snapshot_signal(v), clean[64];

	if (signal != NULL)
		fprintf(out, "%*s$ kill -%s %d    # writes Heap.*.heapsnapshot\n", indent,
			"", show_clean(clean, sizeof(clean), signal), v->trace->file.pid);
	else
		fprintf(out,
			"%*s$ weir run node " SNAPSHOT_OPTION
			"SIGUSR2 ...    # then, once it has grown:\n"
			"%*s$ kill -USR2 PID    # writes Heap.*.heapsnapshot\n",
			indent, "", indent, "");
	free(signal);
}

static void
print_snapshot(const struct growth_view *v, const struct growth_group *g, FILE *out,
	       int indent)
{
	uint64_t block = g->live_count > 0 ? g->live_bytes / g->live_count : 0;
	char size[SHOW_VALUE];

	growth_advice_snapshot(v, out, indent);
	fprintf(out,
		"%*sand in Chrome DevTools, Memory, the retainers of an ArrayBuffer of "
		"about %s (%" PRIu64
		" bytes)\n%*smay be held through a slice of it: a subarray keeps its "
		"whole parent\n",
		indent, "", show_bytes(size, block), block, indent, "");
}

/* Two instants, and what came between them. */
static void
print_marks(const struct growth_view *v, FILE *out, int indent)
{
	int32_t pid = v->trace->file.pid;

	if (is_running(v))
		fprintf(out,
			"$ weir snap %d before; sleep 60; weir snap %d after\n"
			"%*s$ weir growth %d --diff before after\n",
			pid, pid, indent, "", pid);
	else
		fprintf(out, "$ weir growth FILE --diff before after\n");
}

static void
print_held(const struct growth_view *v, const struct growth_group *g, FILE *out,
	   int indent)
{
	const char *runtime = trace_view_string(v->trace, v->trace->head.runtime);

	if (g->finding.early) {
		fprintf(out,
			"%*searly: seen for less than a minute; a cache that is still "
			"filling looks the same.\n%*swhat settles it is time: ",
			indent, "", indent, "");
		print_marks(v, out, indent);
	}
	fprintf(out, "%*snext: something keeps a reference; see who\n", indent, "");
	if (strcmp(runtime, "node") == 0 && g->blame.rank <= GROWTH_BLAME_RUNTIME)
		print_snapshot(v, g, out, indent);
	else if (strcmp(runtime, "python") == 0 && g->blame.rank <= GROWTH_BLAME_RUNTIME)
		fprintf(out,
			"%*sin the process: gc.get_referrers(object), or objgraph's "
			"show_backrefs\n",
			indent, "");
	else if (strcmp(runtime, "deno") == 0 || strcmp(runtime, "bun") == 0)
		fprintf(out,
			"%*s$ %s --inspect ...    # then Memory, Heap snapshot, in "
			"Chrome DevTools\n",
			indent, "", strcmp(runtime, "bun") == 0 ? "bun" : "deno run");
	else
		fprintf(out,
			"%*sthe frames above are who must free it: $ heaptrack PROGRAM "
			"also sees its small blocks\n",
			indent, "");
}

void
growth_advice_print(const struct growth_view *v, const struct growth_group *g, FILE *out,
		    int indent)
{
	switch (g->finding.verdict) {
	case GROWTH_HELD:
		print_held(v, g, out, indent);
		return;
	case GROWTH_GC_LAG:
		fprintf(out,
			"%*snext: no leak; reuse buffers or transfer them (postMessage "
			"with a transfer list)\n%*sto see the floor: ",
			indent, "", indent, "");
		break;
	case GROWTH_UNDECIDED:
		if (g->finding.gc_known && v->trace->head.major_gcs == 0)
			fprintf(out,
				"%*sno garbage collection has been seen in this process: "
				"the next one tells\n",
				indent, "");
		fprintf(out, "%*snext: let it run on, and mark two instants: ", indent,
			"");
		break;
	case GROWTH_PLATEAU:
		fprintf(out,
			"%*snext: nothing, if that size is meant; to be sure, later: ",
			indent, "");
		break;
	default:
		fprintf(out, "%*snext: %s\n", indent, "",
			growth_verdict_next(g->finding.verdict));
		return;
	}
	print_marks(v, out, indent);
}

void
growth_advice_rss_print(const struct growth_view *v, FILE *out, int indent)
{
	int32_t pid = v->trace->file.pid;

	if (v->model->rss_verdict == GROWTH_RETAINED)
		fprintf(out,
			"%*s$ weir purge %d    # gives it back now\n"
			"%*s$ weir run --cache_max=64M --decay_ms=200 ...    # keeps "
			"less "
			"from the start\n",
			indent, "", pid, indent, "");
}
