/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checked reads: a wrong address is an answer, not a crash. The decoders of a runtime's frames read
 * everything through here, since what they follow may be stale. Reads go by blocks that are kept for
 * the length of one decode. Not thread-safe: the owner of the struct has a lock or is alone.
 */
#ifndef TRACE_CHECKED_H
#define TRACE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECKED_BLOCK	512 /* divides a page: readable as a whole or not at all */
#define CHECKED_BLOCKS	128 /* kept at once */
#define CHECKED_AT_ONCE 16  /* read together */

struct checked {
	/* Reads n whole blocks into `to`; how many, from the first on, were readable. */
	size_t (*fetch)(void *context, const uint64_t *blocks, size_t n,
			uint8_t (*to)[CHECKED_BLOCK]);
	void *context;
	bool failed;	     /* sticky: some read since checked_begin found nothing */
	uint32_t generation; /* blocks of another one are stale */
	uint64_t fetched;    /* blocks, ever */
	uint64_t tags[CHECKED_BLOCKS];
	uint32_t ages[CHECKED_BLOCKS];
	uint8_t blocks[CHECKED_BLOCKS][CHECKED_BLOCK];
	uint8_t ahead[CHECKED_AT_ONCE][CHECKED_BLOCK]; /* on their way into blocks */
};

/* Whether this page of this process can be read now. Any thread; about 0.2 us. */
bool checked_readable(uint64_t address);

/* Without keeping anything: true if all n bytes of this process could be read. Any thread. */
bool checked_peek(uint64_t address, void *to, size_t n);

/* n pieces of `bytes` each, one after the other in `to`; how many, from the first on, could be. */
size_t checked_peek_many(const uint64_t *addresses, size_t n, size_t bytes, void *to);

/* Of this process. Check that it works: 0, or -errno where the system forbids such reads. */
int checked_of_self(struct checked *m);

/* Forgets all blocks and clears `failed`. */
void checked_begin(struct checked *m);

/* Has the blocks at these addresses read together; whatever fails will fail again when asked. */
void checked_expect(struct checked *m, const uint64_t *addresses, size_t n);

/* Copies; all zero and `failed` if any byte is unreadable. */
void checked_read(struct checked *m, uint64_t address, void *to, size_t n);

uint64_t checked_u64(struct checked *m, uint64_t address);
uint32_t checked_u32(struct checked *m, uint64_t address);
uint16_t checked_u16(struct checked *m, uint64_t address);

#endif
