/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds: UTF-8 in or out on one side, bytes of another kind on the other. Invalid input
 * becomes U+FFFD, one for each maximal part of a character, as the WHATWG decoder has it.
 * A UTF-8 character that a call cuts is kept in the state. text_utf16.c takes UTF-16.
 */
#include "encode/text_out.h"
#include "encode/widen.h"

/* Converts all ASCII characters that come first, as far as there is room. */
static void
put_ascii_run(struct io *io, enum out out)
{
	size_t n = io_left(io), room = out == OUT_UTF16 ? io_room(io) / 2 : io_room(io);

	n = codec()->ascii_run(io->src, n < room ? n : room);
	if (out == OUT_UTF16) {
		widen(io->dst, io->src, n, 0xff);
		io->dst += n;
	} else {
		memcpy(io->dst, io->src, n);
	}
	io->dst += n;
	io->src += n;
}

/* The length of a character that begins with this byte; 0: none does. */
static unsigned
utf8_length(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/*
 * Whether b may follow the bytes in acc. The second byte tells overlong forms, surrogates and points
 * above 0x10ffff.
 */
static bool
utf8_continues(const struct state *s, uint8_t b)
{
	uint8_t low = 0x80, high = 0xbf;

	if (s->count == 1) {
		low = s->acc == 0xe0 ? 0xa0 : s->acc == 0xf0 ? 0x90 : low;
		high = s->acc == 0xed ? 0x9f : s->acc == 0xf4 ? 0x8f : high;
	}
	return b >= low && b <= high;
}

static uint32_t
utf8_point(uint32_t bytes, unsigned n)
{
	uint32_t lead = bytes >> (8 * (n - 1)), c = lead & (0xffu >> (n + 1));

	for (unsigned i = n - 1; i-- > 0;)
		c = c << 6 | (bytes >> (8 * i) & 0x3f);
	return c;
}

/* Takes one byte that is not ASCII, or that follows a part of a character. */
static bool
utf8_take(struct state *s, struct io *io, enum out out)
{
	uint8_t b = *io->src;
	unsigned n = s->count == 0
			     ? utf8_length(b)
			     : utf8_length((uint8_t)(s->acc >> (8 * (s->count - 1))));

	if (s->count > 0 && !utf8_continues(s, b)) {
		if (!put(io, out, REPLACEMENT))
			return false;
		s->count = 0;
		s->acc = 0;
		return true;
	}
	if (n == 0) {
		if (!put(io, out, REPLACEMENT))
			return false;
	} else if (s->count + 1u == n) {
		if (!put(io, out, n == 1 ? b : utf8_point(s->acc << 8 | b, n)))
			return false;
		s->count = 0;
		s->acc = 0;
	} else {
		s->acc = s->acc << 8 | b;
		s->count++;
	}
	io->src++;
	return true;
}

static text_kernel *
utf8_kernel(enum out out)
{
	const struct codec_text *text = codec()->text;

	if (text == NULL)
		return NULL;
	return out == OUT_UTF8	  ? text->utf8_copy
	       : out == OUT_UTF16 ? text->utf8_to_utf16
				  : text->utf8_to_low;
}

text_kernel *
text_kernel_of(enum weir_codec id, bool decode)
{
	const struct codec_text *text = codec()->text;

	if (text == NULL || (id == WEIR_ASCII && !decode))
		return NULL;
	if (id == WEIR_UTF8)
		return text->utf8_copy;
	if (id == WEIR_UTF16LE)
		return decode ? text->utf8_to_utf16 : text->utf16_to_utf8;
	return decode ? text->utf8_to_low : text->latin1_to_utf8;
}

static enum weir_status
utf8_update(struct state *s, struct io *io, enum out out)
{
	const uint8_t *again = io->src;

	while (io->src < io->src_end) {
		if (s->count == 0 && io->src >= again) {
			again = run_kernel(io, utf8_kernel(out));
			if (io->src == io->src_end)
				break;
		}
		if (s->count == 0 && *io->src < 0x80)
			put_ascii_run(io, out);
		if (io->src < io->src_end && !utf8_take(s, io, out))
			return WEIR_NEED_OUTPUT;
	}
	return WEIR_OK;
}

static enum weir_status
latin1_update(struct io *io)
{
	const struct codec_text *text = codec()->text;

	if (text != NULL)
		run_kernel(io, text->latin1_to_utf8);
	while (io->src < io->src_end) {
		if (*io->src < 0x80)
			put_ascii_run(io, OUT_UTF8);
		if (io->src < io->src_end) {
			if (!put_utf8(io, *io->src))
				return WEIR_NEED_OUTPUT;
			io->src++;
		}
	}
	return WEIR_OK;
}

static enum weir_status
ascii_update(struct io *io)
{
	size_t left = io_left(io), room = io_room(io), n = left < room ? left : room,
	       i = 0;
	uint64_t words[4];

	for (; n - i >= sizeof(words); i += sizeof(words)) {
		memcpy(words, io->src + i, sizeof(words));
		for (size_t j = 0; j < 4; j++)
			words[j] &= 0x7f7f7f7f7f7f7f7f;
		memcpy(io->dst + i, words, sizeof(words));
	}
	for (; i < n; i++)
		io->dst[i] = io->src[i] & 0x7f;
	io->src += n;
	io->dst += n;
	return n == left ? WEIR_OK : WEIR_NEED_OUTPUT;
}

enum weir_status
text_encode_update(struct state *s, struct io *io)
{
	switch (s->codec) {
	case WEIR_UTF8:
		return utf8_update(s, io, OUT_UTF8);
	case WEIR_UTF16LE:
		return text_utf16_update(s, io);
	case WEIR_ASCII:
		return ascii_update(io);
	default:
		return latin1_update(io);
	}
}

enum weir_status
text_encode_final(struct state *s, struct io *io)
{
	bool part = s->codec == WEIR_UTF8 ? s->count > 0 : text_utf16_cut(s);

	if (part && !put_utf8(io, REPLACEMENT))
		return WEIR_NEED_OUTPUT;
	s->count = 0;
	return WEIR_OK;
}

static enum out
decode_out(const struct state *s)
{
	return s->codec == WEIR_UTF8	  ? OUT_UTF8
	       : s->codec == WEIR_UTF16LE ? OUT_UTF16
					  : OUT_LOW;
}

enum weir_status
text_decode_update(struct state *s, struct io *io)
{
	return utf8_update(s, io, decode_out(s));
}

enum weir_status
text_decode_final(struct state *s, struct io *io)
{
	if (s->count > 0 && !put(io, decode_out(s), REPLACEMENT))
		return WEIR_NEED_OUTPUT;
	s->count = 0;
	return WEIR_OK;
}

EXPORT size_t
weir_utf8_valid(const void *bytes, size_t n)
{
	const struct codec_text *text = codec()->text;
	const uint8_t *src = bytes;
	size_t at = text != NULL && n > 0 ? text->utf8_valid(src, n) : 0;

	while (at < n) {
		struct state s = {0};
		unsigned length = utf8_length(src[at]);

		if (length == 0 || n - at < length)
			break;
		while (s.count + 1u < length) {
			s.acc = s.acc << 8 | src[at + s.count];
			if (!utf8_continues(&s, src[at + ++s.count]))
				return at;
		}
		at += length;
		/* The kernel has stopped at a character that is not valid, or near the end. */
		if (src[at - length] < 0x80)
			at += codec()->ascii_run(src + at, n - at);
	}
	return at;
}
