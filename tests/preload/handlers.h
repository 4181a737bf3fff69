/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What forks.c wants of the library of handlers.c.
 */
#ifndef TESTS_HANDLERS_H
#define TESTS_HANDLERS_H

#include <stdbool.h>

extern int handlers_failed, handlers_called;
extern bool handlers_nest; /* they fork themselves */

void handlers_prepare(void); /* makes the blocks that they find */
void handlers_register(void);

#endif
