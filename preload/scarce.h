/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits of data and of address space: weir gives back what it keeps before a refusal reaches the host,
 * also where the next allocator is refused. Without a limit nothing of this is in anybody's way.
 */
#ifndef PRELOAD_SCARCE_H
#define PRELOAD_SCARCE_H

#include <stdbool.h>
#include <stdint.h>

/* Finds the host's functions. From the constructor. */
void scarce_init(void);

/* The pool is made. */
void scarce_begin(bool strict_commit);

/* 0: none. */
struct scarce_limits {
	uint64_t data_bytes, space_bytes;
};

/* Looks at the limits, and does what follows. Two system calls. Inside the gate. */
struct scarce_limits scarce_look(void);

#endif
