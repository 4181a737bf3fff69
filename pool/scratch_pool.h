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
/* bytes, or 0 */
size_t weir_scratch_size(const void *block);

#endif
