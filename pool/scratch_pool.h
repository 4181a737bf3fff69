/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scratch API without its public names: the shim and libweir both wrap these (see
 * weir/scratch.h for the contract), each after making sure that the pool exists.
 */
#ifndef POOL_SCRATCH_POOL_H
#define POOL_SCRATCH_POOL_H

#include <stddef.h>

#include "pool/span.h"

/* NULL if there is no memory. */
struct weir_span *weir_scratch_take(size_t bytes);
/* 0, -EINVAL, -EOVERFLOW */
int weir_scratch_share(const void *block);
/* 1, 0, -EINVAL */
int weir_scratch_drop(void *block);
/*
 * What scratch_release_own (scratch_quick.h) does not know. Still without a lock but to find out
 * whose a count is: a block that was released and that the thread does not keep comes back in
 * *shared, for weir_scratch_give_shared.
 */
int weir_scratch_release(void *block, struct weir_span **shared);
void weir_scratch_give_shared(struct weir_span *s);
/* bytes, or 0 */
size_t weir_scratch_size(const void *block);

#endif
