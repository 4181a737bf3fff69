/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory limit of the process's control group, version 1 or 2. Under the timer's work lock. A look is
 * one small file, two where that is worth it; where the limit applies is found anew now and then.
 */
#ifndef PRELOAD_GROUP_H
#define PRELOAD_GROUP_H

#include <stdint.h>

/*
 * The tightest limit, 0: none; what is charged against it; and what of that the kernel can drop at any time:
 * file pages that nobody uses, and what was offered to it (weir_pool's firm_bytes).
 */
uint64_t group_look(int64_t now_ns, uint64_t *charged_bytes, uint64_t *droppable_bytes);

#endif
