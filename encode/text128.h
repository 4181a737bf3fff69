/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text in registers of 128 bits, for the tiers of SSE4 and AVX2, which compile it each with its own
 * flags. UTF-8 is checked a block at a time first and converted when it is known to be valid;
 * characters outside of the basic plane are taken one by one. See struct codec_text.
 */
#ifndef ENCODE_TEXT128_H
#define ENCODE_TEXT128_H

#include <string.h>

#include "encode/utf8_rules.h"

#if defined(__SSE4_1__) && defined(__SSSE3__)

#include <smmintrin.h>

/* Left of the source and of the room, so that what is written too much will be overwritten. */
#define TEXT_AHEAD 64
/* Checked, then converted, while it is in the first cache. */
#define TEXT_PIECE 4096

static inline __m128i
text_load(const uint8_t *p)
{
	return _mm_loadu_si128((const void *)p);
}

static inline void
text_store(uint8_t *p, __m128i v)
{
	_mm_storeu_si128((void *)p, v);
}

/* A number in all lanes, held in a register: gcc 12 makes it anew in every round of a loop. */
static inline __m128i
text_held(__m128i v)
{
	__asm__("" : "+x"(v));
	return v;
}

static inline __m128i
text_16(int n)
{
	return text_held(_mm_set1_epi16((short)n));
}

static inline __m128i
text_32(int n)
{
	return text_held(_mm_set1_epi32(n));
}

static inline bool
text_ahead(const struct codec_text_run *run)
{
	return run->src_end - run->src >= TEXT_AHEAD &&
	       run->dst_end - run->dst >= TEXT_AHEAD;
}

/* Not zero where `v`, behind `before`, is not UTF-8. */
static inline __m128i
utf8_errors(__m128i v, __m128i before)
{
	const __m128i nibble = _mm_set1_epi8(15);
	const __m128i first_high = text_load(utf8_first_high);
	const __m128i first_low = text_load(utf8_first_low);
	const __m128i second_high = text_load(utf8_second_high);
	__m128i one = _mm_alignr_epi8(v, before, 15);
	__m128i two = _mm_alignr_epi8(v, before, 14);
	__m128i three = _mm_alignr_epi8(v, before, 13);
	__m128i wrong = _mm_shuffle_epi8(first_high,
					 _mm_and_si128(_mm_srli_epi16(one, 4), nibble));

	wrong = _mm_and_si128(wrong,
			      _mm_shuffle_epi8(first_low, _mm_and_si128(one, nibble)));
	wrong = _mm_and_si128(
		wrong, _mm_shuffle_epi8(second_high,
					_mm_and_si128(_mm_srli_epi16(v, 4), nibble)));
	/* The top bit where a third or a fourth byte must be. */
	__m128i must = _mm_or_si128(_mm_subs_epu8(two, _mm_set1_epi8(0xe0 - 0x80)),
				    _mm_subs_epu8(three, _mm_set1_epi8(0xf0 - 0x80)));
	return _mm_xor_si128(wrong, _mm_and_si128(must, _mm_set1_epi8((char)0x80)));
}

/* How many of n bytes, in blocks of 32, are whole valid characters. */
static inline size_t
utf8_valid(const uint8_t *src, size_t n)
{
	__m128i before = _mm_setzero_si128();
	size_t i = 0;

	for (; n - i >= 32; i += 32) {
		__m128i a = text_load(src + i), b = text_load(src + i + 16), wrong;

		if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), before)) == 0) {
			before = b;
			continue;
		}
		wrong = _mm_or_si128(utf8_errors(a, before), utf8_errors(b, a));
		if (!_mm_testz_si128(wrong, wrong))
			break;
		before = b;
	}
	return utf8_whole(src, i);
}

static inline uint32_t
text_count(uint32_t byte)
{
#if defined(__POPCNT__)
	return (uint32_t)__builtin_popcount(byte);
#else
	byte -= byte >> 1 & 0x55;
	byte = (byte & 0x33) + (byte >> 2 & 0x33);
	return (byte + (byte >> 4)) & 15;
#endif
}

static inline __m128i
text_places(uint32_t drop)
{
	return _mm_loadl_epi64((const void *)&codec_kept[drop & 255]);
}

/* The bytes of v that are not to be dropped, eight at a time. Returns where they end. */
static inline uint8_t *
text_compress(uint8_t *dst, __m128i v, uint32_t drop)
{
	_mm_storel_epi64((void *)dst, _mm_shuffle_epi8(v, text_places(drop)));
	dst += 8 - text_count(drop & 255);
	_mm_storel_epi64((void *)dst,
			 _mm_shuffle_epi8(_mm_srli_si128(v, 8), text_places(drop >> 8)));
	return dst + (8 - text_count(drop >> 8 & 255));
}

struct text_two {
	__m128i low, mark, lead, plane;
};

static inline struct text_two
text_two_numbers(void)
{
	return (struct text_two){text_16(0x3f), text_16(0x80), text_16(0xc0),
				 text_16(0xf800)};
}

/* Eight units below 0x800. */
static inline uint8_t *
text_two(uint8_t *dst, __m128i units, const struct text_two *k)
{
	__m128i one = _mm_cmpgt_epi16(k->mark, units);
	__m128i lead = _mm_or_si128(_mm_srli_epi16(units, 6), k->lead);
	__m128i cont = _mm_or_si128(_mm_and_si128(units, k->low), k->mark);
	__m128i v =
		_mm_or_si128(_mm_blendv_epi8(lead, units, one), _mm_slli_epi16(cont, 8));

	return text_compress(dst, v, (uint32_t)_mm_movemask_epi8(_mm_slli_epi16(one, 8)));
}

struct text_three {
	__m128i low, mark, two, lead2, lead3, last;
};

static inline struct text_three
text_three_numbers(void)
{
	return (struct text_three){text_32(0x3f),  text_32(0x80),
				   text_32(0x800), text_32(0xc0),
				   text_32(0xe0),  text_32((int)0xff000000)};
}

/* Four units that are no surrogates, in 32 bits each. */
static inline uint8_t *
text_three(uint8_t *dst, __m128i units, const struct text_three *k)
{
	__m128i one = _mm_cmpgt_epi32(k->mark, units);
	__m128i two = _mm_cmpgt_epi32(k->two, units);
	__m128i last = _mm_or_si128(_mm_and_si128(units, k->low), k->mark);
	__m128i high = _mm_srli_epi32(units, 6);
	__m128i middle = _mm_or_si128(_mm_and_si128(high, k->low), k->mark);
	__m128i lead2 = _mm_or_si128(high, k->lead2);
	__m128i lead3 = _mm_or_si128(_mm_srli_epi32(units, 12), k->lead3);
	__m128i v2 = _mm_or_si128(lead2, _mm_slli_epi32(last, 8));
	__m128i v3 = _mm_or_si128(_mm_or_si128(lead3, _mm_slli_epi32(middle, 8)),
				  _mm_slli_epi32(last, 16));
	__m128i drop =
		_mm_or_si128(_mm_or_si128(_mm_slli_epi32(_mm_srli_epi32(one, 24), 8),
					  _mm_slli_epi32(_mm_srli_epi32(two, 24), 16)),
			     k->last);

	v3 = _mm_blendv_epi8(_mm_blendv_epi8(v3, v2, two), units, one);
	return text_compress(dst, v3, (uint32_t)_mm_movemask_epi8(drop));
}

static void
utf8_copy(struct codec_text_run *run)
{
	size_t n = (size_t)(run->src_end - run->src),
	       room = (size_t)(run->dst_end - run->dst);

	n = utf8_valid(run->src, n < room ? n : room);
	memcpy(run->dst, run->src, n);
	run->src += n;
	run->dst += n;
}

static void
latin1_to_utf8(struct codec_text_run *run)
{
	const struct text_two two = text_two_numbers();
	const uint8_t *src = run->src;
	uint8_t *dst = run->dst;

	while (run->src_end - src >= TEXT_AHEAD && run->dst_end - dst >= TEXT_AHEAD) {
		__m128i v = text_load(src);

		if (_mm_movemask_epi8(v) == 0) {
			text_store(dst, v);
			dst += 16;
		} else {
			dst = text_two(dst, _mm_cvtepu8_epi16(v), &two);
			dst = text_two(dst, _mm_cvtepu8_epi16(_mm_srli_si128(v, 8)),
				       &two);
		}
		src += 16;
	}
	run->src = src;
	run->dst = dst;
}

/* One by one, at least `least` units of valid text. False: it is not. */
static inline bool
utf16_slowly(struct codec_text_run *run, size_t least, const struct text_three *three)
{
	for (size_t done = 0; done < least; done++) {
		uint32_t c = run->src[0] | (uint32_t)run->src[1] << 8;
		uint32_t low = run->src[2] | (uint32_t)run->src[3] << 8;
		uint32_t bytes;

		if ((c & 0xf800) != 0xd800) {
			uint8_t lane[16];
			__m128i v = _mm_cvtsi32_si128((int)c);

			/* Of four units only the first is one: a byte each for the others. */
			size_t n = (size_t)(text_three(lane, v, three) - lane) - 3;

			memcpy(run->dst, lane, 4);
			run->dst += n;
			run->src += 2;
			continue;
		}
		if ((c & 0xfc00) != 0xd800 || (low & 0xfc00) != 0xdc00)
			return false;
		c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
		bytes = 0x808080f0 | c >> 18 | (c >> 12 & 63) << 8 | (c >> 6 & 63) << 16 |
			(c & 63) << 24;
		memcpy(run->dst, &bytes, 4);
		run->dst += 4;
		run->src += 4;
		done++;
	}
	return true;
}

static void
utf16_to_utf8(struct codec_text_run *given)
{
	const struct text_two two = text_two_numbers();
	const struct text_three three = text_three_numbers();
	const __m128i ascii = text_16(0xff80), surrogate = text_16(0xd800);
	struct codec_text_run run = *given;

	while (text_ahead(&run)) {
		__m128i v = text_load(run.src), w = text_load(run.src + 16);
		__m128i both = _mm_or_si128(v, w);
		__m128i kind = _mm_and_si128(v, two.plane);

		if (_mm_testz_si128(both, ascii)) {
			text_store(run.dst, _mm_packus_epi16(v, w));
			run.src += 32;
			run.dst += 16;
			continue;
		}
		if (_mm_testz_si128(kind, kind)) {
			run.dst = text_two(run.dst, v, &two);
		} else if (_mm_movemask_epi8(_mm_cmpeq_epi16(kind, surrogate)) == 0) {
			run.dst = text_three(run.dst, _mm_cvtepu16_epi32(v), &three);
			run.dst = text_three(run.dst,
					     _mm_cvtepu16_epi32(_mm_srli_si128(v, 8)),
					     &three);
		} else {
			if (!utf16_slowly(&run, 8, &three))
				break;
			continue;
		}
		run.src += 16;
	}
	*given = run;
}

/* Past what is left of a character whose first byte has been taken; before `end` all is valid. */
static inline void
utf8_skip(struct codec_text_run *run, const uint8_t *end)
{
	while (run->src < end && (*run->src & 0xc0) == 0x80)
		run->src++;
}

/* One by one, at least `least` bytes of valid text, to units of `width` bytes. */
static inline __attribute__((always_inline)) void
utf8_slowly(struct codec_text_run *run, size_t least, size_t width)
{
	const uint8_t *enough = run->src + least;

	utf8_skip(run, enough);
	while (run->src < enough) {
		const uint8_t *s = run->src;
		uint32_t c = s[0], units;
		size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

		if (n == 2)
			c = (c & 31) << 6 | (s[1] & 63);
		else if (n == 3)
			c = (c & 15) << 12 | (uint32_t)(s[1] & 63) << 6 | (s[2] & 63);
		else if (n == 4)
			c = (c & 7) << 18 | (uint32_t)(s[1] & 63) << 12 |
			    (uint32_t)(s[2] & 63) << 6 | (s[3] & 63);
		run->src += n;
		units = c;
		if (n == 4)
			units = (0xd800 + ((c - 0x10000) >> 10)) | (0xdc00 | (c & 0x3ff))
									   << 16;
		if (width == 1)
			units = (units & 255) | (units >> 8 & 0xff00);
		memcpy(run->dst, &units, 4);
		run->dst += (n == 4 ? 2 : 1) * width;
	}
}

struct utf8_numbers {
	__m128i before_lead, four, one, low6, low5, ascii, two, byte;
};

static inline struct utf8_numbers
utf8_numbers(void)
{
	return (struct utf8_numbers){text_held(_mm_set1_epi8(-64)),
				     text_held(_mm_set1_epi8((char)0xf0)),
				     text_held(_mm_set1_epi8(1)),
				     text_16(0x3f),
				     text_16(0x1f),
				     text_16(0x7f),
				     text_16(0xdf),
				     text_16(0xff)};
}

/*
 * The characters that begin in the first eight of these valid bytes. Always eight bytes on, even
 * if that is inside a character, so that the next load need not wait for this one.
 */
static inline __attribute__((always_inline)) void
utf8_eight(struct codec_text_run *run, __m128i v, size_t width,
	   const struct utf8_numbers *k)
{
	uint32_t conts = (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(k->before_lead, v));
	__m128i at = text_places(conts), at2 = _mm_add_epi8(at, k->one);
	__m128i at3 = _mm_add_epi8(at2, k->one);
	__m128i first = _mm_cvtepu8_epi16(_mm_shuffle_epi8(v, at));
	__m128i second =
		_mm_and_si128(_mm_cvtepu8_epi16(_mm_shuffle_epi8(v, at2)), k->low6);
	__m128i third =
		_mm_and_si128(_mm_cvtepu8_epi16(_mm_shuffle_epi8(v, at3)), k->low6);
	__m128i c2 =
		_mm_or_si128(_mm_slli_epi16(_mm_and_si128(first, k->low5), 6), second);
	__m128i c3 = _mm_or_si128(
		_mm_or_si128(_mm_slli_epi16(first, 12), _mm_slli_epi16(second, 6)),
		third);

	c2 = _mm_blendv_epi8(first, c2, _mm_cmpgt_epi16(first, k->ascii));
	c3 = _mm_blendv_epi8(c2, c3, _mm_cmpgt_epi16(first, k->two));
	if (width == 1)
		_mm_storel_epi64((void *)run->dst,
				 _mm_packus_epi16(_mm_and_si128(c3, k->byte), c3));
	else
		text_store(run->dst, c3);
	run->dst += (8 - text_count(conts & 255)) * width;
	run->src += 8;
}

static inline __attribute__((always_inline)) void
utf8_widen(struct codec_text_run *given, size_t width)
{
	struct codec_text_run run = *given;
	const struct utf8_numbers k = utf8_numbers();
	const __m128i zero = _mm_setzero_si128();

	while (text_ahead(&run)) {
		size_t left = (size_t)(run.src_end - run.src);
		const uint8_t *valid_end =
			run.src +
			utf8_valid(run.src, left < TEXT_PIECE ? left : TEXT_PIECE);

		if (valid_end - run.src < 16)
			break;
		while (valid_end - run.src >= 16 && text_ahead(&run)) {
			__m128i v = text_load(run.src);

			if (_mm_movemask_epi8(v) == 0) {
				if (width == 1) {
					text_store(run.dst, v);
				} else {
					text_store(run.dst, _mm_unpacklo_epi8(v, zero));
					text_store(run.dst + 16,
						   _mm_unpackhi_epi8(v, zero));
				}
				run.src += 16;
				run.dst += 16 * width;
			} else if (_mm_movemask_epi8(_mm_cmpeq_epi8(
					   _mm_max_epu8(v, k.four), v)) != 0) {
				utf8_slowly(&run, 8, width);
			} else {
				utf8_eight(&run, v, width, &k);
			}
		}
		utf8_skip(&run, valid_end);
	}
	*given = run;
}

static void
utf8_to_utf16(struct codec_text_run *run)
{
	utf8_widen(run, 2);
}

static void
utf8_to_low(struct codec_text_run *run)
{
	utf8_widen(run, 1);
}

#endif
#endif
