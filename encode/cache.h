/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The size of the last-level cache, from the CPUID leaf that describes each cache. libc reads an older
 * leaf, which in many virtual machines describes the host's whole processor.
 */
#ifndef ENCODE_CACHE_H
#define ENCODE_CACHE_H

#include <stddef.h>

/* Bytes, or 0 if it is not known. Asks the processor each time, which may take long. */
size_t cache_last_bytes(void);

#endif
