/* SPDX-License-Identifier: Apache-2.0 */
/*
 * V8's garbage collections, told by V8 itself: a callback on each isolate. V8 is only called from the
 * thread that owns the isolate, and callbacks are added only where V8 interrupts its JavaScript. None
 * of what is called allocates on its heap.
 */
#ifndef TRACE_V8_GC_H
#define TRACE_V8_GC_H

#include "trace/symtab.h"
#include "trace/walk.h"

/* Finds V8's functions; without all of them collections stay unknown. */
void v8_gc_init(const struct weir_symtab *t);

/* While V8 starts on the first thread: has this isolate's collections told from the first on. */
void v8_gc_starting(const struct weir_symtab *t, void *isolate);

/* What walk_gcs() says of V8. */
void v8_gc_read(struct walk_gcs *g);

#endif
