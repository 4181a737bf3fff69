/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marks on blocks that a host's call has left something on.
 */
#ifndef PRELOAD_ALTERED_MARK_H
#define PRELOAD_ALTERED_MARK_H

#include <stddef.h>
#include <stdint.h>

/*
 * Marks all blocks in the range with a flag of pool/span.h. Returns the bytes from `at` on that are the block's in which
 * it lies, no more than `bytes`; 0 from inside the gate.
 */
__attribute__((cold)) size_t altered_mark(uintptr_t at, size_t bytes, uint8_t flag);

#endif
