/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The encoder. Called by export_pprof.c only.
 */
#include "tools/view/export/export_protobuf.h"

#include <stdlib.h>
#include <string.h>

#include "tools/text/tell.h"

enum { VARINT = 0, LENGTH = 2 };

void
protobuf_free(struct protobuf *p)
{
	free(p->bytes);
	*p = (struct protobuf){0};
}

static void
append(struct protobuf *p, const void *bytes, size_t n)
{
	if (p->capacity - p->n < n) {
		p->capacity = 2 * p->capacity + n + 64;
		p->bytes = realloc(p->bytes, p->capacity);
		if (p->bytes == NULL)
			tell_no_memory();
	}
	if (n > 0)
		memcpy(p->bytes + p->n, bytes, n);
	p->n += n;
}

void
protobuf_bare(struct protobuf *p, uint64_t value)
{
	unsigned char digits[10];
	size_t n = 0;

	while (value >= 0x80) {
		digits[n++] = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	digits[n++] = (unsigned char)value;
	append(p, digits, n);
}

void
protobuf_u64(struct protobuf *p, unsigned field, uint64_t value)
{
	if (value == 0)
		return;
	protobuf_bare(p, field << 3 | VARINT);
	protobuf_bare(p, value);
}

void
protobuf_i64(struct protobuf *p, unsigned field, int64_t value)
{
	protobuf_u64(p, field, (uint64_t)value);
}

void
protobuf_bytes(struct protobuf *p, unsigned field, const void *bytes, size_t n)
{
	protobuf_bare(p, field << 3 | LENGTH);
	protobuf_bare(p, n);
	append(p, bytes, n);
}

void
protobuf_message(struct protobuf *p, unsigned field, struct protobuf *inner)
{
	protobuf_bytes(p, field, inner->bytes, inner->n);
	inner->n = 0;
}
