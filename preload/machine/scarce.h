/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits of data and of address space: what they are, and that the pool keeps to them.
 */
#ifndef PRELOAD_SCARCE_H
#define PRELOAD_SCARCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "preload/ground/libc.h"

/* `limited` is called at each look that finds a limit. From the constructor. */
void scarce_init(void (*limited)(void));

/* The pool is made. */
void scarce_begin(bool strict_commit);

/*
 * Looks at the limits, and does what follows. The lower of the two, RLIM_INFINITY without any. Two system
 * calls. Inside the gate.
 */
uint64_t scarce_look(void);

/* The same as of the last look. Any time. */
uint64_t scarce_most(void);

/* A limit of this process; RLIM_INFINITY if there is none, or it cannot be told. */
uint64_t scarce_limit(limit_resource resource);

#endif
