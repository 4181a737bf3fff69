/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call for all of it (weir/encode.h): a stream that is begun and ended at once. What a
 * stream would not write, a part of a group, is cut off a group made on the side.
 */
#include "encode/stream.h"

struct direction {
	enum weir_status (*update)(struct state *s, struct io *io);
	enum weir_status (*final)(struct state *s, struct io *io);
};

static const struct direction encoding = {stream_encode, stream_encode_end};
static const struct direction decoding = {stream_decode, stream_decode_end};

/* What the output may be cut to a multiple of; 0: it may not. */
static size_t
grain(enum weir_codec codec, bool decode)
{
	if (codec <= WEIR_BASE64URL)
		return 1;
	if (!decode || codec == WEIR_UTF8)
		return 0;
	return codec == WEIR_UTF16LE ? 2 : 1;
}

static void
fill_up(const struct state *state, const struct direction *d, struct io *io, size_t grain)
{
	struct state s = *state;
	uint8_t group[16];
	struct io side = {io->src, io->src_end, group, group + sizeof(group)};

	if (d->update(&s, &side) == WEIR_OK)
		d->final(&s, &side);
	size_t room = io_room(io) / grain * grain, n = (size_t)(side.dst - group);
	n = n < room ? n : room;
	memcpy(io->dst, group, n);
	io->dst += n;
}

static struct weir_result
whole(struct state *s, const struct direction *d, void *dst, size_t cap, const void *src,
      size_t n)
{
	struct io io = {.src = src, .dst = dst};
	struct weir_result r = {0};

	io.src_end = n > 0 ? io.src + n : io.src;
	io.dst_end = cap > 0 ? io.dst + cap : io.dst;
	r.status = d->update(s, &io);
	r.read = n > 0 ? (size_t)(io.src - (const uint8_t *)src) : 0;
	s->at = r.read;
	if (r.status == WEIR_OK)
		r.status = d->final(s, &io);
	if (r.status == WEIR_NEED_OUTPUT) {
		size_t g = grain((enum weir_codec)s->codec, d == &decoding);

		if (g > 0 && io_room(&io) >= g)
			fill_up(s, d, &io, g);
	} else if (r.status != WEIR_OK) {
		r.error_at = s->at;
	}
	r.written = cap > 0 ? (size_t)(io.dst - (uint8_t *)dst) : 0;
	return r;
}

EXPORT struct weir_result
weir_encode(enum weir_codec codec, char *dst, size_t cap, const void *src, size_t n)
{
	struct state s = {.codec = (uint8_t)codec};

	return whole(&s, &encoding, dst, cap, src, n);
}

EXPORT struct weir_result
weir_decode(enum weir_codec codec, enum weir_dialect dialect, void *dst, size_t cap,
	    const char *src, size_t n)
{
	struct state s = {.codec = (uint8_t)codec, .dialect = (uint8_t)dialect};

	return whole(&s, &decoding, dst, cap, src, n);
}
