/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Span records: made in chunks from the page source's own memory, recycled, never given back,
 * limited in number. Call with the heap's lock held, but for records_chunk.
 */
#ifndef POOL_RECORDS_H
#define POOL_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "pool/pages.h"
#include "pool/span.h"

/* A million spans: at 128 KB, the smallest default request, 128 GB of blocks in use. */
#define RECORDS_MAX	    (1u << 20)
#define RECORDS_CHUNK_BYTES ((size_t)64 << 10)
/* The most records that one heap operation may need. */
#define RECORDS_SPARE 4

struct weir_span *record_new(void);
void record_free(struct weir_span *s);
bool records_at_hand(void);

/* A chunk of memory for records, or NULL: at the limit, or no memory. Call without the lock. */
void *records_chunk(const struct weir_pages *pages);
void records_add_chunk(void *chunk);

#endif
