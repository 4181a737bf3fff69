/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's tasks beside its threads: where the kernel refuses it one more, it gets the clock's.
 */
#ifndef PRELOAD_TASK_H
#define PRELOAD_TASK_H

#include <stdbool.h>

/* Finds the host's functions, those of by_number.c and of identity.c as well. From the constructor. */
void task_init(void);
void by_number_init(void);
void identity_init(void);
void second_thread_init(void);

/* The vfork that comes behind weir's, NULL for the C library's own. */
void task_vfork_is(void *other);

/* The kernel refused one with this error: true if the clock has made way, and it is worth another try. */
bool task_made_room(int error);

#endif
