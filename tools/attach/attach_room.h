/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a process may still have what the library takes: memory, a file. Else the library would not be loaded, or
 * leave too little for the process itself.
 */
#ifndef TOOLS_ATTACH_ROOM_H
#define TOOLS_ATTACH_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* `status`: the text of its /proc/PID/status. False, with the reason. */
bool attach_room_left(pid_t pid, const char *status, char *why, size_t size);

/*
 * Whether all of its memory is locked, as mlockall does it: then what is new to it is as well. By the kilobytes that are
 * mapped, and locked. Pure.
 */
bool attach_room_all_locked(int64_t mapped, int64_t locked);

#endif
