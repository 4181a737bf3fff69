/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which time a model is about. For growth_model.c and its neighbours.
 */
#ifndef TOOLS_GROWTH_SPAN_H
#define TOOLS_GROWTH_SPAN_H

#include "tools/model/growth_model.h"

/* Since tracing began; 0 before. */
double growth_seconds(const struct trace_view *v, uint64_t ns);

/* Sets the window in force by the request, and how far history reaches. */
void growth_span_set(struct growth_model *m);

/* The windows that the model is judged in, empty: back to what is known, or to what was asked for. */
void growth_span_windows(const struct growth_model *m, struct growth_windows *w);

#endif
