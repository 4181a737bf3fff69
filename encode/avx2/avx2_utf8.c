/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of UTF-8 with AVX2, 64 bytes at a time: all the rules by utf8_rules.h where there are characters of three bytes,
 * fewer where there are none. See struct codec_text.
 */
#include "encode/avx2/avx2_utf8.h"

#if ENCODE_AVX2

/* All ones where v, behind `before`, breaks a rule for characters of two bytes; no others are there. */
static inline __m256i
twos_errors(__m256i v, __m256i before)
{
	__m256i lead = _mm256_sub_epi8(before, ALL8(0xc2));
	__m256i cont = _mm256_cmpgt_epi8(ALL8(0xc0), v);
	__m256i too_long = _mm256_and_si256(before, ALL8(0xfe));

	lead = _mm256_cmpeq_epi8(_mm256_min_epu8(lead, ALL8(0xdf - 0xc2)), lead);
	too_long = _mm256_cmpeq_epi8(too_long, ALL8(0xc0));
	return _mm256_or_si256(_mm256_xor_si256(lead, cont), too_long);
}

/* By all the rules: not zero where 64 bytes are not valid. */
static inline __attribute__((always_inline)) __m256i
all_errors(const uint8_t *src, bool alone)
{
	__m256i v = load(src), w = load(src + 32);
	__m256i wrong = utf8_errors(v, EARLIER(v, src, 1, alone),
				    EARLIER(v, src, 2, alone), EARLIER(v, src, 3, alone));

	return _mm256_or_si256(
		wrong, utf8_errors(w, load(src + 31), load(src + 30), load(src + 29)));
}

static inline bool
any_three(const uint8_t *src)
{
	return top_bits(from_8(load(src), ALL8(0xe0))) != 0;
}

/*
 * By all the rules, 128 bytes at a time, as long as there are characters of three bytes. By itself, as it needs most registers
 * for its numbers. Returns where it stopped.
 */
static __attribute__((noinline)) size_t
valid_far(const uint8_t *src, size_t i, size_t n)
{
	while (n - i >= 128 && any_three(src + i)) {
		__m256i wrong = _mm256_or_si256(all_errors(src + i, false),
						all_errors(src + i + 64, false));

		if (!is_zero(wrong))
			break;
		i += 128;
	}
	return i;
}

/* Blocks of 64 behind one, as long as they are valid. Returns where the first one is that is not, or the end. */
static inline size_t
valid_blocks(const uint8_t *src, size_t i, size_t n)
{
	const __m256i three = ALL8(0xe0);

	while (n - i >= 64) {
		__m256i v = load(src + i), w = load(src + i + 32), max, wrong;
		__m256i before = load(src + i - 1);

		/* With a byte before that begins no character, or belongs to none. */
		if (top_bits(_mm256_or_si256(_mm256_or_si256(v, w), before)) == 0) {
			i += 64;
			continue;
		}
		max = _mm256_max_epu8(_mm256_max_epu8(v, w), load(src + i - 3));
		if (top_bits(from_8(max, three)) == 0) {
			wrong = _mm256_or_si256(twos_errors(v, before),
						twos_errors(w, load(src + i + 31)));
			if (!is_zero(wrong))
				break;
			i += 64;
			continue;
		}
		if (!is_zero(all_errors(src + i, false)))
			break;
		i += 64;
		/* There may be more of them. */
		if (n - i >= 128 && any_three(src + i))
			i = valid_far(src, i, n);
	}
	return i;
}

/* The last bytes of n, at most 64 of them. False as well where what is left behind the last block is too little. */
static inline bool
valid_end(const uint8_t *src, size_t n)
{
	if (n >= 67)
		return is_zero(all_errors(src + n - 64, false));
	if (n > 64 || (n < 35 && n > 32))
		return false;
	if (n <= 32)
		return valid_alone(n < 32 ? load_short(src, n) : load(src));
	return valid_two(src, n, load(src), load(src + n - 32));
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

	if (i == n) {
		_mm256_zeroupper();
		return n;
	}
	if (i == 0 && n >= 64 && is_zero(all_errors(src, true)))
		i = 64;
	if (i > 0)
		i = valid_blocks(src, i, n);
	if (n - i < 64 && n > i && valid_end(src, n))
		i = n;
	_mm256_zeroupper();
	return utf8_whole(src, i);
}

void
avx2_utf8_copy(struct codec_text_run *run)
{
	text_copy(run, avx2_utf8_valid(run->src, text_both(run)));
}

#endif
