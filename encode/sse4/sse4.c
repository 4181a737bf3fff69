/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tier for processors with SSSE3 and SSE4.1 but not AVX2. Blocks of 16 bytes; what is left
 * is the scalar tier's.
 */
#include "encode/sse4/sse4.h"

#include "encode/lanes/copy_lanes.h"

#if ENCODE_SSE4

static size_t
hex_encode(uint8_t *dst, const uint8_t *src, size_t n)
{
	const __m128i digits = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8',
					     '9', 'a', 'b', 'c', 'd', 'e', 'f');
	const __m128i nibble = _mm_set1_epi8(15);
	size_t i = 0;

	while (n - i >= 16) {
		__m128i v = load(src + i);
		__m128i high = _mm_and_si128(_mm_srli_epi16(v, 4), nibble);
		__m128i low = _mm_and_si128(v, nibble);

		high = _mm_shuffle_epi8(digits, high);
		low = _mm_shuffle_epi8(digits, low);
		store(dst + 2 * i, _mm_unpacklo_epi8(high, low));
		store(dst + 2 * i + 16, _mm_unpackhi_epi8(high, low));
		i += 16;
		if (n - i > 0 && n - i < 16)
			i = n - 16;
	}
	return i;
}

/* 16 digits to eight values in words; the top bit of a byte of *bad: it is no digit. */
static inline __m128i
hex_values_of(__m128i v, __m128i *bad)
{
	__m128i digit = _mm_subs_epu8(_mm_add_epi8(v, _mm_set1_epi8((char)(255 - '9'))),
				      _mm_set1_epi8(6));
	__m128i letter = _mm_sub_epi8(_mm_and_si128(v, _mm_set1_epi8((char)0xdf)),
				      _mm_set1_epi8('A'));

	v = _mm_min_epu8(_mm_sub_epi8(digit, _mm_set1_epi8((char)0xf0)),
			 _mm_adds_epu8(letter, _mm_set1_epi8(10)));
	*bad = _mm_or_si128(*bad, _mm_adds_epu8(v, _mm_set1_epi8(112)));
	return _mm_maddubs_epi16(v, _mm_set1_epi16(0x0110));
}

static size_t
hex_decode(uint8_t *dst, const uint8_t *src, size_t pairs)
{
	size_t i = 0;

	while (pairs - i >= 16) {
		__m128i bad = _mm_setzero_si128();
		__m128i a = hex_values_of(load(src + 2 * i), &bad);
		__m128i b = hex_values_of(load(src + 2 * i + 16), &bad);

		if (_mm_movemask_epi8(bad) != 0)
			break;
		store(dst + i, _mm_packus_epi16(a, b));
		i += 16;
		if (pairs - i > 0 && pairs - i < 16)
			i = pairs - 16;
	}
	return i;
}

static size_t
ascii_run(const uint8_t *src, size_t n)
{
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		int above = _mm_movemask_epi8(load(src + i));

		if (above != 0)
			return i + (size_t)__builtin_ctz((unsigned)above);
	}
	return i + codec_scalar.ascii_run(src + i, n - i);
}

static void
copy(uint8_t *dst, const uint8_t *src, size_t n)
{
	copy_lanes(dst, src, n);
}

static void
copy_stream(uint8_t *dst, const uint8_t *src, size_t n)
{
	size_t i = 16 - ((uintptr_t)dst & 15);

	store(dst, load(src));
	for (; n - i >= 16; i += 16)
		_mm_stream_si128((void *)(dst + i), load(src + i));
	_mm_sfence();
	store(dst + n - 16, load(src + n - 16));
}

static size_t
find_pair(const uint8_t *bytes, size_t n, const struct codec_pair *pair)
{
	const __m128i first = _mm_set1_epi8((char)pair->first);
	const __m128i second = _mm_set1_epi8((char)pair->second);
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		__m128i a = _mm_cmpeq_epi8(load(bytes + i), first);
		__m128i b = _mm_cmpeq_epi8(load(bytes + i + pair->distance), second);
		int found = _mm_movemask_epi8(_mm_and_si128(a, b));

		if (found != 0)
			return i + (size_t)__builtin_ctz((unsigned)found);
	}
	return i + codec_scalar.find_pair(bytes + i, n - i, pair);
}

static const struct codec_tier tier = {
	.name = "sse4",
	.hex_encode = hex_encode,
	.base64_encode = sse4_base64_encode,
	.base64_encode_all = base64_encode_groups,
	.base64_encode_lines = sse4_base64_encode_lines,
	.hex_decode = hex_decode,
	.base64_decode = sse4_base64_decode,
	.ascii_run = ascii_run,
	.copy = copy,
	.copy_stream = copy_stream,
	.find_pair = find_pair,
	.text = &sse4_text,
	.whole = CODEC_WHOLE_TEXT,
	.widen = codec_widen,
	.narrow = codec_narrow,
};
const struct codec_tier *const codec_sse4 = &tier;

#else

const struct codec_tier *const codec_sse4 = NULL;

#endif
