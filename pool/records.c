/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The free list of span records, and those of the newest chunk that were never used: a process that has one block
 * touches one page of them.
 */
#include "pool/records.h"

static struct weir_span *spare, *fresh, *fresh_end;
static unsigned n_spare;
static _Atomic unsigned n_records;

struct weir_span *
record_new(void)
{
	struct weir_span *s = spare;

	if (s != NULL)
		spare = s->next;
	else if (fresh != fresh_end)
		s = fresh++;
	else
		return NULL;
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
	unsigned n = RECORDS_CHUNK_BYTES / sizeof(*fresh);

	/* The last chunk's are few. */
	for (; fresh != fresh_end; fresh++, n_spare--)
		record_free(fresh);
	fresh = chunk;
	fresh_end = fresh + n;
	n_spare += n;
	atomic_fetch_add_explicit(&n_records, n, memory_order_relaxed);
}
