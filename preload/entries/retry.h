/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that the next allocator was refused, made once more after weir has given back what it keeps.
 * Without a limit nothing of this is in anybody's way.
 */
#ifndef PRELOAD_RETRY_H
#define PRELOAD_RETRY_H

#include <stdbool.h>

/* The host was refused a thread: true if weir has given back what that may have been for. Outside the gate. */
bool retry_made_room_for_thread(void);

/* Finds the host's functions. From the constructor. */
void retry_init(void);

#endif
