/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index of free spans by size: eight lists a doubling and a bitmap of those that are not
 * empty. Each list is in the order in which its spans were put there, but for those older than all
 * of it. Everything looks at a bounded number of spans, however many there are.
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

/* The next of its list, or the first of the next smaller spans; NULL: there are none. */
struct weir_span *index_smaller(const struct span_index *index,
				const struct weir_span *s);

/*
 * The span that was freed first, among the last ones of the lists; NULL if there is none. What is cut
 * off a span keeps its age, but stands where it was put: an older one may follow a younger one, never for
 * longer than that was there.
 */
struct weir_span *index_oldest(const struct span_index *index);

#endif
