/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How large an output gets (weir/encode.h). Exact sizes of decoding and of text are found by converting,
 * in pieces that stay in the first-level cache, by the same code: a second implementation that disagrees
 * would be a buffer overrun.
 */
#include "encode/state.h"

static size_t
times(size_t n, size_t factor)
{
	size_t product;

	return __builtin_mul_overflow(n, factor, &product) ? SIZE_MAX : product;
}

EXPORT size_t
weir_encoded_size(enum weir_codec codec, size_t n)
{
	size_t text;

	switch (codec) {
	case WEIR_HEX:
	case WEIR_LATIN1:
		return times(n, 2);
	case WEIR_BASE64:
		return times(n / 3 + (n % 3 != 0), 4);
	case WEIR_BASE64URL:
		text = times(n / 3, 4);
		return text > SIZE_MAX - 4 ? SIZE_MAX : text + n % 3 + (n % 3 != 0);
	case WEIR_ASCII:
		return n;
	case WEIR_UTF8:
		return times(n, 3);
	default:
		return times(n / 2, 3);
	}
}

EXPORT size_t
weir_decoded_max(enum weir_codec codec, size_t n)
{
	switch (codec) {
	case WEIR_HEX:
		return n / 2;
	case WEIR_BASE64:
	case WEIR_BASE64URL:
		return n / 4 * 3 + n % 4 * 3 / 4;
	case WEIR_UTF8:
		return times(n, 3);
	case WEIR_UTF16LE:
		return times(n, 2);
	default:
		return n;
	}
}

EXPORT size_t
weir_encoded_exact(enum weir_codec codec, const void *src, size_t n)
{
	const uint8_t *from = src;
	struct weir_stream s;
	struct weir_result r;
	char piece[4096];
	size_t total = 0;

	if (codec <= WEIR_BASE64URL || codec == WEIR_ASCII)
		return weir_encoded_size(codec, n);
	weir_encode_init(&s, codec);
	do {
		r = weir_encode_update(&s, piece, sizeof(piece), from, n);
		from = n > 0 ? from + r.read : from;
		n -= r.read;
		total += r.written;
	} while (r.status == WEIR_NEED_OUTPUT);
	return total + weir_encode_final(&s, piece, sizeof(piece)).written;
}

EXPORT size_t
weir_decoded_exact(enum weir_codec codec, enum weir_dialect dialect, const char *src,
		   size_t n)
{
	struct weir_stream s;
	struct weir_result r;
	char piece[4096];
	size_t total = 0;

	weir_decode_init(&s, codec, dialect);
	do {
		r = weir_decode_update(&s, piece, sizeof(piece), src, n);
		src = n > 0 ? src + r.read : src;
		n -= r.read;
		total += r.written;
	} while (r.status == WEIR_NEED_OUTPUT);
	return total + weir_decode_final(&s, piece, sizeof(piece)).written;
}
