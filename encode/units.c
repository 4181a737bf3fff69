/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text as UTF-16 units (weir/encode.h), made of the functions for bytes: hex and base64, whose text is
 * ASCII, a piece at a time through a small buffer, the other codecs by the one that has units as bytes.
 */
#include "encode/state.h"
#include "encode/widen.h"

#define PIECE 2048

void
codec_widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask)
{
	widen(dst, src, n, mask);
}

void
codec_narrow(uint8_t *dst, const uint8_t *src, size_t n, bool cut)
{
	narrow(dst, src, n, cut);
}

static struct weir_result
widened(uint16_t *dst, size_t cap, const uint8_t *src, size_t n, uint8_t mask)
{
	size_t all = n < cap ? n : cap;

	codec()->widen((uint8_t *)dst, src, all, mask);
	return (struct weir_result){
		.read = all,
		.written = all,
		.status = n <= cap ? WEIR_OK : WEIR_NEED_OUTPUT,
	};
}

static struct weir_result
narrowed(uint8_t *dst, size_t cap, const uint16_t *src, size_t n)
{
	size_t all = n < cap ? n : cap;

	codec()->narrow(dst, (const uint8_t *)src, all, true);
	return (struct weir_result){
		.read = all,
		.written = all,
		.status = n <= cap ? WEIR_OK : WEIR_NEED_OUTPUT,
	};
}

/* HEX and base64: their text is ASCII. */
static __attribute__((noinline)) struct weir_result
encode_ascii(enum weir_codec codec_id, uint16_t *dst, size_t cap, const uint8_t *src,
	     size_t n)
{
	/* Whole groups, whose text fits even as hex. */
	enum { BYTES = PIECE / 2 / 3 * 3 };
	struct weir_result total = {0}, r;
	char piece[PIECE];

	do {
		size_t take = n - total.read < BYTES ? n - total.read : BYTES;
		size_t room = cap - total.written;

		r = weir_encode(codec_id, piece, room < PIECE ? room : PIECE,
				n > 0 ? src + total.read : src, take);
		if (r.written > 0)
			codec()->widen((uint8_t *)(dst + total.written),
				       (const uint8_t *)piece, r.written, 0xff);
		total.read += r.read;
		total.written += r.written;
	} while (r.status == WEIR_OK && total.read < n);
	total.status = r.status;
	return total;
}

EXPORT struct weir_result
weir_encode_utf16(enum weir_codec codec_id, uint16_t *dst, size_t cap, const void *src,
		  size_t n)
{
	struct weir_result r;

	switch (codec_id) {
	case WEIR_LATIN1:
		return widened(dst, cap, src, n, 0xff);
	case WEIR_ASCII:
		return widened(dst, cap, src, n, 0x7f);
	case WEIR_UTF8:
		r = weir_decode(WEIR_UTF16LE, WEIR_NODE, dst,
				cap > SIZE_MAX / 2 ? SIZE_MAX - 1 : 2 * cap, src, n);
		r.written /= 2;
		return r;
	case WEIR_UTF16LE:
		r = (struct weir_result){.read = n & ~(size_t)1};
		if (n / 2 > cap) {
			r.read = 2 * cap;
			r.status = WEIR_NEED_OUTPUT;
		}
		r.written = r.read / 2;
		if (r.read > 0)
			memcpy(dst, src, r.read);
		return r;
	default:
		return encode_ascii(codec_id, dst, cap, src, n);
	}
}

static __attribute__((noinline)) struct weir_result
decode_ascii(enum weir_codec codec_id, enum weir_dialect dialect, uint8_t *dst,
	     size_t cap, const uint16_t *src, size_t n)
{
	struct weir_result total = {0}, r = {0};
	struct weir_stream s;
	uint8_t piece[PIECE];

	weir_decode_init(&s, codec_id, dialect);
	while (total.read < n && r.status == WEIR_OK) {
		size_t take = n - total.read < PIECE ? n - total.read : PIECE;

		codec()->narrow(piece, (const uint8_t *)(src + total.read), take,
				dialect == WEIR_NODE);
		r = weir_decode_update(&s, cap > 0 ? dst + total.written : dst,
				       cap - total.written, (const char *)piece, take);
		total.read += r.read;
		total.written += r.written;
	}
	if (r.status == WEIR_OK) {
		r = weir_decode_final(&s, cap > 0 ? dst + total.written : dst,
				      cap - total.written);
		total.written += r.written;
	}
	total.status = r.status;
	total.error_at = r.error_at;
	if (r.status != WEIR_NEED_OUTPUT || total.written == cap)
		return total;
	/* Less than a group of room: make one on the side, as weir_encode does. */
	uint8_t group[WEIR_STREAM_ROOM];
	size_t take = n - total.read < PIECE ? n - total.read : PIECE;
	size_t room = cap - total.written;

	codec()->narrow(piece, (const uint8_t *)(src + total.read), take,
			dialect == WEIR_NODE);
	r = weir_decode_update(&s, group, sizeof(group), (const char *)piece, take);
	if (r.status == WEIR_OK && take == n - total.read)
		r.written += weir_decode_final(&s, group + r.written,
					       sizeof(group) - r.written)
				     .written;
	room = room < r.written ? room : r.written;
	memcpy(dst + total.written, group, room);
	total.written += room;
	return total;
}

EXPORT struct weir_result
weir_decode_utf16(enum weir_codec codec_id, enum weir_dialect dialect, void *dst,
		  size_t cap, const uint16_t *src, size_t n)
{
	struct weir_result r = {0};

	switch (codec_id) {
	case WEIR_LATIN1:
	case WEIR_ASCII:
		return narrowed(dst, cap, src, n);
	case WEIR_UTF8:
		r = weir_encode(WEIR_UTF16LE, dst, cap, src, 2 * n);
		r.read /= 2;
		return r;
	case WEIR_UTF16LE:
		r.read = n < cap / 2 ? n : cap / 2;
		r.status = r.read < n ? WEIR_NEED_OUTPUT : WEIR_OK;
		r.written = 2 * r.read;
		if (r.read > 0)
			memcpy(dst, src, r.written);
		return r;
	default:
		return decode_ascii(codec_id, dialect, dst, cap, src, n);
	}
}
