/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much of protocol buffers' wire format as a profile takes: numbers, strings and messages within
 * messages, appended to a buffer that grows. Exits through tell_no_memory.
 */
#ifndef TOOLS_EXPORT_PROTOBUF_H
#define TOOLS_EXPORT_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

struct protobuf {
	unsigned char *bytes;
	size_t n, capacity;
};

void protobuf_free(struct protobuf *p);

/* Fields of value 0 are left out, as the format has it. */
void protobuf_u64(struct protobuf *p, unsigned field, uint64_t value);
void protobuf_i64(struct protobuf *p, unsigned field, int64_t value);

/* Also when empty: an element of a repeated field. */
void protobuf_bytes(struct protobuf *p, unsigned field, const void *bytes, size_t n);

/* A number of a packed repeated field goes into a buffer of its own, bare. */
void protobuf_bare(struct protobuf *p, uint64_t value);

/* `inner` as a message, which is emptied for the next. */
void protobuf_message(struct protobuf *p, unsigned field, struct protobuf *inner);

#endif
