/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Major collections as they pass over what each thread allocated: its own isolate's, or the main isolate's
 * where that has collected more often, for what a worker hands over is main's, and what no script asked for most
 * likely too. Another worker's collection is nothing to it. A clock is the thread's row in the tables; it
 * never goes back, whoever has the row. No lock.
 */
#ifndef TRACE_MAJORS_H
#define TRACE_MAJORS_H

#include <stdbool.h>
#include <stdint.h>

#define MAJORS_CLOCKS 1024

/* Major collections so far, by this clock. */
uint32_t majors_at(uint32_t clock);

/* From now on this isolate's are its own; 0: nobody's. One caller at a time for a clock. */
void majors_follow(uint32_t clock, uint32_t isolate);

/* The isolate has ended. */
void majors_forget(uint32_t isolate);

/* The isolate has collected. */
void majors_count(uint32_t isolate, bool is_main);

/* Of all isolates, and of the main one. */
uint64_t majors_all(void);
uint64_t majors_of_main(void);

#endif
