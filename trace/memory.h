/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checked reads: a wrong address is an answer, not a crash. The decoders of a runtime's frames read
 * everything through here, since what they follow may be stale. Reads go by blocks that are kept for
 * the length of one decode. Not thread-safe: the owner of the struct has a lock or is alone.
 */
#ifndef TRACE_MEMORY_H
#define TRACE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMORY_BLOCK  512 /* divides a page: readable as a whole or not at all */
#define MEMORY_BLOCKS 128 /* kept at once */

struct memory {
	/* Reads n whole blocks into `to`; how many, from the first on, were readable. */
	size_t (*fetch)(void *context, const uint64_t *blocks, size_t n,
			uint8_t (*to)[MEMORY_BLOCK]);
	void *context;
	bool failed;	     /* sticky: some read since memory_begin found nothing */
	uint32_t generation; /* blocks of another one are stale */
	uint64_t fetched;    /* blocks, ever */
	uint64_t tags[MEMORY_BLOCKS];
	uint32_t ages[MEMORY_BLOCKS];
	uint8_t blocks[MEMORY_BLOCKS][MEMORY_BLOCK];
};

/* Without keeping anything: true if all n bytes of this process could be read. Any thread. */
bool memory_peek(uint64_t address, void *to, size_t n);

/* n pieces of `bytes` each, one after the other in `to`; how many, from the first on, could be. */
size_t memory_peek_many(const uint64_t *addresses, size_t n, size_t bytes, void *to);

/* Of this process. Check that it works: 0, or -errno where the system forbids such reads. */
int memory_of_self(struct memory *m);

/* Forgets all blocks and clears `failed`. */
void memory_begin(struct memory *m);

/* Has the blocks at these addresses read together; whatever fails will fail again when asked. */
void memory_expect(struct memory *m, const uint64_t *addresses, size_t n);

/* Copies; all zero and `failed` if any byte is unreadable. */
void memory_read(struct memory *m, uint64_t address, void *to, size_t n);

uint64_t memory_u64(struct memory *m, uint64_t address);
uint32_t memory_u32(struct memory *m, uint64_t address);
uint16_t memory_u16(struct memory *m, uint64_t address);

#endif
