/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host leaves on memory that it frees, beyond content: such blocks are not lent to others as
 * they are.
 */
#ifndef PRELOAD_ALTERED_H
#define PRELOAD_ALTERED_H

/* Finds the host's functions. From the constructor. */
void altered_init(void);

#endif
