/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of free spans. The caller holds the heap's lock.
 */
#include "pool/index.h"

#include "pool/pages.h"

/* A bucket may be crowded: look at this many spans of it before settling for the next one. */
#define LOOKS_OWN_BUCKET   64
#define LOOKS_LATER_BUCKET 16

static unsigned
bucket_of(size_t bytes)
{
	size_t pages = bytes >> WEIR_PAGE_SHIFT;

	if (pages < 8)
		return (unsigned)pages;
	unsigned log2 = 63 - (unsigned)__builtin_clzll(pages);
	return (log2 - 2) * 8 + ((pages >> (log2 - 3)) & 7);
}

/* A list that is empty may be anything: most processes fill a few, and each page of them is a fault in a child. */
void
index_init(struct span_index *index)
{
	for (unsigned i = 0; i < INDEX_WORDS; i++)
		index->filled[i] = 0;
}

static bool
is_filled(const struct span_index *index, unsigned bucket)
{
	return (index->filled[bucket / 64] >> (bucket % 64) & 1) != 0;
}

void
index_add(struct span_index *index, struct weir_span *s)
{
	s->bucket = (uint16_t)bucket_of(s->bytes);
	if (!is_filled(index, s->bucket))
		weir_list_init(&index->heads[s->bucket]);
	struct weir_span *head = &index->heads[s->bucket], *last = head->prev;
	bool oldest = last != head && s->freed_ns < last->freed_ns;
	weir_list_push(oldest ? last : head, s);
	index->filled[s->bucket / 64] |= (uint64_t)1 << (s->bucket % 64);
}

void
index_remove(struct span_index *index, struct weir_span *s)
{
	weir_list_remove(s);
	if (weir_list_empty(&index->heads[s->bucket]))
		index->filled[s->bucket / 64] &= ~((uint64_t)1 << (s->bucket % 64));
}

/* The first bucket at or after `from` that is not empty, or INDEX_BUCKETS. */
static unsigned
next_filled(const struct span_index *index, unsigned from)
{
	for (unsigned w = from / 64; w < INDEX_WORDS; w++) {
		uint64_t bits = index->filled[w];

		if (w == from / 64)
			bits &= ~(uint64_t)0 << (from % 64);
		if (bits != 0)
			return w * 64 + (unsigned)__builtin_ctzll(bits);
	}
	return INDEX_BUCKETS;
}

static struct weir_span *
best_of(const struct weir_span *head, size_t bytes, int looks)
{
	struct weir_span *best = NULL;

	for (struct weir_span *s = head->next; s != head && looks-- > 0; s = s->next) {
		if (s->bytes == bytes)
			return s;
		if (s->bytes > bytes && (best == NULL || s->bytes < best->bytes))
			best = s;
	}
	return best;
}

struct weir_span *
index_fit(const struct span_index *index, size_t bytes)
{
	unsigned own = bucket_of(bytes);

	if (is_filled(index, own)) {
		struct weir_span *s =
			best_of(&index->heads[own], bytes, LOOKS_OWN_BUCKET);

		if (s != NULL)
			return s;
	}
	unsigned later = next_filled(index, own + 1);
	return later < INDEX_BUCKETS
		       ? best_of(&index->heads[later], bytes, LOOKS_LATER_BUCKET)
		       : NULL;
}

/* The last list before `end` that is not empty, or NULL. */
static const struct weir_span *
last_filled(const struct span_index *index, unsigned end)
{
	for (unsigned w = (end + 63) / 64; w-- > 0;) {
		uint64_t bits = index->filled[w];

		if (w == end / 64)
			bits &= ~(~(uint64_t)0 << (end % 64));
		if (bits != 0)
			return &index->heads[w * 64 + 63 -
					     (unsigned)__builtin_clzll(bits)];
	}
	return NULL;
}

struct weir_span *
index_largest(const struct span_index *index)
{
	const struct weir_span *head = last_filled(index, INDEX_BUCKETS);
	struct weir_span *largest = head != NULL ? head->next : NULL;
	int looks = LOOKS_LATER_BUCKET;

	for (struct weir_span *s = largest; s != head && looks-- > 0; s = s->next)
		if (s->bytes > largest->bytes)
			largest = s;
	return largest;
}

struct weir_span *
index_smaller(const struct span_index *index, const struct weir_span *s)
{
	const struct weir_span *head = &index->heads[s->bucket];

	if (s->next != head)
		return s->next;
	head = last_filled(index, s->bucket);
	return head != NULL ? head->next : NULL;
}

struct weir_span *
index_oldest(const struct span_index *index)
{
	struct weir_span *oldest = NULL;

	for (unsigned b = next_filled(index, 0); b < INDEX_BUCKETS;
	     b = next_filled(index, b + 1)) {
		struct weir_span *last = index->heads[b].prev;

		if (oldest == NULL || last->freed_ns < oldest->freed_ns)
			oldest = last;
	}
	return oldest;
}
