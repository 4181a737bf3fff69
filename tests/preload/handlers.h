/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What forks.c wants of the library of handlers.c.
 */
#ifndef TESTS_HANDLERS_H
#define TESTS_HANDLERS_H

#include <stdbool.h>

extern int handlers_failed, handlers_called;
extern bool handlers_nest; /* they fork themselves */

/* Asks for a large block under the lock that a handler takes: registered with FORKS_LOCK, before weir. */
void handlers_use_under_lock(void);

void handlers_prepare(void); /* makes the blocks that they find */
void handlers_register(void);

#endif
