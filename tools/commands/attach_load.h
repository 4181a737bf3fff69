/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Has a process load the library that observes it.
 */
#ifndef TOOLS_ATTACH_LOAD_H
#define TOOLS_ATTACH_LOAD_H

#include <stdint.h>

#include "tools/commands/attach_tell.h"
#include "tools/host/inspector.h"

/* `inspector`: by way of it; NULL: of ptrace. A status. */
int attach_load(const struct attach_request *r, uint64_t start_ticks,
		struct inspector *inspector);

#endif
