/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands before the host's allocator while weir is attached: each hands the call on, and tells blocks.c of
 * large ones. Whatever happens in here, the host gets what its allocator gave.
 */
#ifndef OBSERVE_HOOKS_H
#define OBSERVE_HOOKS_H

#include "observe/originals.h"

const void *hooks_of(enum original which);

#endif
