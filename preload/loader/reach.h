/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the host's malloc family is weir's. The program itself, a preload in front of weir or a
 * debugger may have its own malloc, or a part of the family alone. For boot.c.
 */
#ifndef PRELOAD_REACH_H
#define PRELOAD_REACH_H

#include <stdbool.h>

/*
 * True if malloc, and every function that takes a block, comes to weir when the host calls it: then
 * each of weir's blocks comes home. To be called before weir serves any.
 */
bool reach_all(void);

#endif
