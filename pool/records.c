/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The free list of span records.
 */
#include "pool/records.h"

static struct weir_span *spare;
static unsigned n_spare;
static _Atomic unsigned n_records;

struct weir_span *
record_new(void)
{
	struct weir_span *s = spare;

	if (s == NULL)
		return NULL;
	spare = s->next;
	n_spare--;
	return s;
}

void
record_free(struct weir_span *s)
{
	weir_span_set_state(s, WEIR_SPAN_UNUSED);
	s->base = 0;
	s->next = spare;
	spare = s;
	n_spare++;
}

bool
records_at_hand(void)
{
	return n_spare >= RECORDS_SPARE;
}

void *
records_chunk(const struct weir_pages *pages)
{
	if (atomic_load_explicit(&n_records, memory_order_relaxed) >= RECORDS_MAX)
		return NULL;
	return pages->meta(RECORDS_CHUNK_BYTES);
}

void
records_add_chunk(void *chunk)
{
	struct weir_span *records = chunk;
	unsigned n = RECORDS_CHUNK_BYTES / sizeof(*records);

	for (unsigned i = n; i-- > 0;)
		record_free(&records[i]);
	atomic_fetch_add_explicit(&n_records, n, memory_order_relaxed);
}
