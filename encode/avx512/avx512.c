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
static struct weir_result
base64_encode_all(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	if (n >= 112)
		return base64_encode_long(dst, src, n, url);
	return base64_end(dst, dst, src, n, n, url, load(base64_spread), WINDOWS,
			  load(base64_alphabets[url].text));
}

static size_t
base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	n -= n % 3;
	base64_encode_all(dst, src, n, url);
	return n;
}

#undef OUT
#undef BLOCK
#undef SHIFTED

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
	.base64_encode = base64_encode,
	.base64_encode_all = base64_encode_all,
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
