/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork: all of weir stands still while the kernel copies it. The child's stays so, at no cost, until the
 * gate is entered for the first time: then it starts with its own counts, no thread and no sidecar.
 * posix_spawn and vfork run no handlers and need none: their child shares our memory, and what it may
 * start (timer.c) must be the parent's.
 */
#ifndef PRELOAD_FORK_H
#define PRELOAD_FORK_H

#include <stdbool.h>

/*
 * Whether another copy of this library comes before this one: of two that are at work the second's memory is seen by the
 * first, which waits for its locks in a fork. Calls dlsym; from the constructor.
 */
bool fork_is_second(void);

/*
 * Once, from the constructor: of all handlers, the one that is registered first runs last before a fork.
 * 0 or -errno.
 */
int fork_handlers_install(void);

#endif
