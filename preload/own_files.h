/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A descriptor table for one thread alone, the background thread: what it opens takes none of the
 * host's numbers, so that "the lowest free descriptor" does not jump.
 */
#ifndef PRELOAD_OWN_FILES_H
#define PRELOAD_OWN_FILES_H

#include <stdbool.h>

/* Gives the calling thread an empty table of its own, if the kernel lets it. */
void own_files_take(void);

/* Whether the calling thread has one: what it opens is seen by nobody else. */
bool own_files_here(void);

#endif
