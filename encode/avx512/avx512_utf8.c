/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking UTF-8, and copying it as it is checked. See avx512_utf8.h, and struct codec_text.
 */
#include "encode/avx512/avx512_utf8.h"

#if ENCODE_AVX512

/* What is left at the end, or the first block, before which there may be nothing. */
static __attribute__((noinline)) bool
check(const uint8_t *src, size_t at, size_t n, struct utf8_state *s)
{
	const struct utf8_numbers k = utf8_numbers();
	uint64_t lanes = first(n);
	struct utf8_block b = {.v = _mm512_maskz_loadu_epi8(lanes, src + at)};

	b.above = top_bits(b.v);
	if ((b.above | s->open) == 0)
		return true;
	b.before = utf8_earlier(b.v,
				at > 0 ? load(src + at - 64) : _mm512_setzero_si512(), 1);
	if (!utf8_look(&b, s, lanes, true, &k))
		return false;
	*s = b.next;
	return true;
}

/* 256 bytes at a time while they are ASCII; none behind `end`. Returns where it stopped. */
static inline __attribute__((always_inline)) size_t
ascii(uint8_t *dst, const uint8_t *src, size_t at, size_t end)
{
	for (; at + 256 <= end; at += 256) {
		__m512i a = load(src + at), b = load(src + at + 64);
		__m512i c = load(src + at + 128), d = load(src + at + 192);
		__m512i any = _mm512_ternarylogic_epi32(a, b, c, 0xfe);

		if (top_bits(_mm512_or_si512(any, d)) != 0)
			break;
		if (dst == NULL)
			continue;
		_mm512_storeu_si512(dst + at, a);
		_mm512_storeu_si512(dst + at + 64, b);
		_mm512_storeu_si512(dst + at + 128, c);
		_mm512_storeu_si512(dst + at + 192, d);
	}
	return at;
}

/* Blocks with one before them, up to `end` at most. Returns where it stopped. */
static inline __attribute__((always_inline)) size_t
blocks(uint8_t *dst, const uint8_t *src, size_t at, size_t end, struct utf8_state *state)
{
	const struct utf8_numbers k = utf8_numbers();
	struct utf8_state s = *state;

	for (; at + 64 <= end; at += 64) {
		struct utf8_block b = {.v = load(src + at)};

		b.above = top_bits(b.v);
		if ((b.above | s.open) != 0) {
			b.before = load(src + at - 1);
			if (!utf8_look(&b, &s, ~0ull, true, &k))
				break;
			s = b.next;
		} else {
			at = ascii(dst, src, at, end);
			if (at + 64 > end)
				break;
			b.v = load(src + at);
			if (top_bits(b.v) != 0) {
				at -= 64;
				continue;
			}
		}
		if (dst != NULL)
			_mm512_storeu_si512(dst + at, b.v);
	}
	*state = s;
	return at;
}

/* How many bytes are whole valid characters. They are copied too if dst is not NULL. */
static inline __attribute__((always_inline)) size_t
valid(uint8_t *dst, const uint8_t *src, size_t n)
{
	struct utf8_state s = {0};
	size_t at = 0, stored = 0, whole;
	bool fine = true;

	if (n >= 192 && check(src, 0, 64, &s)) {
		if (dst != NULL)
			_mm512_storeu_si512(dst, load(src));
		/* What is stored of a character that turns out not to be one is overwritten. */
		at = stored = blocks(dst, src, 64, n - 64, &s);
		fine = at + 64 > n - 64;
	}
	while (fine && at < n && check(src, at, n - at < 64 ? n - at : 64, &s))
		at = n - at < 64 ? n : at + 64;
	whole = utf8_whole(src, at);
	if (dst != NULL)
		for (; stored < whole; stored += 64) {
			__mmask64 lanes = first(whole - stored);

			_mm512_mask_storeu_epi8(
				dst + stored, lanes,
				_mm512_maskz_loadu_epi8(lanes, src + stored));
		}
	_mm256_zeroupper();
	return whole;
}

size_t
avx512_ascii(uint8_t *dst, const uint8_t *src, size_t n)
{
	size_t at = dst != NULL ? ascii(dst, src, 0, n) : ascii(NULL, src, 0, n);

	for (; n - at >= 64; at += 64) {
		__m512i v = load(src + at);

		if (top_bits(v) != 0)
			return at;
		if (dst != NULL)
			_mm512_storeu_si512(dst + at, v);
	}
	if (at < n) {
		__m512i v = load(src + n - 64);

		if (top_bits(v) != 0)
			return at;
		if (dst != NULL)
			_mm512_storeu_si512(dst + n - 64, v);
	}
	return n;
}

struct weir_result
avx512_ascii_then(uint8_t *dst, size_t cap, const uint8_t *src, size_t n,
		  codec_whole *other, codec_whole *all)
{
	size_t at = avx512_ascii(dst, src, n);

	if (at == n)
		return done(n, n);
	if (at == 0)
		return usual(all, dst, cap, src, n);
	_mm256_zeroupper();
	return behind(other(dst + at, cap - at, src + at, n - at), at, at);
}

/* Is all of a short text valid? v: it, with zeros behind. */
static inline __attribute__((always_inline)) bool
valid_short(__m512i v)
{
	struct utf8_block b = {.v = v, .above = top_bits(v)};

	return b.above == 0 || utf8_look_alone(&b);
}

struct weir_result
avx512_whole_copy(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	if (n > 64 && n <= cap)
		return avx512_ascii_then(dst, cap, src, n, avx512_whole_copy,
					 whole_utf8_copy);
	if (is_short(n) && n <= cap) {
		__m512i v = _mm512_maskz_loadu_epi8(first_short(n), src);

		if (valid_short(v)) {
			copy_short(dst, src, v, n);
			return done(n, n);
		}
	}
	return usual(whole_utf8_copy, dst, cap, src, n);
}

static __attribute__((noinline)) size_t
valid_long(const uint8_t *src, size_t n)
{
	return valid(NULL, src, n);
}

size_t
avx512_utf8_valid(const uint8_t *src, size_t n)
{
	if (is_short(n) && valid_short(_mm512_maskz_loadu_epi8(first_short(n), src))) {
		_mm256_zeroupper();
		return n;
	}
	size_t at = n > 64 ? avx512_ascii(NULL, src, n) : 0;

	_mm256_zeroupper();
	return at == n ? n : at + valid_long(src + at, n - at);
}

void
avx512_utf8_copy(struct codec_text_run *run)
{
	size_t n = valid(run->dst, run->src, text_both(run));

	run->src += n;
	run->dst += n;
}

#endif
