/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What CPython's cycle collector has done, by its own counts, which are read where they lie; and asking it to collect.
 * CPython frees at once what nothing refers to: only what refers to itself waits for this collector, for a full run of it if
 * it was in use during the young ones.
 */
#ifndef TRACE_PYTHON_GC_H
#define TRACE_PYTHON_GC_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/ground/symtab.h"

/* Version 0x030b is 3.11. Of an unknown one, or one whose structures are not where they should be, nothing is known. */
void python_gc_init(const struct weir_symtab *t, uint32_t version);

/* On a thread that is in CPython: asks it where the counts are, until that is known. Before that nothing is. */
void python_gc_find(void);

/* Counts the full runs since the last look; a checked read of 0.2 KB. Any thread. */
void python_gc_look(void);

struct python_gc {
	bool known;
	uint64_t full, young; /* runs so far */
	uint64_t unseen; /* containers that no full run has looked at: at most so many */
};
void python_gc_read(struct python_gc *g);

/*
 * Has the main thread make a full run, between two of its instructions (Py_AddPendingCall, which any thread may call).
 * Asked again it is asked once; `anew`: what it has done since then, for somebody who did not wait for it, is no answer.
 * -ENOSYS: there is no such collector here; -EAGAIN: not done yet; else what was found: so many objects, and what was asked
 * is done with.
 */
int64_t python_gc_collect(bool anew);

#endif
