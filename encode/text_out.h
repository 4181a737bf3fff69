/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What text.c and text_utf16.c share: writing one character, and handing a run of text to a kernel of
 * the tier in use. Nobody else includes it.
 */
#ifndef ENCODE_TEXT_OUT_H
#define ENCODE_TEXT_OUT_H

#include "encode/state.h"

#define REPLACEMENT 0xfffd

enum out { OUT_UTF8, OUT_LOW /* the low byte of each UTF-16 unit */, OUT_UTF16 };

static inline bool
put_utf8(struct io *io, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	if (io_room(io) < n)
		return false;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		io->dst[i] = (uint8_t)(0x80 | (c & 0x3f));
	io->dst[0] = (uint8_t)(lead[n] | c);
	io->dst += n;
	return true;
}

/* As one or two UTF-16 units, of which `width` bytes each are written. */
static inline bool
put_units(struct io *io, uint32_t c, size_t width)
{
	uint32_t units[2] = {c, 0};
	size_t n = 1;

	if (c >= 0x10000) {
		units[0] = 0xd800 + ((c - 0x10000) >> 10);
		units[1] = 0xdc00 + (c & 0x3ff);
		n = 2;
	}
	if (io_room(io) < n * width)
		return false;
	for (size_t i = 0; i < n; i++) {
		*io->dst++ = (uint8_t)units[i];
		if (width == 2)
			*io->dst++ = (uint8_t)(units[i] >> 8);
	}
	return true;
}

static inline bool
put(struct io *io, enum out out, uint32_t c)
{
	return out == OUT_UTF8 ? put_utf8(io, c)
			       : put_units(io, c, out == OUT_LOW ? 1 : 2);
}

/* Converts as far as the tier's kernel goes. Returns the place from which to try the kernel again. */
static inline const uint8_t *
run_kernel(struct io *io, text_kernel *kernel)
{
	struct codec_text_run run = {io->src, io->src_end, io->dst, io->dst_end};

	if (kernel == NULL)
		return io->src_end;
	kernel(&run);
	bool came_far = run.src - io->src >= CODEC_TEXT_MIN;
	io->src = run.src;
	io->dst = run.dst;
	if (came_far)
		return io->src;
	/* Where invalid text stops it often, it is not tried for each piece. */
	return io_left(io) < CODEC_TEXT_MIN ? io->src_end : io->src + CODEC_TEXT_MIN;
}

/* text_utf16.c: UTF-16 to UTF-8. At the end, has half a surrogate pair come in? */
enum weir_status text_utf16_update(struct state *s, struct io *io);
bool text_utf16_cut(const struct state *s);

#endif
