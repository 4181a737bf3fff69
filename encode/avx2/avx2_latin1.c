/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Latin-1 with AVX2: to UTF-8, each byte as two of which the second one is shuffled out if it is ASCII; and to units
 * of UTF-16 and back. What UTF-8 is of Latin-1, avx2_from_utf8.c finds. See struct codec_text.
 */
#include "encode/avx2/avx2_text.h"

#if ENCODE_AVX2

#include "encode/widen.h"

/* 32 bytes of Latin-1: 0xc2 or 0xc3 where two bytes are wanted, and the second one. */
static inline uint8_t *
take_latin1(uint8_t *dst, __m256i v, uint32_t above)
{
	__m256i first = _mm256_and_si256(_mm256_srli_epi16(v, 6), ALL8(3));
	__m256i last = _mm256_and_si256(v, ALL8(0xbf));

	first = _mm256_or_si256(first, ALL8(0xc0));
	first = _mm256_blendv_epi8(v, first, v);
	__m256i a = _mm256_unpacklo_epi8(first, last);
	__m256i b = _mm256_unpackhi_epi8(first, last);
	dst = put_pairs(dst, lower(a), above);
	dst = put_pairs(dst, lower(b), above >> 8);
	dst = put_pairs(dst, upper(a), above >> 16);
	return put_pairs(dst, upper(b), above >> 24);
}

static inline void
latin1_blocks(struct codec_text_run *given)
{
	struct codec_text_run run = *given;

	while (ahead(&run, 40, 80)) {
		__m256i v = load(run.src);
		uint32_t above = top_bits(v);

		run.src += 32;
		if (above == 0) {
			store(run.dst, v);
			run.dst += 32;
		} else {
			run.dst = take_latin1(run.dst, v, above);
		}
	}
	*given = run;
}

/* As utf16_rest. */
static __attribute__((noinline)) void
latin1_rest(struct codec_text_run *run, const uint8_t *begin)
{
	size_t left = (size_t)(run->src_end - run->src);

	for (size_t n; left > 0; left -= n) {
		uint8_t out[64 + 16];
		const uint8_t *src = run->src;
		size_t skip = 0, size = 0;
		bool alone = src == begin;
		__m256i v;

		n = left < 32 ? left : 32;
		if (n < 32 && !alone)
			src -= 32 - n;
		v = n < 32 && alone ? load_short(src, n) : load(src);
		uint32_t above = top_bits(v);
		if (n < 32 && !alone)
			skip = 32 - n +
			       (size_t)__builtin_popcount(above & ((1u << (32 - n)) - 1));
		size = n + (size_t)__builtin_popcount(n < 32 && !alone ? above >> (32 - n)
								       : above);
		if ((size_t)(run->dst_end - run->dst) < size)
			return;
		take_latin1(out, v, above);
		copy_out(run->dst, out + skip, size);
		run->src += n;
		run->dst += size;
	}
}

void
avx2_latin1_to_utf8(struct codec_text_run *run)
{
	const uint8_t *begin = run->src;

	latin1_blocks(run);
	latin1_rest(run, begin);
	_mm256_zeroupper();
}

/* 32 bytes to units. */
static inline __attribute__((always_inline)) void
widen_32(uint8_t *dst, const uint8_t *src, bool all, __m256i keep)
{
	__m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)src));
	__m256i b = _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)(src + 16)));

	store(dst, all ? a : _mm256_and_si256(a, keep));
	store(dst + 32, all ? b : _mm256_and_si256(b, keep));
}

static inline __attribute__((always_inline)) void
widen_all(uint8_t *dst, const uint8_t *src, size_t n, bool all, __m256i keep)
{
	size_t i = 0;

	for (; n - i > 64; i += 64) {
		widen_32(dst + 2 * i, src + i, all, keep);
		widen_32(dst + 2 * i + 64, src + i + 32, all, keep);
	}
	if (n - i > 32)
		widen_32(dst + 2 * i, src + i, all, keep);
	widen_32(dst + 2 * n - 64, src + n - 32, all, keep);
}

void
avx2_widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask)
{
	if (n < 32)
		widen(dst, src, n, mask);
	else if (mask == 0xff)
		widen_all(dst, src, n, true, _mm256_setzero_si256());
	else
		widen_all(dst, src, n, false, _mm256_set1_epi16(mask));
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

	for (; n - i > 64; i += 64) {
		narrow_32(dst + i, src + 2 * i, cut);
		narrow_32(dst + i + 32, src + 2 * i + 64, cut);
	}
	if (n - i > 32)
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

#endif
