/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hex over any tier: what lies between blocks, white space, and where the first wrong
 * character is.
 */
#include "encode/state.h"

enum weir_status
hex_encode_update(struct state *s, struct io *io)
{
	size_t left = io_left(io), n = io_room(io) / 2;
	const struct codec_tier *tier = codec();

	(void)s;
	n = n < left ? n : left;
	size_t done = tier->hex_encode(io->dst, io->src, n);
	codec_scalar.hex_encode(io->dst + 2 * done, io->src + done, n - done);
	io->src += n;
	io->dst += 2 * n;
	return n == left ? WEIR_OK : WEIR_NEED_OUTPUT;
}

static void
decode_pairs(struct io *io)
{
	size_t left = io_left(io) / 2, n = io_room(io);
	const struct codec_tier *tier = codec();

	n = n < left ? n : left;
	size_t done = tier->hex_decode(io->dst, io->src, n);
	done += codec_scalar.hex_decode(io->dst + done, io->src + 2 * done, n - done);
	io->src += 2 * done;
	io->dst += done;
}

enum weir_status
hex_decode_update(struct state *s, struct io *io)
{
	bool spaced = s->dialect == WEIR_WHATWG || s->dialect == WEIR_MIME;

	for (;;) {
		if (s->count == 0)
			decode_pairs(io);
		if (io->src == io->src_end)
			return WEIR_OK;
		uint8_t v = hex_values[*io->src];
		if (v > 15) {
			if (!spaced || !is_space(*io->src))
				return WEIR_INVALID;
		} else if (s->count == 0) {
			s->acc = v;
			s->count = 1;
		} else {
			if (io->dst == io->dst_end)
				return WEIR_NEED_OUTPUT;
			*io->dst++ = (uint8_t)(s->acc << 4 | v);
			s->count = 0;
		}
		io->src++;
	}
}

enum weir_status
hex_decode_final(struct state *s, struct io *io)
{
	(void)io;
	return s->count != 0 ? WEIR_TRUNCATED : WEIR_OK;
}
