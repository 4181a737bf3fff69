/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 in lines of one length, as most text is that is not clean: each line is expected to be as long
 * as the one before. The guess is checked by a branch, which the processor predicts, so that it need not
 * wait for the end of a line to be found. For the tiers; `block` decodes `width` clean characters and
 * writes nothing else, or returns false.
 */
#ifndef ENCODE_REGULAR_H
#define ENCODE_REGULAR_H

#include <string.h>

#include "encode/codec.h"

/* The longest line, and what may lie between two. */
#define REGULAR_LINE 1024
#define REGULAR_GAP  16

typedef bool regular_block(uint8_t *dst, const uint8_t *src, const void *tables);

static inline size_t
regular_gap(const struct base64_run *run, const uint8_t *at)
{
	size_t n = 0;

	while (n < REGULAR_GAP && at + n < run->src_end &&
	       run->table->value[at[n]] == BASE64_SKIP)
		n++;
	return n;
}

/* Lines of so many columns, each with its gap behind it, as long as they last. */
static inline __attribute__((always_inline)) void
regular_lines(struct base64_run *run, size_t columns, size_t gap, size_t width,
	      regular_block *block, const void *tables)
{
	const uint8_t *src = run->src, *value = run->table->value;
	size_t bytes = columns / 4 * 3, last = bytes - width / 4 * 3;
	uint8_t *dst = run->dst;

	for (;; src += columns + gap, dst += bytes) {
		uint32_t skips = BASE64_SKIP;

		if ((size_t)(run->src_end - src) < columns + gap ||
		    (size_t)(run->dst_end - dst) < bytes)
			break;
		for (size_t i = 0; i < gap; i++)
			if (value[src[columns + i]] != BASE64_SKIP)
				skips = 0;
		if (skips == 0)
			break;
		/* All but the end of a line, then its end, overlapped. */
		bool good = true;
		for (size_t i = 0; good && i + width < columns; i += width)
			good = block(dst + i / 4 * 3, src + i, tables);
		if (!good || !block(dst + last, src + columns - width, tables))
			break;
	}
	run->src = src;
	run->dst = dst;
}

/*
 * run->src + at is a character to skip, all before it are clean, and no group is begun. Takes
 * the lines that begin behind it if their length looks regular. False: nothing came of it,
 * though run may have moved on.
 */
static inline __attribute__((always_inline)) bool
regular_try(struct base64_run *run, size_t at, size_t width, regular_block *block,
	    const void *tables)
{
	const uint8_t *end = run->src + at, *line, *next;
	size_t gap = regular_gap(run, end), look;

	if (at % 4 != 0 || gap == 0)
		return false;
	line = end + gap;
	look = (size_t)(run->src_end - line);
	next = memchr(line, *end, look < REGULAR_LINE ? look : REGULAR_LINE);
	if (next == NULL || (next - line) % 4 != 0 || (size_t)(next - line) < width ||
	    (size_t)(run->dst_end - run->dst) < at / 4 * 3)
		return false;
	if (at > 0) {
		struct base64_run head = *run;

		head.src_end = end;
		codec_scalar.base64_decode(&head);
		run->dst = head.dst;
	}
	run->src = line;
	regular_lines(run, (size_t)(next - line), gap, width, block, tables);
	return run->src != line;
}

#endif
