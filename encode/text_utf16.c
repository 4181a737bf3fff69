/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-16 to UTF-8, for text.c. A unit or a surrogate pair that a call cuts is kept in the state; a
 * surrogate without its other half becomes U+FFFD.
 */
#include "encode/text_out.h"

/* Bits of state.count. acc: the surrogate above, the odd byte below. */
#define HAS_ODD	 1
#define HAS_HIGH 2

static bool
utf16_take_unit(struct state *s, struct io *io, uint32_t unit)
{
	uint32_t high = s->acc >> 8;

	if (s->count & HAS_HIGH) {
		bool pair = (unit & 0xfc00) == 0xdc00;
		uint32_t c = pair ? 0x10000 + ((high & 0x3ff) << 10 | (unit & 0x3ff))
				  : REPLACEMENT;

		if (!put_utf8(io, c))
			return false;
		s->count &= (uint8_t)~HAS_HIGH;
		s->acc &= 0xff;
		if (pair)
			return true;
	}
	if ((unit & 0xfc00) == 0xd800) {
		s->acc |= unit << 8;
		s->count |= HAS_HIGH;
		return true;
	}
	return put_utf8(io, (unit & 0xfc00) == 0xdc00 ? REPLACEMENT : unit);
}

static void
utf16_ascii_run(struct io *io)
{
	size_t n = io_left(io) / 2, room = io_room(io), i = 0;
	uint64_t units;

	n = n < room ? n : room;
	for (; n - i >= 4; i += 4) {
		memcpy(&units, io->src + 2 * i, sizeof(units));
		if (units & 0xff80ff80ff80ff80)
			break;
		for (size_t j = 0; j < 4; j++)
			io->dst[i + j] = (uint8_t)(units >> (16 * j));
	}
	io->src += 2 * i;
	io->dst += i;
}

enum weir_status
text_utf16_update(struct state *s, struct io *io)
{
	const struct codec_text *text = codec()->text;
	const uint8_t *again = io->src;

	while (io->src < io->src_end) {
		if (s->count == 0 && io->src >= again)
			again = run_kernel(io, text != NULL ? text->utf16_to_utf8 : NULL);
		if (s->count == 0)
			utf16_ascii_run(io);
		if (s->count & HAS_ODD) {
			uint8_t odd = (uint8_t)s->acc;

			if (!utf16_take_unit(s, io, (uint32_t)*io->src << 8 | odd))
				return WEIR_NEED_OUTPUT;
			io->src++;
			s->acc &= ~0xffu;
			s->count &= (uint8_t)~HAS_ODD;
		} else if (io_left(io) >= 2) {
			if (!utf16_take_unit(s, io,
					     (uint32_t)io->src[1] << 8 | io->src[0]))
				return WEIR_NEED_OUTPUT;
			io->src += 2;
		} else if (io_left(io) == 1) {
			s->acc |= *io->src++;
			s->count |= HAS_ODD;
		}
	}
	return WEIR_OK;
}

bool
text_utf16_cut(const struct state *s)
{
	return s->count & HAS_HIGH;
}
