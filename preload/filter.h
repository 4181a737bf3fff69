/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether this process may have a system call filter (seccomp) that kills for a call it does not
 * know. Weir then leaves out what few programs make and what it can do in another way.
 */
#ifndef PRELOAD_FILTER_H
#define PRELOAD_FILTER_H

#include <stdbool.h>

/* Finds the host's prctl. From the constructor. */
void filter_init(void);

/* Looks whether the process was started under one. Once, before any such call. */
void filter_look(void);

/* Also true from the moment on in which the host says that it will install one. Never false again. */
bool filter_may_kill(void);

#endif
