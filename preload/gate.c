/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calling thread's place, see gate.h.
 */
#include "preload/gate.h"

_Thread_local volatile int gate_depth;
