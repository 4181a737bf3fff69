/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to do next, for each verdict, as a command to type. weir growth says who allocated; who holds
 * is for weir holders to say. Called by growth_text.c.
 */
#include <string.h>

#include "tools/read/collections.h"
#include "tools/text/show.h"
#include "tools/view/growth_view.h"
#include "tools/view/run_again.h"

/* A plateau that somebody may ask about. */
#define LARGE_BYTES (UINT64_C(64) << 20)

static bool
is_running(const struct growth_view *v)
{
	return v->entry != NULL && v->entry->life == LOCATE_RUNNING;
}

/* " app.js:12" for the group's line, if it has one. */
static void
line_argument(char *buf, size_t size, const struct growth_view *v,
	      const struct growth_group *g)
{
	const struct growth_place *p;
	const char *name;
	char clean[256];

	buf[0] = '\0';
	if (g == NULL || g->blame.rank == GROWTH_BLAME_NONE)
		return;
	p = growth_place(v->places, g->blame.frame);
	if (!p->script || p->line == 0)
		return;
	name = strrchr(p->file, '/');
	name = show_clean(clean, sizeof(clean), name != NULL ? name + 1 : p->file);
	/* For a shell, as it is. */
	if (name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789._-")] == '\0' &&
	    name[0] != '-')
		show_format(buf, size, " %s:%u", name, p->line);
}

void
growth_advice_holders(const struct growth_view *v, const struct growth_group *g,
		      FILE *out, int indent)
{
	const char *runtime = trace_view_string(v->trace, v->trace->head.runtime);
	bool is_bun = strcmp(runtime, "bun") == 0;
	char line[300], again[RUN_AGAIN_BYTES];

	line_argument(line, sizeof(line), v, g);
	/* Nothing else has them write one. */
	if (is_bun || strcmp(runtime, "deno") == 0)
		fprintf(out,
			"%*s$ %s --inspect ...    # then Memory, Heap snapshot, in "
			"Chrome DevTools\n",
			indent, "", is_bun ? "bun" : "deno run");
	else if (is_running(v))
		fprintf(out,
			"%*s$ weir holders %d%s    # by a heap snapshot; says first what "
			"that costs\n",
			indent, "", v->trace->file.pid, line);
	else
		fprintf(out,
			"%*s$ %s    # then, once it has grown:\n"
			"%*s$ weir holders PID%s    # by a heap snapshot; says first "
			"what "
			"that costs\n",
			indent, "", run_again(again, v, "", ""), indent, "", line);
}

/* Two instants, and what came between them. `what` they are for ends the line before. */
static void
print_marks(const struct growth_view *v, const char *what, FILE *out, int indent)
{
	int32_t pid = v->trace->file.pid;

	if (is_running(v))
		fprintf(out,
			"%s: $ weir snap %d before; sleep 60; weir snap %d after\n"
			"%*s$ weir growth %d --diff before after\n",
			what, pid, pid, indent, "", pid);
	else
		fprintf(out,
			"%s, in the next run:\n"
			"%*s$ weir snap PID before; sleep 60; weir snap PID after\n"
			"%*s$ weir growth PID --diff before after\n",
			what, indent, "", indent, "");
}

static void
print_held(const struct growth_view *v, const struct growth_group *g, FILE *out,
	   int indent)
{
	const char *runtime = trace_view_string(v->trace, v->trace->head.runtime);

	if (g->finding.early) {
		fprintf(out,
			"%*searly: seen for less than a minute; a cache that is still "
			"filling looks the same.\n%*s",
			indent, "", indent, "");
		print_marks(v, "what settles it is time", out, indent);
	}
	if (g->finding.queued) {
		fprintf(out,
			"%*snext: nobody reads them, or slower than they are sent: "
			"listen at "
			"the other end, or wait for an answer\n",
			indent, "");
		return;
	}
	/* A library's memory may be behind a Buffer that it made of it, which JavaScript keeps: a snapshot shows that. */
	if (strcmp(runtime, "node") == 0 && g->blame.rank == GROWTH_BLAME_NATIVE) {
		fprintf(out,
			"%*snext: JavaScript keeps what it was given of this (a "
			"Buffer), or the machine code above has to free it; see "
			"which\n",
			indent, "");
		growth_advice_holders(v, g, out, indent);
		fprintf(out,
			"%*sif that shows none of it: $ heaptrack PROGRAM also sees its "
			"small blocks\n",
			indent, "");
		return;
	}
	fprintf(out, "%*snext: something keeps a reference; see who\n", indent, "");
	/* What the runtime's own machine code asks for, an object of a script's stands for. */
	if (strcmp(runtime, "node") == 0 || strcmp(runtime, "deno") == 0 ||
	    strcmp(runtime, "bun") == 0)
		growth_advice_holders(v, g, out, indent);
	else if (strcmp(runtime, "python") == 0 && g->blame.rank <= GROWTH_BLAME_RUNTIME)
		fprintf(out,
			"%*sin the process: gc.collect() first, which what only "
			"refers to itself waits for; if it stays, "
			"gc.get_referrers(object), or objgraph's show_backrefs\n",
			indent, "");
	else
		fprintf(out,
			"%*sthe frames above are who must free it: $ heaptrack PROGRAM "
			"also sees its small blocks\n",
			indent, "");
}

/* `again`: after so many seconds once more, for what grows slowly beside garbage. */
static void
print_collect(const struct growth_view *v, int again, FILE *out, int indent)
{
	const char *runtime = trace_view_string(v->trace, v->trace->head.runtime);
	bool cycles = v->trace->head.cycles_known != 0;
	char ask[64], more[96] = "", line[RUN_AGAIN_BYTES];
	int pid = v->trace->file.pid;

	/* In a process that weir looks into only, CPython is asked nothing. */
	if (cycles && v->entry != NULL && v->entry->sidecar.header.attached_unix_ns != 0)
		return;
	if (!is_running(v) || (strcmp(runtime, "node") != 0 && !cycles))
		return;
	bool hooked = cycles ||
		      collections_read(v->entry->path, &v->entry->sidecar.header).hooked;

	show_format(ask, sizeof(ask), "weir collect %s%d",
		    hooked ? "" : "--through=inspector ", pid);
	if (again > 0)
		show_format(more, sizeof(more), "sleep %d; %s; ", again, ask);
	fprintf(out,
		"%*s$ %s; %ssleep 1; weir growth %d    # what stays then is no "
		"garbage%s\n",
		indent, "", ask, more, pid,
		hooked ? "" : "; opens its inspector for a moment");
	if (!hooked)
		fprintf(out,
			"%*s$ %s    # the next time: `weir collect PID` needs no "
			"inspector\n",
			indent, "", run_again(line, v, "--collect=asked", ""));
}

void
growth_advice_collect(const struct growth_view *v, FILE *out, int indent)
{
	print_collect(v, 0, out, indent);
}

void
growth_advice_collect_twice(const struct growth_view *v, FILE *out, int indent)
{
	print_collect(v, 10, out, indent);
}

/* Of what is large, who holds it is the next question all the same. */
static void
print_plateau(const struct growth_view *v, const struct growth_group *g, FILE *out,
	      int indent)
{
	const char *runtime = trace_view_string(v->trace, v->trace->head.runtime);

	fprintf(out, "%*snext: nothing, if that size is meant", indent, "");
	if (g->live_bytes >= LARGE_BYTES && is_running(v) &&
	    strcmp(runtime, "node") == 0 && g->blame.rank <= GROWTH_BLAME_RUNTIME) {
		fprintf(out, "; if not, see who holds it\n");
		growth_advice_holders(v, g, out, indent);
		fprintf(out, "%*s", indent, "");
	} else {
		fputs("; ", out);
	}
	print_marks(v, "to be sure, later", out, indent);
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
		fprintf(out, "%*snext: no leak; %s\n%*s", indent, "",
			g->blame.rank < GROWTH_BLAME_NATIVE
				? "reuse buffers or transfer them (postMessage with a "
				  "transfer list)"
				: "this machine code frees what it asks for, or a "
				  "collection does",
			indent, "");
		print_marks(v, "to see what stays", out, indent);
		return;
	case GROWTH_UNDECIDED:
		if ((g->finding.gc_known || g->finding.unseen) &&
		    v->trace->head.major_gcs == 0)
			fprintf(out,
				"%*sno garbage collection has been seen in this process: "
				"the next one tells, and frees may wait for it\n",
				indent, "");
		/* Of what mostly comes and goes one collection tells how much stays, two whether that grows. */
		if (g->finding.unseen && g->finding.stays < 0.5)
			growth_advice_collect_twice(v, out, indent);
		else if (g->finding.unseen)
			growth_advice_collect(v, out, indent);
		fprintf(out, "%*s", indent, "");
		print_marks(v,
			    is_running(v) ? "next: let it run on, and mark two instants"
					  : "next: mark two instants",
			    out, indent);
		return;
	case GROWTH_PLATEAU:
		print_plateau(v, g, out, indent);
		return;
	default:
		fprintf(out, "%*snext: %s\n", indent, "",
			growth_verdict_next(g->finding.verdict));
		return;
	}
}

void
growth_advice_rss_print(const struct growth_view *v, FILE *out, int indent)
{
	int32_t pid = v->trace->file.pid;
	char again[RUN_AGAIN_BYTES];

	if (v->model->rss_verdict == GROWTH_RETAINED)
		fprintf(out,
			"%*s$ weir purge %d    # gives it back now\n"
			"%*s$ %s    # keeps less from the start\n",
			indent, "", pid, indent, "",
			run_again(again, v, "--cache_max=64M --decay_ms=200", ""));
}
