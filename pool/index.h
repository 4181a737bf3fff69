/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index of free spans by size: eight lists a doubling and a bitmap of those that are not
 * empty. Finding a fit looks at a bounded number of spans.
 */
#ifndef POOL_INDEX_H
#define POOL_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "pool/span.h"

#define INDEX_BUCKETS 320
#define INDEX_WORDS   (INDEX_BUCKETS / 64)

struct span_index {
	struct weir_span heads[INDEX_BUCKETS];
	uint64_t filled[INDEX_WORDS];
};

void index_init(struct span_index *index);
void index_add(struct span_index *index, struct weir_span *s);
void index_remove(struct span_index *index, struct weir_span *s);

/* A span of at least `bytes`, the best among the first few that fit; NULL if none fits. */
struct weir_span *index_fit(const struct span_index *index, size_t bytes);

/* The largest span, or one of nearly its size; NULL if there is none. */
struct weir_span *index_largest(const struct span_index *index);

/* Calls visit for every span, in no order; stops when it returns non-zero. */
void index_each(struct span_index *index, int (*visit)(struct weir_span *, void *),
		void *arg);

#endif
