/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The size of the last cache that this processor's cores share, from the leaf that describes
 * each cache. In virtual machines the older leaf, which libc reads, tells of the whole host.
 */
#ifndef ENCODE_CACHE_H
#define ENCODE_CACHE_H

#include <stddef.h>

/* Bytes, or 0 if it is not known. Asks the processor each time, which may take long. */
size_t cache_last_bytes(void);

#endif
