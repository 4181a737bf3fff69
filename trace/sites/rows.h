/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rings of rows: which are due, and what stands in them. Inside this folder only, for
 * publish.c.
 */
#ifndef TRACE_ROWS_H
#define TRACE_ROWS_H

#include "trace/sites/publish.h"

bool rows_are_in(enum weir_trace_part_id part);

/* Writes those that are due at `facts`, of the sites as they are in the image. */
void rows_write(const struct weir_trace_facts *facts, const struct weir_trace_sink *sink,
		const uint64_t offsets[WEIR_N_TRACE_PARTS]);

/* Rows ever written into a ring. */
uint64_t rows_written(enum weir_trace_part_id ring);

bool rows_due(void);
uint64_t rows_mark(uint64_t request, const char *label, size_t n);
void rows_forget(void);

#endif
