/* SPDX-License-Identifier: Apache-2.0 */
/*
 * V8's garbage collections, told by V8 itself: a callback on each isolate. V8 is only called from the
 * thread that owns the isolate, and callbacks are added only where V8 interrupts its JavaScript. None
 * of what is called allocates on its heap.
 */
#ifndef TRACE_V8_GC_H
#define TRACE_V8_GC_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/ground/symtab.h"

/* Finds V8's functions; without all of them collections stay unknown. */
void v8_gc_init(const struct weir_symtab *t);

/* While V8 starts on the first thread: has this isolate's collections told from the first on. */
void v8_gc_starting(const struct weir_symtab *t, void *isolate);

/* Whether they were found. */
bool v8_gc_is_found(void);

/* Collections seen so far. The heap figures are of each isolate's last major one, together. */
struct v8_gcs {
	uint64_t major, main_major, minor; /* of all isolates; of the main one */
	uint64_t heap_bytes, external_bytes;
	bool known; /* false: nobody tells, or not yet */
};
void v8_gc_read(struct v8_gcs *g);

/*
 * 1, 2, ... of the isolate whose JavaScript the calling thread runs, 0 if none. `may_ask`: from outside of
 * V8's own small allocations; then V8 is asked to tell its collections.
 */
uint32_t v8_gc_isolate(bool may_ask);

/* When the last major one ended, CLOCK_MONOTONIC_COARSE; 0: there was none. */
uint64_t v8_gc_last_major_ns(void);

/* The calling thread ran JavaScript, is the first of the process, and has left its last context: V8 takes its heap down. */
bool v8_gc_after_scripts(void);

#endif
