/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call for all of it (weir/encode.h): a stream that is begun and ended at once. A stream writes only
 * whole groups; where the room ends within one, it is made in a buffer and cut.
 */
#include "encode/stream.h"

struct direction {
	enum weir_status (*update)(struct state *s, struct io *io);
	enum weir_status (*final)(struct state *s, struct io *io);
	bool decode;
};

static const struct direction encoding = {stream_encode, stream_encode_end, false};
static const struct direction decoding = {stream_decode, stream_decode_end, true};

/* Where the room ends, the output is cut to a multiple of this; 0: between characters only. */
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

/* From where io stands to the end. `src` and `dst` are where it began. */
static struct weir_result
finish(struct state *s, const struct direction *d, struct io *io, const uint8_t *src,
       const uint8_t *dst)
{
	struct weir_result r = {0};

	r.status = d->update(s, io);
	s->at = r.read = (size_t)(io->src - src);
	if (r.status == WEIR_OK)
		r.status = d->final(s, io);
	if (r.status == WEIR_NEED_OUTPUT) {
		size_t g = grain((enum weir_codec)s->codec, d->decode);

		if (g > 0 && io_room(io) >= g)
			fill_up(s, d, io, g);
	} else if (r.status != WEIR_OK) {
		r.error_at = s->at;
	}
	r.written = (size_t)(io->dst - dst);
	return r;
}

/* Arithmetic on NULL is undefined, even adding 0: an empty source or room may be given as NULL. */
static struct io
io_of(void *dst, size_t cap, const void *src, size_t n)
{
	struct io io = {.src = src, .dst = dst};

	io.src_end = n > 0 ? io.src + n : io.src;
	io.dst_end = cap > 0 ? io.dst + cap : io.dst;
	return io;
}

static struct weir_result
whole(struct state *s, const struct direction *d, void *dst, size_t cap, const void *src,
      size_t n)
{
	struct io io = io_of(dst, cap, src, n);

	return finish(s, d, &io, io.src, io.dst);
}

/* Text by its kernel, which is mostly all of it. */
static struct weir_result
convert_text(struct state *s, const struct direction *d, void *dst, size_t cap,
	     const void *src, size_t n)
{
	text_kernel *kernel = text_kernel_of((enum weir_codec)s->codec, d->decode);
	struct io io = io_of(dst, cap, src, n);

	if (n > 0 && kernel != NULL) {
		struct codec_text_run run = {io.src, io.src_end, io.dst, io.dst_end};

		kernel(&run);
		if (run.src == io.src_end)
			return (struct weir_result){
				.read = n, .written = (size_t)(run.dst - io.dst)};
		struct io rest = {run.src, io.src_end, run.dst, io.dst_end};
		return finish(s, d, &rest, io.src, io.dst);
	}
	return finish(s, d, &io, io.src, io.dst);
}

static struct weir_result
decode_text(enum weir_codec codec_id, void *dst, size_t cap, const void *src, size_t n)
{
	struct state s = {.codec = (uint8_t)codec_id};

	return convert_text(&s, &decoding, dst, cap, src, n);
}

static struct weir_result
encode_text(enum weir_codec codec_id, void *dst, size_t cap, const void *src, size_t n)
{
	struct state s = {.codec = (uint8_t)codec_id};

	return convert_text(&s, &encoding, dst, cap, src, n);
}

struct weir_result
whole_utf8_copy(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return decode_text(WEIR_UTF8, dst, cap, src, n);
}

struct weir_result
whole_utf8_to_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return decode_text(WEIR_UTF16LE, dst, cap, src, n);
}

struct weir_result
whole_utf8_to_low(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return decode_text(WEIR_LATIN1, dst, cap, src, n);
}

struct weir_result
whole_utf16_to_utf8(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return encode_text(WEIR_UTF16LE, dst, cap, src, n);
}

struct weir_result
whole_latin1_to_utf8(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return encode_text(WEIR_LATIN1, dst, cap, src, n);
}

/* As in weir_decode: nothing but a jump. */
static struct weir_result
encode_text_of(enum weir_codec codec_id, uint8_t *dst, size_t cap, const uint8_t *src,
	       size_t n)
{
	const struct codec_whole_text *text = &codec()->whole;

	if (codec_id == WEIR_UTF16LE)
		return text->utf16_to_utf8(dst, cap, src, n);
	if (codec_id == WEIR_LATIN1)
		return text->latin1_to_utf8(dst, cap, src, n);
	if (codec_id == WEIR_UTF8)
		return text->utf8_copy(dst, cap, src, n);
	return encode_text(codec_id, dst, cap, src, n);
}

static struct weir_result
decode_text_of(enum weir_codec codec_id, uint8_t *dst, size_t cap, const uint8_t *src,
	       size_t n)
{
	const struct codec_whole_text *text = &codec()->whole;

	if (codec_id == WEIR_UTF16LE)
		return text->utf8_to_utf16(dst, cap, src, n);
	if (codec_id == WEIR_UTF8)
		return text->utf8_copy(dst, cap, src, n);
	return text->utf8_to_low(dst, cap, src, n);
}

static __attribute__((noinline)) struct weir_result
encode_other(enum weir_codec codec_id, char *dst, size_t cap, const void *src, size_t n)
{
	struct state s = {.codec = (uint8_t)codec_id};

	if (codec_id == WEIR_HEX && n <= cap / 2) {
		size_t done = codec()->hex_encode((uint8_t *)dst, src, n);

		if (done < n)
			codec_scalar.hex_encode((uint8_t *)dst + 2 * done,
						(const uint8_t *)src + done, n - done);
		return (struct weir_result){.read = n, .written = 2 * n};
	}
	if (codec_id != WEIR_HEX && n < SIZE_MAX / 4 && (n + 2) / 3 * 4 <= cap)
		return codec()->base64_encode_all((uint8_t *)dst, src, n,
						  codec_id == WEIR_BASE64URL);
	return whole(&s, &encoding, dst, cap, src, n);
}

/* Nothing is set up before it is known what for: 64 bytes of base64 are 5 ns. */
EXPORT struct weir_result
weir_encode(enum weir_codec codec_id, char *dst, size_t cap, const void *src, size_t n)
{
	if (codec_id >= WEIR_LATIN1)
		return encode_text_of(codec_id, (uint8_t *)dst, cap, src, n);
	/* Room without a doubt, before it is worked out: two for one. */
	if (codec_id == WEIR_HEX || n < 4 || n > cap / 2)
		return encode_other(codec_id, dst, cap, src, n);
	return codec()->base64_encode_all((uint8_t *)dst, src, n,
					  codec_id == WEIR_BASE64URL);
}

/*
 * The bytes of a last group that is cut, with or without its padding, where that is how every
 * dialect has it. False: it takes a closer look.
 */
static inline bool
usual_end(const struct base64_run *run, const struct state *s, size_t left, size_t room)
{
	if (left == 0 && run->count == 0)
		return true;
	/* Padding ends the text, whatever comes then. A single character is dropped. */
	if (s->dialect == WEIR_NODE || s->dialect == WEIR_MIME)
		return (left == 0 || run->src[0] == '=') && room + 1 >= run->count;
	if (run->count < 2 || room < run->count - 1)
		return false;
	if (s->dialect == WEIR_RFC4648 &&
	    (left == 0 || (run->acc & (run->count == 2 ? 15 : 3)) != 0))
		return false;
	return left == 0 || (left == 4 - run->count && run->src[0] == '=' &&
			     run->src[left - 1] == '=');
}

static struct weir_result
decode_base64(const struct state *given, void *dst, size_t cap, const char *src, size_t n)
{
	struct io io = io_of(dst, cap, src, n);
	struct base64_run run = {
		.src = io.src,
		.src_end = io.src_end,
		.dst = io.dst,
		.dst_end = io.dst_end,
		.table = base64_table_of(given),
	};

	codec()->base64_decode(&run);
	/* Ends from io: with both from run, gcc 12 loads them as one, and waits for two stores. */
	size_t left = (size_t)(io.src_end - run.src),
	       room = (size_t)(io.dst_end - run.dst);
	if (usual_end(&run, given, left, room)) {
		if (run.count >= 2)
			*run.dst++ = (uint8_t)(run.acc >> (run.count == 2 ? 4 : 10));
		if (run.count == 3)
			*run.dst++ = (uint8_t)(run.acc >> 2);
		return (struct weir_result){.read = n,
					    .written = (size_t)(run.dst - io.dst)};
	}
	struct state s = *given;
	struct io rest = {run.src, io.src_end, run.dst, io.dst_end};
	s.acc = run.acc;
	s.count = (uint8_t)run.count;
	return finish(&s, &decoding, &rest, io.src, io.dst);
}

static __attribute__((noinline)) struct weir_result
decode_other(enum weir_codec codec_id, enum weir_dialect dialect, void *dst, size_t cap,
	     const char *src, size_t n)
{
	struct state s = {.codec = (uint8_t)codec_id, .dialect = (uint8_t)dialect};

	if (codec_id != WEIR_HEX)
		return decode_base64(&s, dst, cap, src, n);
	if (n % 2 == 0 && n / 2 <= cap &&
	    codec()->hex_decode(dst, (const uint8_t *)src, n / 2) == n / 2)
		return (struct weir_result){.read = n, .written = n / 2};
	return whole(&s, &decoding, dst, cap, src, n);
}

EXPORT struct weir_result
weir_decode(enum weir_codec codec_id, enum weir_dialect dialect, void *dst, size_t cap,
	    const char *src, size_t n)
{
	if (codec_id >= WEIR_LATIN1)
		return decode_text_of(codec_id, dst, cap, (const uint8_t *)src, n);
	return decode_other(codec_id, dialect, dst, cap, src, n);
}
