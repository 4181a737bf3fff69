/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A descriptor table for one thread alone, the background thread: what it opens takes none of the
 * host's numbers, so that "the lowest free descriptor" does not jump.
 */
#ifndef PRELOAD_OWN_FILES_H
#define PRELOAD_OWN_FILES_H

/* Gives the calling thread an empty table of its own, if the kernel lets it. */
void own_files_take(void);

/*
 * Which table of its own the calling thread has: what it opens there is seen by nobody else, and lasts
 * as long as the number. 0: the host's.
 */
unsigned own_files_here(void);

/* In a forked child no thread has one; its threads may have the numbers of the parent's. */
void own_files_after_fork(void);

#endif
