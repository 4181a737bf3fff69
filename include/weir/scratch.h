/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scratch blocks: reference-counted memory from a graded pool, for encoders and anything
 * else that needs a warm buffer for a moment.
 *
 * A request is rounded up to a size class (8 KB to 10 MB, at most 25 % above the request
 * from 32 KB on); a larger one is served too, page-rounded, and never pooled. The content
 * of a new block is unspecified. Blocks are 4096-byte aligned and carry no header: what weir
 * knows of a block is kept elsewhere.
 *
 * In a process that runs under libweir_preload.so these are the shim's own functions, so
 * that there is one pool and one set of statistics; elsewhere libweir brings its own.
 *
 * Threads: every function may be called from any thread at any time; a block may be
 * released on another thread than the one that got it. Signals: not async-signal-safe.
 * Fork: safe; a child may use and release blocks it inherited. In a handler of pthread_atfork that is
 * older than weir's there may be no memory (ENOMEM); blocks can be released.
 */
#ifndef WEIR_SCRATCH_H
#define WEIR_SCRATCH_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A block of at least `bytes` bytes, owned by the caller with one reference. 0 bytes give
 * the smallest class. Returns NULL with errno ENOMEM if there is no memory.
 */
void *weir_scratch_get(size_t bytes);

/*
 * Adds a reference and returns `block`. Returns NULL with errno EINVAL if `block` is not
 * the start of a scratch block in use, or EOVERFLOW at 2^31 - 1 references.
 */
void *weir_scratch_ref(void *block);

/*
 * Drops a reference. Returns 1 if that was the last one and the block has been given back:
 * however many threads race, exactly one of them sees 1. Returns 0 if others remain, and
 * -EINVAL, changing nothing, if `block` is not the start of a scratch block in use (NULL
 * included). errno is left alone.
 */
int weir_scratch_unref(void *block);

/* Bytes that may be used in `block`, or 0 if it is not the start of a scratch block in use. */
size_t weir_scratch_capacity(const void *block);

#ifdef __cplusplus
}
#endif

#endif
