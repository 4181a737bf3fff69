/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which function of another library a call went to, by the code before the address that it returns to, and the slot that
 * code leads through. x86-64. Pure, but for what reads the memory: `read` gives `n` bytes of it, or says that it
 * cannot; what it is asked for may lie anywhere.
 */
#ifndef TOOLS_CALL_TARGET_H
#define TOOLS_CALL_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool call_target(uint64_t return_at,
		 bool (*read)(void *arg, uint64_t at, void *to, size_t n), void *arg,
		 uint64_t *target);

#endif
