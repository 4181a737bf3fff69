/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text kernels of all tiers do to a run, whatever their registers. See struct codec_text.
 */
#ifndef ENCODE_TEXT_RUN_H
#define ENCODE_TEXT_RUN_H

#include <string.h>

#include "encode/codec.h"

/* Text is first checked, then converted, in pieces that stay in the first-level cache meanwhile. */
#define TEXT_PIECE 4096

/* Are there so many bytes of source and of room left? Then as many may be written too much. */
static inline bool
text_ahead(const struct codec_text_run *run, ptrdiff_t bytes)
{
	return run->src_end - run->src >= bytes && run->dst_end - run->dst >= bytes;
}

static inline size_t
text_piece(const struct codec_text_run *run)
{
	size_t left = (size_t)(run->src_end - run->src);

	return left < TEXT_PIECE ? left : TEXT_PIECE;
}

/* The lesser of what is left of the source and of the room: what a copy may take. */
static inline size_t
text_both(const struct codec_text_run *run)
{
	size_t left = (size_t)(run->src_end - run->src);
	size_t room = (size_t)(run->dst_end - run->dst);

	return left < room ? left : room;
}

/* The same in characters of ASCII that become units of `width` bytes. */
static inline size_t
text_both_of(const struct codec_text_run *run, size_t width)
{
	size_t left = (size_t)(run->src_end - run->src);
	size_t room = (size_t)(run->dst_end - run->dst) / width;

	return left < room ? left : room;
}

static inline void
text_copy(struct codec_text_run *run, size_t n)
{
	memcpy(run->dst, run->src, n);
	run->src += n;
	run->dst += n;
}

/* Skips the rest of a character whose first byte has been converted; all before `end` is valid. */
static inline void
text_skip(struct codec_text_run *run, const uint8_t *end)
{
	while (run->src < end && (*run->src & 0xc0) == 0x80)
		run->src++;
}

#endif
