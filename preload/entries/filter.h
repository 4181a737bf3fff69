/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host installs a system call filter (seccomp): what it may kill for is called no more.
 */
#ifndef PRELOAD_FILTER_H
#define PRELOAD_FILTER_H

/* Finds the host's prctl. From the constructor. */
void filter_init(void);

/*
 * The host is about to install one: `mode` as for prctl(PR_SET_SECCOMP), `program` its struct sock_fprog. What it
 * may kill for is not called any more when this returns. Keeps errno.
 */
void filter_comes(unsigned long mode, const void *program);

#endif
