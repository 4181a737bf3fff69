/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `weir top` knows: the last look at a process and its sidecar, and what changed since the
 * look before.
 */
#ifndef TOOLS_TOP_MODEL_H
#define TOOLS_TOP_MODEL_H

#include "tools/model/growth_trend.h"
#include "tools/model/resident.h"
#include "tools/read/look.h"

#define TOP_HISTORY 600

struct top_rates {
	bool since_start; /* averages of the whole run: there was one look only */
	double requests;  /* each second */
	double bytes;
	double major_gcs;
};

struct top_model {
	struct locate_entry entry;
	bool loaded; /* entry, rss and rates are those of the last look that succeeded */
	struct resident rss;
	uint64_t asked_bytes; /* asked for, over the blocks in use */
	uint64_t limit_bytes; /* 0: none */
	struct trace_view trace;
	bool has_trace;
	char why_no_trace[TRACE_VIEW_WHY];
	struct top_rates rates;
	uint64_t history[TOP_HISTORY]; /* RSS, oldest first */
	uint64_t history_ns[TOP_HISTORY];
	size_t n_history;
	char note[SIDECAR_WHY]; /* why this picture is not the newest, or "" */
};

void top_model_init(struct top_model *m);

/*
 * Takes over what a look has found. Returns 0; or the look's error with `note` saying why, and what
 * was known stays as it was.
 */
int top_model_take(struct top_model *m, const struct look *l);

/* True while another look may show something new. */
bool top_model_alive(const struct top_model *m);

/*
 * Bytes a second by which RSS has grown over the last minute, of a younger process in the later half of
 * its life. False if too little has been seen of it yet.
 */
bool top_model_rss_slope(const struct top_model *m, double *slope);

void top_model_free(struct top_model *m);

#endif
