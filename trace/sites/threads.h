/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of THREADS, which are used again once their thread has ended. Under the trace's lock.
 */
#ifndef TRACE_THREADS_H
#define TRACE_THREADS_H

#include <stdint.h>

#include "weir/trace.h"

/* The row of a thread that is about to have one: an ended thread's of that name, or a new one; 0: full. */
uint32_t threads_row(const struct weir_trace_thread *t);

void threads_after_fork(void);

#endif
