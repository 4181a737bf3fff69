/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether functions of the runtime may be called still: a library that was loaded later may be gone.
 */
#ifndef TRACE_RUNTIME_ENTRY_H
#define TRACE_RUNTIME_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

/* The runtime is such a library, and this is a function of it. Once, before anybody asks. */
void entry_note(uint64_t address);

/* Any thread, at any time. Where nothing was noted, the runtime stays. */
bool entry_stays(void);

#endif
