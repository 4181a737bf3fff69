/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text kernels of all tiers do to a run, whatever their registers. See struct codec_text.
 */
#ifndef ENCODE_TEXT_RUN_H
#define ENCODE_TEXT_RUN_H

#include <string.h>

#include "encode/codec.h"

/* Checked, then converted, while it is in the first cache. */
#define TEXT_PIECE 4096

/* So much is left of the source and of the room: what is written too much will be overwritten. */
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

/* As much as a copy may take. */
static inline size_t
text_both(const struct codec_text_run *run)
{
	size_t left = (size_t)(run->src_end - run->src);
	size_t room = (size_t)(run->dst_end - run->dst);

	return left < room ? left : room;
}

static inline void
text_copy(struct codec_text_run *run, size_t n)
{
	memcpy(run->dst, run->src, n);
	run->src += n;
	run->dst += n;
}

/* Past what is left of a character whose first byte has been taken; before `end` all is valid. */
static inline void
text_skip(struct codec_text_run *run, const uint8_t *end)
{
	while (run->src < end && (*run->src & 0xc0) == 0x80)
		run->src++;
}

#endif
