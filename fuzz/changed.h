/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A valid sidecar with changes, for the targets that read sidecars: so that a few bytes of input reach
 * deep. The input is 4 bytes for the file's length (0: all of it), then 12 for each change, 4 of them
 * the index of an 8-byte word and 8 its new value; indices and length are taken modulo the file's.
 */
#ifndef FUZZ_CHANGED_H
#define FUZZ_CHANGED_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline void
changed_words(uint64_t *words, size_t n, const uint8_t *data, size_t size)
{
	uint32_t index;

	for (size_t at = 0; size - at >= 12; at += 12) {
		memcpy(&index, data + at, sizeof(index));
		memcpy(&words[index % n], data + at + 4, 8);
	}
}

/* What is parsed lies in a block of its own length, so that reading past it is seen. */
static inline void
changed_parse(const void *valid, size_t n, const uint8_t *data, size_t size,
	      void (*parse)(const void *bytes, size_t n))
{
	uint32_t length;
	uint64_t *copy;

	if (size < sizeof(length))
		return;
	copy = malloc(n);
	memcpy(copy, valid, n);
	memcpy(&length, data, sizeof(length));
	changed_words(copy, n / 8, data + sizeof(length), size - sizeof(length));
	n = length == 0 ? n : length % (n + 1);
	copy = realloc(copy, n > 0 ? n : 1);
	parse(copy, n);
	free(copy);
}

#endif
