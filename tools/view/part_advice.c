/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advice by part, as commands to type where there are any.
 */
#include "tools/view/part_advice.h"

#include <inttypes.h>
#include <string.h>

#include "tools/text/show.h"
#include "tools/view/run_again.h"

#define LEAST_BEHIND (UINT64_C(4) << 20)
#define MANY_WORKERS 16 /* more than a pool for the processors of most machines */

static void
put(FILE *out, int indent, const char *line)
{
	fprintf(out, "%*s%s\n", indent, "", line);
}

static uint64_t
bytes_of(const struct growth_view *v, enum weir_memory_part part)
{
	const struct resident *r = &v->model->rss;

	return r->parts_known ? r->part_bytes[part] : r->js_heap_bytes + r->other_bytes;
}

void
part_advice_say(const struct growth_view *v, enum weir_memory_part part, FILE *out)
{
	const struct growth_part *p = &v->model->parts[part];
	char bytes[SHOW_VALUE], slope[SHOW_VALUE], all[SHOW_VALUE], enough[SHOW_VALUE];

	fprintf(out, "%s: %s of %s resident, ",
		v->model->rss.parts_known ? resident_part_meaning(part)
					  : "what weir does not serve",
		show_bytes(bytes, bytes_of(v, part)),
		show_bytes(all, v->model->rss.rss_bytes));
	if (p->slope_bytes_per_s > 0)
		fprintf(out, "grows by %s/s: %s\n",
			show_bytes(slope, (uint64_t)p->slope_bytes_per_s),
			growth_verdict_name(p->verdict));
	else if (p->enough_s > 0)
		fprintf(out,
			"seen too seldom to tell whether it grows: look again in %s\n",
			show_duration(enough, (uint64_t)(p->enough_s + 1) * 1000000000));
	else
		fprintf(out, "%s\n",
			p->verdict == GROWTH_PLATEAU ? "does not grow"
						     : "higher than it was, but not seen "
						       "to rise evenly: more time tells "
						       "whether it grows");
}

static bool
is_node(const struct growth_view *v)
{
	return strcmp(trace_view_string(v->trace, v->trace->head.runtime), "node") == 0;
}

/* The command that decides it comes first. */
static void
print_unseen(const struct growth_view *v, FILE *out, int indent)
{
	char left[SHOW_VALUE];

	bool runs = v->entry != NULL && v->entry->life == LOCATE_RUNNING;
	const char *ask = runs ? ": ask for one, and look again" : "";

	uint64_t used = v->model->rss.js_used_bytes;

	if (!is_node(v) && v->trace->head.gc_known == 0) {
		put(out, indent,
		    "objects and strings; full collections cannot be observed here: two "
		    "heap snapshots, compared, show what grew");
		return;
	}
	show_bytes(left, used);
	if (used >= bytes_of(v, WEIR_PART_OF_SCRIPT) / 4 * 3) {
		fprintf(out,
			"%*sobjects and strings: %s of them were left by the last full "
			"collection, so most is kept; whether that grows, the next one "
			"tells\n",
			indent, "", left);
		growth_advice_collect_twice(v, out, indent);
		return;
	}
	if (used == 0)
		fprintf(out,
			"%*sobjects and strings, of which no full collection has been "
			"seen%s\n",
			indent, "", ask);
	else
		fprintf(out,
			"%*sobjects and strings: %s of them were left by the last full "
			"collection; no collection has looked at the rest%s\n",
			indent, "", left, ask);
	growth_advice_collect_twice(v, out, indent);
}

static void
print_script(const struct growth_view *v, const struct growth_part *p, FILE *out,
	     int indent)
{
	char max[64], again[RUN_AGAIN_BYTES];
	uint32_t workers = trace_view_workers_at_once(v->trace);

	if (p->verdict == GROWTH_GC_LAG) {
		put(out, indent,
		    "what survives its collections does not grow: garbage that was not "
		    "collected yet");
		show_format(max, sizeof(max), "--max-old-space-size=%" PRIu64,
			    v->model->rss.js_used_bytes / 500000 + 64);
		fprintf(out, "%*s$ %s    # in MB: collects sooner\n", indent, "",
			run_again(again, v, "", max));
		return;
	}
	if (p->verdict == GROWTH_HELD)
		put(out, indent,
		    "what survives its full collections grows: something keeps objects "
		    "and strings; see which and who holds them");
	else if (p->verdict == GROWTH_UNDECIDED)
		print_unseen(v, out, indent);
	else
		put(out, indent, "objects and strings; see what they are");
	if (p->verdict != GROWTH_HELD && trace_view_workers_majors(v->trace) != 0)
		put(out, indent,
		    "workers' heaps are part of it; V8 keeps pages of those that have "
		    "ended for the next ones");
	if (workers >= MANY_WORKERS)
		fprintf(out,
			"%*s%" PRIu32
			" workers ran at the same time, each with a heap of its "
			"own: one that is done goes on until it closes its port or "
			"terminate() "
			"is called\n",
			indent, "", workers);
	growth_advice_holders(v, NULL, out, indent);
	if (is_node(v))
		put(out, indent,
		    "and for what grew between two: --output=FILE keeps one; Chrome "
		    "DevTools, Memory, compares them");
}

static void
print_next(const struct growth_view *v, const struct growth_part *p, FILE *out,
	   int indent)
{
	char kept[SHOW_VALUE], floor[SHOW_VALUE], again[RUN_AGAIN_BYTES];
	bool is_running = v->entry != NULL && v->entry->life == LOCATE_RUNNING;
	bool can_hold = is_node(v) && is_running;
	uint64_t bytes;

	if (resident_next_free(&v->model->rss, &bytes) &&
	    bytes >= v->model->rss.part_bytes[WEIR_PART_OF_NEXT] / 3) {
		fprintf(out,
			"%*s%s are free and kept by glibc: in pieces among blocks in "
			"use, which weir's trims cannot give back\n",
			indent, "", show_bytes(kept, bytes));
		run_again(again, v, "", "");
		fprintf(out,
			"%*s$ MALLOC_ARENA_MAX=2 %s    # fewer heaps, fewer pieces\n"
			"%*s$ LD_PRELOAD=libjemalloc.so.2 %s    # small blocks from an "
			"allocator that mixes sizes less\n",
			indent, "", again, indent, "", again);
	}
	if (p->verdict == GROWTH_UNDECIDED && p->slope_bytes_per_s > 0) {
		put(out, indent,
		    "what frees it may wait for a garbage collection, or for the event "
		    "loop");
		growth_advice_collect_twice(v, out, indent);
	} else if (p->verdict == GROWTH_GC_LAG) {
		put(out, indent,
		    "its lines are garbage, which a collection frees: no leak; what is "
		    "free then is kept for the next");
	}
	if (v->trace->head.sample_bytes != 0) {
		put(out, indent,
		    "blocks below the floor; the sampled lines above are theirs");
		return;
	}
	fprintf(out, "%*sblocks below %s, which weir leaves alone; %s:\n", indent, "",
		show_bytes(floor, v->trace->head.exact_bytes),
		can_hold ? "who holds them, and who asks for them" : "who asks for them");
	if (can_hold)
		growth_advice_holders(v, NULL, out, indent);
	fprintf(out, "%*s$ %s    # a sample of them, by line\n", indent, "",
		run_again(again, v, "--trace_sample=64K", ""));
}

/* The lines of code behind it. */
static void
print_maps(const struct growth_view *v, FILE *out, int indent)
{
	const struct growth_model *m = v->model;
	const struct growth_group *most = NULL;
	char bytes[SHOW_VALUE], name[1024];

	for (size_t i = 0; i < m->n_groups; i++)
		if (most == NULL || m->groups[i].mapped_bytes > most->mapped_bytes)
			most = &m->groups[i];
	put(out, indent,
	    "WebAssembly memories, resizable buffers, what libraries map: no block of "
	    "any "
	    "allocator");
	if (m->behind_bytes >= LEAST_BEHIND && m->behind_ns != 0)
		fprintf(out,
			"%*s%s of it came since the process last wrote who maps what, "
			"%s ago\n",
			indent, "", show_bytes(bytes, m->behind_bytes),
			show_duration(name, m->behind_ns));
	if (most != NULL && most->mapped_bytes != 0)
		fprintf(out, "%*smost of it, %s, by %s, in the table as any line\n",
			indent, "", show_bytes(bytes, most->mapped_bytes),
			show_clean(name, sizeof(name), most->name));
}

void
part_advice_print(const struct growth_view *v, enum weir_memory_part part, FILE *out,
		  int indent)
{
	static const char *const said[WEIR_N_MEMORY_PARTS] = {
		[WEIR_PART_OF_TABLES] = "weir's own records; --trace=off keeps none",
		[WEIR_PART_OF_CODE] = "scripts or modules that are compiled again and "
				      "again: eval, new Function, vm, "
				      "WebAssembly; regular expressions",
		[WEIR_PART_OF_MAPS] = "WebAssembly memories, resizable buffers, what "
				      "libraries map: the lines of kind mmap say who",
		[WEIR_PART_OF_STACKS] = "threads that do not end, or deep recursion: ls "
					"/proc/PID/task | wc -l",
		[WEIR_PART_OF_FILES] =
			"files that the program maps, whose pages the kernel drops when "
			"memory is short; what the process has written to, static data "
			"and private copies, it does not: Anonymous in /proc/PID/smaps",
		[WEIR_PART_OF_SHARED] = "shared memory, memfd, /dev/shm: ls -l "
					"/proc/PID/map_files",
		[WEIR_PART_OF_REST] =
			"anonymous memory whose maker weir did not see: "
			"mapped before weir looked, in small pieces, or past the "
			"C library",
	};
	const struct growth_model *m = v->model;

	if (!m->rss.parts_known)
		put(out, indent,
		    "which part of it is not known here: look while it runs, as its "
		    "user: weir growth PID");
	else if (part == WEIR_PART_OF_SCRIPT)
		print_script(v, &m->parts[part], out, indent);
	else if (part == WEIR_PART_OF_NEXT)
		print_next(v, &m->parts[part], out, indent);
	else if (part == WEIR_PART_OF_MAPS)
		print_maps(v, out, indent);
	else if (said[part] != NULL)
		put(out, indent, said[part]);
}
