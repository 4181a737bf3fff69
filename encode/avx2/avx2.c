/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The AVX2 tier: blocks of 32 bytes, the rest is left to the scalar tier. Every kernel ends with an
 * explicit _mm256_zeroupper: gcc 12 leaves it out before a tail call.
 */
#include "encode/avx2/avx2_text.h"

#if ENCODE_AVX2

static inline void
hex_block(const uint8_t *src, __m256i out[2])
{
	const __m256i digits = _mm256_broadcastsi128_si256(
		_mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b',
			      'c', 'd', 'e', 'f'));
	const __m256i nibble = _mm256_set1_epi8(15);
	__m256i v = _mm256_permute4x64_epi64(load(src), 0xd8);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);
	__m256i low = _mm256_and_si256(v, nibble);

	high = _mm256_shuffle_epi8(digits, high);
	low = _mm256_shuffle_epi8(digits, low);
	out[0] = _mm256_unpacklo_epi8(high, low);
	out[1] = _mm256_unpackhi_epi8(high, low);
}

static size_t
hex_encode(uint8_t *dst, const uint8_t *src, size_t n)
{
	__m256i v[2];
	size_t i = 0;

	if (2 * n >= codec_stream_bytes && n >= 32 && ((uintptr_t)dst & 1) == 0) {
		hex_block(src, v);
		store(dst, v[0]);
		store(dst + 32, v[1]);
		i = (64 - ((uintptr_t)dst & 63)) / 2;
		for (; n - i >= 32; i += 32) {
			hex_block(src + i, v);
			_mm256_stream_si256((void *)(dst + 2 * i), v[0]);
			_mm256_stream_si256((void *)(dst + 2 * i + 32), v[1]);
		}
		_mm_sfence();
	}
	while (n - i >= 32) {
		hex_block(src + i, v);
		store(dst + 2 * i, v[0]);
		store(dst + 2 * i + 32, v[1]);
		i += 32;
		if (n - i > 0 && n - i < 32)
			i = n - 32;
	}
	_mm256_zeroupper();
	return i;
}

/* 32 digits to 16 values in words; a byte of *bad has its top bit set where there is no digit. */
static inline __m256i
hex_values_of(__m256i v, __m256i *bad)
{
	__m256i digit =
		_mm256_subs_epu8(_mm256_add_epi8(v, _mm256_set1_epi8((char)(255 - '9'))),
				 _mm256_set1_epi8(6));
	__m256i letter = _mm256_sub_epi8(
		_mm256_and_si256(v, _mm256_set1_epi8((char)0xdf)), _mm256_set1_epi8('A'));

	v = _mm256_min_epu8(_mm256_sub_epi8(digit, _mm256_set1_epi8((char)0xf0)),
			    _mm256_adds_epu8(letter, _mm256_set1_epi8(10)));
	*bad = _mm256_or_si256(*bad, _mm256_adds_epu8(v, _mm256_set1_epi8(112)));
	return _mm256_maddubs_epi16(v, _mm256_set1_epi16(0x0110));
}

static size_t
hex_decode(uint8_t *dst, const uint8_t *src, size_t pairs)
{
	size_t i = 0;

	while (pairs - i >= 32) {
		__m256i bad = _mm256_setzero_si256();
		__m256i a = hex_values_of(load(src + 2 * i), &bad);
		__m256i b = hex_values_of(load(src + 2 * i + 32), &bad);

		if (_mm256_movemask_epi8(bad) != 0)
			break;
		store(dst + i, _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xd8));
		i += 32;
		if (pairs - i > 0 && pairs - i < 32)
			i = pairs - 32;
	}
	_mm256_zeroupper();
	return i;
}

static size_t
ascii_run(const uint8_t *src, size_t n)
{
	size_t i = 0;

	for (; n - i >= 32; i += 32) {
		unsigned above = (unsigned)_mm256_movemask_epi8(load(src + i));

		if (above != 0) {
			_mm256_zeroupper();
			return i + (size_t)__builtin_ctz(above);
		}
	}
	_mm256_zeroupper();
	return i + codec_scalar.ascii_run(src + i, n - i);
}

const struct codec_text avx2_text = {
	.utf8_valid = avx2_utf8_valid,
	.utf8_copy = avx2_utf8_copy,
	.utf8_to_utf16 = avx2_utf8_to_utf16,
	.utf8_to_low = avx2_utf8_to_low,
	.utf16_to_utf8 = avx2_utf16_to_utf8,
	.latin1_to_utf8 = avx2_latin1_to_utf8,
};

static const struct codec_tier tier = {
	.name = "avx2",
	.hex_encode = hex_encode,
	.base64_encode = avx2_base64_encode,
	.base64_encode_all = base64_encode_groups,
	.base64_encode_lines = avx2_base64_encode_lines,
	.hex_decode = hex_decode,
	.base64_decode = avx2_base64_decode,
	.ascii_run = ascii_run,
	.copy = avx2_copy,
	.copy_stream = avx2_copy_stream,
	.find_pair = avx2_find_pair,
	.text = &avx2_text,
	.whole = {.utf8_copy = avx2_whole_copy,
		  .utf8_to_utf16 = avx2_whole_to_utf16,
		  .utf8_to_low = avx2_whole_to_low,
		  .utf16_to_utf8 = avx2_whole_utf16,
		  .latin1_to_utf8 = avx2_whole_latin1},
	.widen = avx2_widen,
	.narrow = avx2_narrow,
};
const struct codec_tier *const codec_avx2 = &tier;

#else

const struct codec_tier *const codec_avx2 = NULL;

#endif
