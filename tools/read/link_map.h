/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which libraries a process's loader has loaded for the program itself: others live beside them with a C library of
 * their own (dlmopen, LD_AUDIT). Read from its memory, as debuggers do; untrusted bytes.
 */
#ifndef TOOLS_LINK_MAP_H
#define TOOLS_LINK_MAP_H

#include <stdint.h>
#include <sys/types.h>

/* Whether what is loaded at `bias` is one of them: 1, 0, or -1 where that cannot be told. */
int link_map_has(pid_t pid, uint64_t bias);

#endif
