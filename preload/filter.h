/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether this process may have a system call filter (seccomp) that kills for a call it does not
 * know. Weir then leaves out what few programs make and what it can do in another way.
 */
#ifndef PRELOAD_FILTER_H
#define PRELOAD_FILTER_H

/* Finds the host's prctl. From the constructor. */
void filter_init(void);

/* Looks whether there is one: vm_calls_allowed is false then, for ever. Opens a file or two. */
void filter_look(void);

#endif
