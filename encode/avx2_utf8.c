/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of UTF-8 with AVX2, 64 bytes at a time: all the rules by utf8_rules.h where there are characters of three bytes,
 * fewer where there are none. See struct codec_text.
 */
#include "encode/avx2_utf8.h"

#if ENCODE_AVX2

/* All ones where v, behind `before`, breaks a rule for characters of two bytes; no others are there. */
static inline __m256i
twos_errors(__m256i v, __m256i before)
{
	__m256i lead = _mm256_sub_epi8(before, _mm256_set1_epi8((char)0xc2));
	__m256i cont = _mm256_cmpgt_epi8(_mm256_set1_epi8(-64), v);
	__m256i too_long = _mm256_and_si256(v, _mm256_set1_epi8((char)0xfe));

	lead = _mm256_cmpeq_epi8(_mm256_min_epu8(lead, _mm256_set1_epi8(0xdf - 0xc2)),
				 lead);
	too_long = _mm256_cmpeq_epi8(too_long, _mm256_set1_epi8((char)0xc0));
	return _mm256_or_si256(_mm256_xor_si256(lead, cont), too_long);
}

/* Whether 64 bytes are valid. *open: whether a character may not be whole before them; then, behind them. */
static inline __attribute__((always_inline)) bool
valid_64(const uint8_t *src, bool alone, uint32_t *open)
{
	const __m256i three = _mm256_set1_epi8((char)0xe0);
	__m256i v = load(src), w = load(src + 32), wrong;
	uint32_t far;

	if ((top_bits(_mm256_or_si256(v, w)) | *open) == 0)
		return true;
	far = top_bits(from_8(_mm256_max_epu8(v, w), three));
	/* 1: of two bytes. */
	if ((far | *open >> 1) == 0) {
		wrong = _mm256_or_si256(twos_errors(v, EARLIER(v, src, 1, alone)),
					twos_errors(w, load(src + 31)));
	} else {
		wrong = utf8_errors(v, EARLIER(v, src, 1, alone),
				    EARLIER(v, src, 2, alone), EARLIER(v, src, 3, alone));
		wrong = _mm256_or_si256(
			wrong,
			utf8_errors(w, load(src + 31), load(src + 30), load(src + 29)));
		far = top_bits(from_8(w, three)) >> 29;
	}
	*open = top_bits(w) >> 31 | far << 1;
	return _mm256_testz_si256(wrong, wrong) != 0;
}

/* ASCII that comes first, in blocks of 64. */
static inline size_t
ascii_first(const uint8_t *src, size_t n)
{
	size_t i = 0;

	for (; n - i >= 128; i += 128) {
		__m256i a = _mm256_or_si256(load(src + i), load(src + i + 32));
		__m256i b = _mm256_or_si256(load(src + i + 64), load(src + i + 96));

		if (top_bits(_mm256_or_si256(a, b)) != 0)
			break;
	}
	if (n - i >= 64 &&
	    top_bits(_mm256_or_si256(load(src + i), load(src + i + 32))) == 0)
		i += 64;
	return i;
}

/* How many of n bytes are whole valid characters; where not all are, in blocks of 64. */
size_t
avx2_utf8_valid(const uint8_t *src, size_t n)
{
	size_t i = ascii_first(src, n);
	uint32_t open = 0, all = 2;
	bool valid = true;

	if (i == 0 && n >= 64) {
		valid = valid_64(src, true, &open);
		i = valid ? 64 : 0;
	}
	if (valid)
		for (; n - i >= 64; i += 64)
			if (!valid_64(src + i, false, &open))
				break;
	if (n - i < 64 && n > i) {
		if (n >= 67) {
			valid = valid_64(src + n - 64, false, &all);
		} else {
			/* What is before it, and zeros behind it. */
			uint8_t end[3 + 64 + 32];
			size_t before = i > 0 ? 3 : 0;

			memset(end, 0, sizeof(end));
			memcpy(end + 3 - before, src + i - before, n - i + before);
			valid = valid_64(end + 3, false, &all);
		}
		if (valid)
			i = n;
	}
	_mm256_zeroupper();
	return utf8_whole(src, i);
}

void
avx2_utf8_copy(struct codec_text_run *run)
{
	text_copy(run, avx2_utf8_valid(run->src, text_both(run)));
}

#endif
