/* SPDX-License-Identifier: Apache-2.0 */
/*
 * V8's garbage collections, told by V8 itself: a callback on each isolate, set from the isolate's
 * own thread when it is first seen. Calls only V8 functions that do not allocate on its heap.
 */
#ifndef TRACE_V8_GC_H
#define TRACE_V8_GC_H

#include "trace/symtab.h"

/* Finds V8's functions; without all of them collections stay unknown. */
void v8_gc_init(const struct weir_symtab *t);

void v8_gc_forked(void);
void v8_gc_after_fork(void);

#endif
