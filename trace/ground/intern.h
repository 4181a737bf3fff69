/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text, modules, frames and stacks, each kept once and named by a small number: the parts of
 * weir/trace.h that only grow. All calls under the trace's lock, once there are tables; a full one
 * answers 0 and counts a drop. Nothing here allocates from the heap, and nothing is ever removed.
 */
#ifndef TRACE_INTERN_H
#define TRACE_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "weir/trace.h"

/*
 * The offset of this text, cut to 1023 bytes (not within a character of UTF-8) and at its first
 * zero; 0 for "" or when full.
 */
uint32_t intern_string(const char *text, size_t n);

/* 1 + index of the module, which is the same if start, end and path are; 0 when full. */
uint16_t intern_module(const struct weir_trace_module *m);

/* Index of the frame; frame 0 is a reserved empty one, given when full. */
uint32_t intern_frame(const struct weir_trace_frame *f);

/* The node of `frame` called from `parent`; 0, the root, only when full. */
uint32_t intern_node(uint32_t parent, uint32_t frame);

/* Counts what was lost; may be called without the lock. */
void intern_drop(enum weir_trace_drop what);
uint64_t intern_dropped(enum weir_trace_drop what);
void intern_forget_drops(void);

#endif
