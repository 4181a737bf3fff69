/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is weir at work in a running process, and if not, why? Used by doctor, and by `weir stat`
 * for a process without a sidecar.
 */
#ifndef TOOLS_RUNNING_H
#define TOOLS_RUNNING_H

#include <stddef.h>
#include <sys/types.h>

#include "tools/host/target.h"

enum running_state {
	RUNNING_NOT_LOADED,
	RUNNING_LOADED, /* the shim is mapped */
	RUNNING_UNKNOWN /* its maps may not be read */
};

/*
 * A sentence in `why`: for a process that has the shim, why it may have no sidecar; for others
 * why they do not have it.
 */
enum running_state running_explain(pid_t pid, char *why, size_t size);

/*
 * Of `weir run --summary`, which waits for its program: that program's pid, since it is what is meant by the pid
 * that a shell gives. Any other process: itself.
 */
pid_t running_behind(pid_t pid);

#endif
