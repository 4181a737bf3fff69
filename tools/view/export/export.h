/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace in the formats of other people's viewers. One writer a format, each from the same struct:
 * what a site counts for, and its places. Writers print to a stream and look at nothing else.
 */
#ifndef TOOLS_EXPORT_H
#define TOOLS_EXPORT_H

#include <stdio.h>

#include "tools/view/growth_view.h"

/* X(id, name, function of export_write's type) */
#define EXPORT_FORMATS(X)                                                                \
	X(JSON, "json", export_json)                                                     \
	X(FOLDED, "folded", export_folded)                                               \
	X(PPROF, "pprof", export_pprof)                                                  \
	X(HEAPPROFILE, "heapprofile", export_heapprofile)                                \
	X(SPEEDSCOPE, "speedscope", export_speedscope)                                   \
	X(OPENMETRICS, "openmetrics", export_openmetrics)

#define EXPORT_VALUES(X)                                                                 \
	X(LIVE, "live")                                                                  \
	X(ALLOC, "alloc")                                                                \
	X(GROWTH, "growth")

enum export_value {
#define X(id, name) EXPORT_##id,
	EXPORT_VALUES(X)
#undef X
		EXPORT_N_VALUES
};

/* Bytes and blocks of one site; of growth, what was added in the window, perhaps negative. */
struct export_amount {
	int64_t bytes, count;
};

struct export_job {
	const struct growth_view *view;				/* its model is by line */
	const struct export_amount (*amounts)[EXPORT_N_VALUES]; /* by site; site 0 too */
	enum export_value value;
};

/* By site; exits through tell_no_memory. To be freed. */
struct export_amount (*export_amounts(const struct growth_model *m))[EXPORT_N_VALUES];

/*
 * The script frames of a site's stack and those of add-ons, innermost first: what a viewer of
 * JavaScript profiles can make sense of. May be none.
 */
uint32_t export_script_stack(const struct growth_view *v, uint32_t site,
			     uint32_t frames[WEIR_TRACE_MAX_DEPTH]);

/* "remember", "(anonymous)", "libaddon.so+0x1234". */
char *export_frame_name(char *buf, size_t size, const struct growth_place *p);

void export_json(const struct export_job *job, FILE *out);
void export_folded(const struct export_job *job, FILE *out);
void export_pprof(const struct export_job *job, FILE *out);
void export_heapprofile(const struct export_job *job, FILE *out);
void export_speedscope(const struct export_job *job, FILE *out);
void export_openmetrics(const struct export_job *job, FILE *out);

#endif
