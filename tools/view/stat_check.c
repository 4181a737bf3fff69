/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir stat --check`: the identities of check.c, and for a process that runs the kernel's own
 * figures, printed. Called by cmd_stat.c.
 */
#include "tools/view/stat_check.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "tools/model/check.h"
#include "tools/read/measure.h"
#include "tools/read/proc.h"
#include "tools/read/trace_view.h"
#include "tools/text/show.h"

/* What the kernel may add to a mapping on its own: one huge page of x86. */
#define SMAPS_SLACK    (2u << 20)
#define SHOWN_FAILURES 64
#define TRACE_READS    20

/* On a busy machine the sidecar may lag behind: only what fails so many times in a row is wrong. */
#define CONFIRMATIONS 3

static enum measure_result
measure_confirmed(const struct locate_entry *e, uint64_t *resident, uint64_t *accounted)
{
	enum measure_result result;

	for (int i = 0; i < CONFIRMATIONS; i++) {
		result = measure_settled(e, resident, accounted);
		if (result != MEASURE_SETTLED || *resident <= *accounted + SMAPS_SLACK)
			break;
	}
	return result;
}

/*
 * A process of one thread has no clock: nobody writes while it asks for nothing, and its last request may
 * be younger than the file.
 */
static bool
has_no_clock(const struct locate_entry *e)
{
	return sidecar_counter(&e->sidecar, WEIR_C_timer_cpu_ns) == 0 &&
	       proc_one_thread(e->sidecar.header.pid);
}

/* The one identity that needs more than the file: smaps of the running process. */
static void
check_resident(const struct locate_entry *e, struct check_result *result, FILE *out)
{
	uint64_t resident, accounted;

	if (e->life == LOCATE_RUNNING && has_no_clock(e)) {
		fputs("not checked against smaps: a process of one thread writes with "
		      "its requests only\n",
		      out);
		return;
	}
	switch (measure_confirmed(e, &resident, &accounted)) {
	case MEASURE_NOT_ABLE:
		fputs("not checked against smaps: the process has ended or may not be "
		      "read\n",
		      out);
		return;
	case MEASURE_BUSY:
		fputs("not checked against smaps: the process is busy, so that no two "
		      "readings belong together\n",
		      out);
		return;
	case MEASURE_SETTLED:
		break;
	}
	if (resident <= accounted + SMAPS_SLACK) {
		result->held++;
		return;
	}
	result->failed++;
	fprintf(out,
		"fails: resident bytes in smaps <= live_held_bytes + cached_dirty_bytes: "
		"%" PRIu64 " and %" PRIu64 "\n",
		resident, accounted);
}

/*
 * Sites (in the trace) against kinds (in the slot). While the process runs, both are read again until
 * they are of the same instant. Prints nothing if there is no trace.
 */
static void
check_trace(const struct locate_entry *e, struct check_failure *failures,
	    struct check_result *result, FILE *out)
{
	struct check_result r = {.skipped = 1};
	char why[TRACE_VIEW_WHY] = "";

	if (e->sidecar.header.trace_offset == 0)
		return;
	for (int i = 0; i < TRACE_READS && r.skipped != 0; i++) {
		struct trace_view v;
		struct sidecar s;

		if (i > 0)
			nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
		if (sidecar_load(&s, AT_FDCWD, e->path, why) != 0)
			break;
		if (trace_view_load_newest(&v, AT_FDCWD, e->path, why) == 0) {
			r = check_sites(&s, &v, failures, SHOWN_FAILURES);
			trace_view_free(&v);
		}
		sidecar_free(&s);
		if (e->life != LOCATE_RUNNING)
			break;
	}
	if (r.skipped != 0)
		fprintf(out, "sites not checked: %s\n",
			why[0] != '\0' ? why : "the last write was cut short");
	result->held += r.held;
	result->failed += r.failed;
	for (size_t i = 0; i < r.failed; i++)
		fprintf(out, "fails: %s: %s and %s\n", failures[i].identity,
			failures[i].left, failures[i].right);
}

bool
stat_check_print(const struct locate_entry *e, FILE *out)
{
	struct check_failure failures[SHOWN_FAILURES];
	const struct sidecar *s = &e->sidecar;
	struct check_result result = check_run(s, failures, SHOWN_FAILURES);

	for (size_t i = 0; i < result.failed && i < SHOWN_FAILURES; i++) {
		const struct check_failure *f = &failures[i];
		char v[SHOW_VALUE], row[64] = "";

		if (f->row != CHECK_NO_ROW)
			show_format(row, sizeof(row), "class %s: ",
				    show_bytes(v, sidecar_class(s, f->row,
								WEIR_K_capacity_bytes)));
		fprintf(out, "fails: %s%s: %s and %s\n", row, f->identity, f->left,
			f->right);
	}
	if (result.failed > SHOWN_FAILURES)
		fprintf(out, "and %zu more\n", result.failed - SHOWN_FAILURES);
	check_trace(e, failures, &result, out);
	if (e->life == LOCATE_RUNNING)
		check_resident(e, &result, out);
	if (result.skipped > 0)
		fprintf(out, "%zu not checked: the file lacks a number\n",
			result.skipped);
	if (result.failed > 0) {
		fprintf(out, "%zu identities fail, %zu hold\n", result.failed,
			result.held);
		return false;
	}
	fprintf(out, "%zu identities hold\n", result.held);
	return true;
}
