/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds of the AVX2 tier: see text128.h. In registers of 128 bits, as AVX2 cannot shuffle bytes
 * between the halves of wider ones; but the check and runs of ASCII, which need not, are here in registers of
 * 256 bits.
 */
#include "encode/avx2.h"

#if ENCODE_AVX2
#define TEXT_WIDE 1
#include "encode/from_utf8_128.h"
#include "encode/to_utf8_128.h"
#include "encode/widen.h"

static inline __m256i
high_nibbles(__m256i v)
{
	return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
}

/* Not zero where `v`, behind `before`, is not UTF-8. See utf8_rules.h. */
static inline __m256i
errors(__m256i v, __m256i before)
{
	__m256i behind = _mm256_permute2x128_si256(before, v, 0x21);
	__m256i one = _mm256_alignr_epi8(v, behind, 15);
	__m256i two = _mm256_alignr_epi8(v, behind, 14);
	__m256i three = _mm256_alignr_epi8(v, behind, 13);
	__m256i low = _mm256_and_si256(one, _mm256_set1_epi8(15));
	__m256i wrong = _mm256_shuffle_epi8(row_of(utf8_first_high), high_nibbles(one));

	wrong = _mm256_and_si256(wrong, _mm256_shuffle_epi8(row_of(utf8_first_low), low));
	wrong = _mm256_and_si256(
		wrong, _mm256_shuffle_epi8(row_of(utf8_second_high), high_nibbles(v)));
	/* The top bit where a third or a fourth byte must be. */
	__m256i must =
		_mm256_or_si256(_mm256_subs_epu8(two, _mm256_set1_epi8(0xe0 - 0x80)),
				_mm256_subs_epu8(three, _mm256_set1_epi8(0xf0 - 0x80)));
	must = _mm256_and_si256(must, _mm256_set1_epi8((char)0x80));
	return _mm256_xor_si256(wrong, must);
}

/* How many of n bytes are whole valid characters; where not all are, in blocks of 64. */
static size_t
utf8_valid(const uint8_t *src, size_t n)
{
	__m256i before = _mm256_setzero_si256();
	size_t i = 0;

	for (; n - i >= 64; i += 64) {
		__m256i a = load(src + i), b = load(src + i + 32);

		if (_mm256_movemask_epi8(
			    _mm256_or_si256(_mm256_or_si256(a, b), before)) != 0) {
			__m256i wrong = _mm256_or_si256(errors(a, before), errors(b, a));

			if (!_mm256_testz_si256(wrong, wrong))
				break;
		}
		before = b;
	}
	if (n - i < 64 && n > i) {
		/* The end, with zeros behind it, which no character may be cut by. */
		uint8_t end[64];

		store(end, _mm256_setzero_si256());
		store(end + 32, _mm256_setzero_si256());
		memcpy(end, src + i, n - i);
		__m256i a = load(end), b = load(end + 32);
		__m256i wrong = _mm256_or_si256(errors(a, before), errors(b, a));
		if (_mm256_testz_si256(wrong, wrong))
			i = n;
	}
	_mm256_zeroupper();
	return utf8_whole(src, i);
}

static void
utf8_copy(struct codec_text_run *run)
{
	text_copy(run, utf8_valid(run->src, text_both(run)));
}

static inline void
text_ascii_on(struct codec_text_run *run, const uint8_t *end, size_t width)
{
	const uint8_t *src = run->src;
	uint8_t *dst = run->dst;

	while (end - src >= 32 && run->dst_end - dst >= 128) {
		__m256i v = load(src);

		if (_mm256_movemask_epi8(v) != 0)
			break;
		if (width == 1) {
			store(dst, v);
		} else {
			__m128i high = _mm256_extracti128_si256(v, 1);

			store(dst, _mm256_cvtepu8_epi16(_mm256_castsi256_si128(v)));
			store(dst + 32, _mm256_cvtepu8_epi16(high));
		}
		src += 32;
		dst += 32 * width;
	}
	run->src = src;
	run->dst = dst;
}

static inline void
text_ascii_units_on(struct codec_text_run *run)
{
	const __m256i above = _mm256_set1_epi16((short)0xff80);
	const uint8_t *src = run->src;
	uint8_t *dst = run->dst;

	while (run->src_end - src >= 128 && run->dst_end - dst >= 128) {
		__m256i a = load(src), b = load(src + 32);

		if (!_mm256_testz_si256(_mm256_or_si256(a, b), above))
			break;
		store(dst, _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xd8));
		src += 64;
		dst += 32;
	}
	run->src = src;
	run->dst = dst;
}

/* 32 bytes to units. */
static inline void
widen_32(uint8_t *dst, const uint8_t *src, __m256i keep)
{
	__m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)src));
	__m256i b = _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)(src + 16)));

	store(dst, _mm256_and_si256(a, keep));
	store(dst + 32, _mm256_and_si256(b, keep));
}

void
avx2_widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask)
{
	const __m256i keep = _mm256_set1_epi16(mask);
	size_t i = 0;

	if (n < 32) {
		widen(dst, src, n, mask);
		_mm256_zeroupper();
		return;
	}
	for (; n - i > 32; i += 32)
		widen_32(dst + 2 * i, src + i, keep);
	widen_32(dst + 2 * n - 64, src + n - 32, keep);
	_mm256_zeroupper();
}

/* 32 units to bytes. */
static inline __attribute__((always_inline)) void
narrow_32(uint8_t *dst, const uint8_t *src, bool cut)
{
	const __m256i low = _mm256_set1_epi16(0xff);
	__m256i a = load(src), b = load(src + 32);

	a = cut ? _mm256_and_si256(a, low) : _mm256_min_epu16(a, low);
	b = cut ? _mm256_and_si256(b, low) : _mm256_min_epu16(b, low);
	store(dst, _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xd8));
}

static inline __attribute__((always_inline)) void
narrow_all(uint8_t *dst, const uint8_t *src, size_t n, bool cut)
{
	size_t i = 0;

	for (; n - i > 32; i += 32)
		narrow_32(dst + i, src + 2 * i, cut);
	narrow_32(dst + n - 32, src + 2 * n - 64, cut);
}

void
avx2_narrow(uint8_t *dst, const uint8_t *src, size_t n, bool cut)
{
	if (n < 32)
		narrow(dst, src, n, cut);
	else if (cut)
		narrow_all(dst, src, n, true);
	else
		narrow_all(dst, src, n, false);
	_mm256_zeroupper();
}

const struct codec_text avx2_text = CODEC_TEXT_KERNELS;

#endif
