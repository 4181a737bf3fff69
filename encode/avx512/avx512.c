/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The AVX-512 tier (VBMI, VBMI2): table lookups of whole alphabets, and unwanted characters
 * compressed out of a register, never to memory. A tail is a masked load and an overlapped
 * store. Compiled with flags of its own; every kernel ends with vzeroupper.
 */
#include "encode/avx512/avx512_text.h"

#if ENCODE_AVX512

/* 32 bytes to 64 digits: windows of four bits, whatever is above them ignored by the table. */
static inline __m512i
hex_block(__m256i bytes, __m512i windows, __m512i digits)
{
	__m512i v = _mm512_cvtepu32_epi64(bytes);

	return _mm512_permutexvar_epi8(_mm512_multishift_epi64_epi8(windows, v), digits);
}

static size_t
hex_encode(uint8_t *dst, const uint8_t *src, size_t n)
{
	const __m512i windows = _mm512_set1_epi64(0x181c1014080c0004);
	const __m512i digits = _mm512_broadcast_i32x4(
		_mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b',
			      'c', 'd', 'e', 'f'));
	size_t i = 0;

	if (n < 32) {
		if (n > 0) {
			__m256i v = _mm256_maskz_loadu_epi8((__mmask32)first(n), src);

			store_first(dst, hex_block(v, windows, digits), 2 * n);
		}
		_mm256_zeroupper();
		return n;
	}
#define BLOCK(at)                                                                        \
	hex_block(_mm256_loadu_si256((const void *)(src + (at))), windows, digits)
	if (2 * n >= codec_stream_bytes && ((uintptr_t)dst & 1) == 0) {
		_mm512_storeu_si512(dst, BLOCK(0));
		i = (64 - ((uintptr_t)dst & 63)) / 2;
		for (; n - i >= 32; i += 32)
			_mm512_stream_si512((void *)(dst + 2 * i), BLOCK(i));
		_mm_sfence();
	}
	for (; n - i >= 128; i += 128) {
		__m512i a = BLOCK(i), b = BLOCK(i + 32), c = BLOCK(i + 64),
			d = BLOCK(i + 96);

		_mm512_storeu_si512(dst + 2 * i, a);
		_mm512_storeu_si512(dst + 2 * i + 64, b);
		_mm512_storeu_si512(dst + 2 * i + 128, c);
		_mm512_storeu_si512(dst + 2 * i + 192, d);
	}
	for (; n - i > 32; i += 32)
		_mm512_storeu_si512(dst + 2 * i, BLOCK(i));
	if (n > i)
		_mm512_storeu_si512(dst + 2 * n - 64, BLOCK(n - 32));
#undef BLOCK
	_mm256_zeroupper();
	return n;
}

/* 64 digits to 32 values in the low byte of each pair; adds to `bad` what is no digit. */
static inline __m512i
hex_values_of(__m512i v, __m512i low, __m512i high, __m512i *bad)
{
	__m512i values = _mm512_permutex2var_epi8(low, v, high);

	*bad = _mm512_ternarylogic_epi32(*bad, values, v, 0xfe);
	return _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0110));
}

/* Bytes until the output may go around the caches. */
#define NEVER SIZE_MAX

static size_t
hex_decode(uint8_t *dst, const uint8_t *src, size_t pairs)
{
	/* Digits as bytes; 0xff where there is none, so that its top bit tells. */
	const __m512i low = load(hex_values), high = load(hex_values + 64);
	const __m512i even = _mm512_add_epi8(load(iota_bytes), load(iota_bytes));
	size_t i = 0, stream_left = NEVER;
	__m512i bad, a, b;

	if (pairs >= codec_stream_bytes)
		stream_left = (64 - ((uintptr_t)dst & 63)) & 63;
	for (; pairs - i >= 64; i += 64) {
		bad = _mm512_setzero_si512();
		a = hex_values_of(load(src + 2 * i), low, high, &bad);
		b = hex_values_of(load(src + 2 * i + 64), low, high, &bad);
		if (_mm512_movepi8_mask(bad) != 0)
			goto out;
		a = _mm512_permutex2var_epi8(a, even, b);
		if (stream_left == 0) {
			_mm_prefetch((const void *)(src + 2 * i + 2048), _MM_HINT_T0);
			_mm_prefetch((const void *)(src + 2 * i + 2112), _MM_HINT_T0);
			_mm512_stream_si512((void *)(dst + i), a);
			continue;
		}
		_mm512_storeu_si512(dst + i, a);
		if (stream_left != NEVER) {
			/* Once: from here on, dst is aligned. */
			i = stream_left - 64;
			stream_left = 0;
		}
	}
	/* Then 32, and what is left in 32 that overlap, or less than 32 in all. */
	while (i < pairs) {
		size_t n = pairs - i, at = i;
		__mmask64 lanes = ~0ull;

		if (n >= 32)
			n = 32;
		else if (i >= 32 || pairs >= 32)
			at = pairs - 32;
		else
			lanes = first(2 * n);
		bad = _mm512_setzero_si512();
		a = _mm512_maskz_loadu_epi8(lanes, src + 2 * at);
		a = hex_values_of(a, low, high, &bad);
		if ((_mm512_movepi8_mask(bad) & lanes) != 0)
			goto out;
		__m256i bytes = _mm512_cvtepi16_epi8(a);
		if (lanes == ~0ull)
			_mm256_storeu_si256((void *)(dst + at), bytes);
		else
			store_first(dst + at, _mm512_castsi256_si512(bytes), n);
		i += n;
	}
out:
	if (stream_left == 0)
		_mm_sfence();
	_mm256_zeroupper();
	return i;
}

static size_t
ascii_run(const uint8_t *src, size_t n)
{
	size_t i = 0;
	__mmask64 above = 0;

	for (; n - i >= 64 && above == 0; i += 64)
		above = _mm512_movepi8_mask(load(src + i));
	if (above == 0 && i < n) {
		above = _mm512_movepi8_mask(
			_mm512_maskz_loadu_epi8(first(n - i), src + i));
		i += 64;
	}
	_mm256_zeroupper();
	return above != 0 ? i - 64 + (size_t)_tzcnt_u64(above) : n;
}

static const struct codec_tier tier = {
	.name = "avx512",
	.hex_encode = hex_encode,
	.base64_encode = avx512_base64_encode,
	.base64_encode_all = avx512_base64_encode_all,
	.base64_encode_lines = avx512_base64_encode_lines,
	.hex_decode = hex_decode,
	.base64_decode = avx512_base64_decode,
	.ascii_run = ascii_run,
	.copy = avx512_copy,
	.copy_stream = avx512_copy_stream,
	.copy_below = AVX512_COPY_BELOW,
	.find_pair = avx2_find_pair,
	.text = &avx512_text,
	.whole = {.utf8_copy = avx512_whole_copy,
		  .utf8_to_utf16 = avx512_whole_to_utf16,
		  .utf8_to_low = avx512_whole_to_low,
		  .utf16_to_utf8 = avx512_whole_utf16,
		  .latin1_to_utf8 = avx512_whole_latin1},
	.widen = avx512_widen,
	.narrow = avx512_narrow,
};
const struct codec_tier *const codec_avx512 = &tier;

#else

const struct codec_tier *const codec_avx512 = NULL;

#endif
