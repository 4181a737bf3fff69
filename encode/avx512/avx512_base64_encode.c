/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 encoding of the AVX-512 tier: 48 bytes at a time, spread and cut into windows of six bits, and an alphabet
 * that is one table. Called through the table of encode/choose.c; never on a machine without these instructions.
 */
#include "encode/avx512/avx512.h"

#if ENCODE_AVX512

/* 48 bytes to 64 characters. */
static inline __m512i
base64_block(__m512i v, __m512i spread, __m512i windows, __m512i alphabet)
{
	v = _mm512_permutexvar_epi8(spread, v);
	return _mm512_permutexvar_epi8(_mm512_multishift_epi64_epi8(windows, v),
				       alphabet);
}

struct base64_shifts {
	__m512i right, left, upper;
};

/* The same by shifts: one instruction more, but Intel's only unit for the others has one less. */
static inline __m512i
base64_shifted(__m512i v, __m512i spread, __m512i alphabet,
	       const struct base64_shifts *shifts)
{
	v = _mm512_permutexvar_epi8(spread, v);
	__m512i first = _mm512_srlv_epi16(v, shifts->right);
	__m512i second = _mm512_sllv_epi16(v, shifts->left);
	/* Six bits of each byte count: the upper byte of `second`, the lower one of `first`. */
	v = _mm512_ternarylogic_epi32(shifts->upper, second, first, 0xca);
	return _mm512_permutexvar_epi8(v, alphabet);
}

#define OUT(at)	    (dst + (at) / 3 * 4)
#define BLOCK(at)   base64_block(load(src + (at)), spread, windows, alphabet)
#define SHIFTED(at) base64_shifted(load(src + (at)), spread, alphabet, &shifts)

/* As long as 64 bytes are left. Returns how many of n were encoded. */
static inline __attribute__((always_inline)) size_t
base64_blocks(uint8_t *dst, const uint8_t *src, size_t n, __m512i spread, __m512i windows,
	      __m512i alphabet)
{
	size_t i = 0;

	if (n / 3 * 4 >= codec_stream_bytes && ((uintptr_t)dst & 3) == 0) {
		_mm512_storeu_si512(dst, BLOCK(0));
		i = (64 - ((uintptr_t)dst & 63)) / 4 * 3;
		for (; n - i >= 64; i += 48)
			_mm512_stream_si512((void *)OUT(i), BLOCK(i));
		_mm_sfence();
	}
	if (n - i >= 3 * 48 + 64) {
		const struct base64_shifts shifts = {_mm512_set1_epi32(0x0006000a),
						     _mm512_set1_epi32(0x00080004),
						     _mm512_set1_epi16((short)0xff00)};

		for (; n - i >= 3 * 48 + 64; i += 4 * 48) {
			__m512i a = SHIFTED(i), b = SHIFTED(i + 48), c = SHIFTED(i + 96),
				d = BLOCK(i + 144);

			_mm512_storeu_si512(OUT(i), a);
			_mm512_storeu_si512(OUT(i) + 64, b);
			_mm512_storeu_si512(OUT(i) + 128, c);
			_mm512_storeu_si512(OUT(i) + 192, d);
		}
	}
	for (; n - i >= 64; i += 48)
		_mm512_storeu_si512(OUT(i), BLOCK(i));
	return i;
}

/* Each group of three bytes as 1 0 2 1, so that four windows of six bits lie in order. */
static const uint8_t base64_spread[64] __attribute__((aligned(64))) = {
	1,  0,	2,  1,	4,  3,	5,  4,	7,  6,	8,  7,	10, 9,	11, 10,
	13, 12, 14, 13, 16, 15, 17, 16, 19, 18, 20, 19, 22, 21, 23, 22,
	25, 24, 26, 25, 28, 27, 29, 28, 31, 30, 32, 31, 34, 33, 35, 34,
	37, 36, 38, 37, 40, 39, 41, 40, 43, 42, 44, 43, 46, 45, 47, 46};

/* In lines of the cache of their own. */
static const struct {
	uint8_t text[64];
} __attribute__((aligned(64))) base64_alphabets[2] = {
	{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"},
	{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"}};

#define WINDOWS _mm512_set1_epi64(0x3036242a1016040a)

/* The last 48 bytes or fewer, with their padding. Returns where the text ends. */
static inline __attribute__((always_inline)) uint8_t *
base64_rest(uint8_t *dst, const uint8_t *src, unsigned n, bool url, __m512i spread,
	    __m512i windows, __m512i alphabet)
{
	__m512i v = _mm512_maskz_loadu_epi8(_bzhi_u64(~0ull, n), src);
	unsigned end = (n * 4 + 2) / 3, padded = url ? end : (end + 3) & ~3u;

	if (__builtin_expect(!url, 1))
		memset(dst + padded - 4, '=', 4);
	_mm512_mask_storeu_epi8(dst, _bzhi_u64(~0ull, end),
				base64_block(v, spread, windows, alphabet));
	return dst + padded;
}

/* The last ones, fewer than 112, and the result for all n. */
static inline __attribute__((always_inline)) struct weir_result
base64_end(uint8_t *begin, uint8_t *dst, const uint8_t *src, size_t left, size_t n,
	   bool url, __m512i spread, __m512i windows, __m512i alphabet)
{
	if (__builtin_expect(left >= 64, 1)) {
		_mm512_storeu_si512(dst,
				    base64_block(load(src), spread, windows, alphabet));
		left -= 48, src += 48, dst += 64;
	}
	if (__builtin_expect(left > 48, 0)) {
		__m512i v = _mm512_maskz_loadu_epi8(first(48), src);

		_mm512_storeu_si512(dst, base64_block(v, spread, windows, alphabet));
		left -= 48, src += 48, dst += 64;
	}
	if (__builtin_expect(left > 0, 1))
		dst = base64_rest(dst, src, (unsigned)left, url, spread, windows,
				  alphabet);
	_mm256_zeroupper();
	return (struct weir_result){.read = n, .written = (size_t)(dst - begin)};
}

static __attribute__((noinline)) struct weir_result
base64_encode_long(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	__m512i spread = load(base64_spread), windows = WINDOWS;
	__m512i alphabet = load(base64_alphabets[url].text);
	size_t done = base64_blocks(dst, src, n, spread, windows, alphabet);

	return base64_end(dst, dst + done / 3 * 4, src + done, n - done, n, url, spread,
			  windows, alphabet);
}

/* Short ones in a function of their own: a call saves registers for all that is in it. */
struct weir_result
avx512_base64_encode_all(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	if (n >= 112)
		return base64_encode_long(dst, src, n, url);
	return base64_end(dst, dst, src, n, n, url, load(base64_spread), WINDOWS,
			  load(base64_alphabets[url].text));
}

size_t
avx512_base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	n -= n % 3;
	avx512_base64_encode_all(dst, src, n, url);
	return n;
}

/* What each line has: whole blocks, and one of what is left of it and what ends it. */
struct base64_line {
	size_t whole;
	__mmask64 rest_bytes, end_lanes, eol_lanes;
	__m512i eol, spread, windows, alphabet;
};

/* Writes nothing behind the line, and reads nothing behind it if `exact`, else up to 64 bytes. */
static inline __attribute__((always_inline)) void
base64_line(uint8_t *dst, const uint8_t *src, const struct base64_line *k, bool exact)
{
#define BYTES(lanes)                                                                     \
	base64_block(exact ? _mm512_maskz_loadu_epi8(lanes, src) : load(src), k->spread, \
		     k->windows, k->alphabet)
	for (size_t c = 0; c < k->whole; c += 64, src += 48, dst += 64)
		_mm512_storeu_si512(dst, BYTES(first(48)));
	_mm512_mask_storeu_epi8(
		dst, k->end_lanes,
		_mm512_mask_mov_epi8(BYTES(k->rest_bytes), k->eol_lanes, k->eol));
#undef BYTES
}

size_t
avx512_base64_encode_lines(uint8_t *dst, const uint8_t *src, size_t n,
			   const struct codec_lines *lines, bool url)
{
	const size_t columns = lines->columns, bytes = columns / 4 * 3;
	const size_t rest = columns % 64, end = rest + lines->eol_length;
	const size_t length = columns + lines->eol_length;
	const struct base64_line k = {
		.whole = columns - rest,
		.rest_bytes = first(rest / 4 * 3),
		.end_lanes = first(end),
		.eol_lanes = first(end) & ~first(rest),
		.eol = _mm512_set1_epi16((short)lines->eol),
		.spread = load(base64_spread),
		.windows = WINDOWS,
		.alphabet = load(base64_alphabets[url].text),
	};
	size_t at = 0;

	for (; n - at >= bytes + 64; at += bytes, dst += length)
		base64_line(dst, src + at, &k, false);
	for (; n - at >= bytes; at += bytes, dst += length)
		base64_line(dst, src + at, &k, true);
	_mm256_zeroupper();
	return at;
}

#undef OUT
#undef BLOCK
#undef SHIFTED

#endif
