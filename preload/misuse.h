/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proven misuse of a block of weir's: the one case in which weir ends the host, as glibc would,
 * after one line that says what was done to which block.
 */
#ifndef PRELOAD_MISUSE_H
#define PRELOAD_MISUSE_H

/* `call`: the function the host called, e.g. "free". p lies in a region of weir's. */
_Noreturn void misuse(const char *call, const void *p);

#endif
