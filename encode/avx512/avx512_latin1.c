/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Latin-1 with AVX-512: to UTF-8, from such UTF-8 as has nothing else in it, and to units of UTF-16 and back.
 * What begins a character and what ends it are made in two registers of bytes, 64 at once; put
 * together by turns, what begins none is compressed out. See struct codec_text.
 */
#include "encode/avx512/avx512_text.h"

#if ENCODE_AVX512

/* Matrices for GFNI: bit `in` of a byte becomes bit `out`. */
#define ONE(out, in) (1ull << (in) << 8 * (7 - (out)))
/* 0xc2 and the byte's bit 6 where its top bit is set, which the first one of two has to be. */
#define LEAD   (ONE(7, 7) | ONE(6, 7) | ONE(1, 7) | ONE(0, 6))
#define LEFT_6 (ONE(6, 0) | ONE(7, 1))

struct numbers {
	__m512i order, lead, mark;
};

static inline struct numbers
numbers(void)
{
	return (struct numbers){held(_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7)),
				held(_mm512_set1_epi64((long long)LEAD)),
				held(_mm512_set1_epi8(0x40))};
}

/*
 * The first n bytes of v, 64 but for the `exact` end, `above` those that are not ASCII. Returns where
 * the text ends; up to 32 bytes behind it are written too if not `exact`.
 */
static inline __attribute__((always_inline)) uint8_t *
put(uint8_t *dst, __m512i v, uint64_t above, size_t n, bool exact,
    const struct numbers *k)
{
	const __mmask64 odd = 0xaaaaaaaaaaaaaaaa;
	size_t low = n < 32 ? n : 32,
	       size = low + (size_t)_mm_popcnt_u32((uint32_t)above);

	v = _mm512_permutexvar_epi64(k->order, v);
	__m512i lead = _mm512_gf2p8affine_epi64_epi8(v, k->lead, 0);
	/* a & ~(b & c): without bit 6 where there is bit 7. */
	__m512i last =
		_mm512_ternarylogic_epi32(v, _mm512_srli_epi16(v, 1), k->mark, 0x70);
	__m512i a = _mm512_unpacklo_epi8(lead, last);
	__mmask64 keep = _kor_mask64(top_bits(a), odd);
	if (exact) {
		keep &= first(2 * low);
		_mm512_mask_storeu_epi8(dst, first(size),
					_mm512_maskz_compress_epi8(keep, a));
	} else {
		_mm512_storeu_si512(dst, _mm512_maskz_compress_epi8(keep, a));
	}
	dst += size;
	if (exact && n <= 32)
		return dst;
	a = _mm512_unpackhi_epi8(lead, last);
	keep = _kor_mask64(top_bits(a), odd);
	size = n - 32 + (size_t)_mm_popcnt_u32((uint32_t)(above >> 32));
	if (exact) {
		keep &= first(2 * n - 64);
		_mm512_mask_storeu_epi8(dst, first(size),
					_mm512_maskz_compress_epi8(keep, a));
	} else {
		_mm512_storeu_si512(dst, _mm512_maskz_compress_epi8(keep, a));
	}
	return dst + size;
}

void
avx512_latin1_to_utf8(struct codec_text_run *given)
{
	const struct numbers k = numbers();
	struct codec_text_run run = *given;

	while (run.src < run.src_end) {
		size_t left = (size_t)(run.src_end - run.src), n = left < 64 ? left : 64;
		size_t room = (size_t)(run.dst_end - run.dst);
		bool ahead = left >= 192 && room >= 192;
		__m512i v = ahead ? load(run.src)
				  : _mm512_maskz_loadu_epi8(first_short(n), run.src);
		__mmask64 above = top_bits(v);

		if (!ahead && room < n + (size_t)_mm_popcnt_u64(bits(above)))
			break;
		if (above == 0) {
			if (n == 64)
				_mm512_storeu_si512(run.dst, v);
			else
				copy_short(run.dst, run.src, v, n);
			run.dst += n;
		} else if (ahead) {
			run.dst = put(run.dst, v, bits(above), 64, false, &k);
		} else {
			run.dst = put(run.dst, v, bits(above), n, true, &k);
		}
		run.src += n;
	}
	*given = run;
	_mm256_zeroupper();
}

static __attribute__((noinline)) struct weir_result
whole_latin1(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	static const uint64_t lead = LEAD;
	__m512i v = _mm512_maskz_loadu_epi8(first_short(n), src);
	uint64_t above = bits(top_bits(v));
	size_t size = n + (size_t)_mm_popcnt_u64(above);

	if (size > cap)
		return usual(whole_latin1_to_utf8, dst, cap, src, n);
	const struct numbers k = {_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7),
				  number64_at(&lead), ONCE8(0x40)};
	put(dst, v, above, n, true, &k);
	return done(n, size);
}

struct weir_result
avx512_whole_latin1(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	if (n > 64 && n <= cap)
		return avx512_ascii_then(dst, cap, src, n, avx512_whole_latin1,
					 whole_latin1_to_utf8);
	if (!is_short(n) || n > cap)
		return usual(whole_latin1_to_utf8, dst, cap, src, n);
	__m512i v = _mm512_maskz_loadu_epi8(first_short(n), src);
	if (top_bits(v) != 0)
		return whole_latin1(dst, cap, src, n);
	copy_short(dst, src, v, n);
	return done(n, n);
}

/*
 * Blocks of UTF-8 without a character above 0xff, as long as they come: only two first bytes are there then,
 * and they are what is compressed out. Stops before a character that is cut.
 */
void
avx512_latin1_from_utf8(struct codec_text_run *given)
{
	const __m512i lead = held(_mm512_set1_epi8((char)0xc0));
	const __m512i least = held(_mm512_set1_epi8((char)0xc2));
	const __m512i one = held(_mm512_set1_epi8(1));
	const __m512i left6 = held(_mm512_set1_epi64((long long)LEFT_6));
	struct codec_text_run run = *given;
	uint64_t open = 0;

	while (text_ahead(&run, 64)) {
		__m512i v = load(run.src), before;
		__mmask64 above = top_bits(v);

		if ((above | open) == 0) {
			_mm512_storeu_si512(run.dst, v);
			run.src += 64;
			run.dst += 64;
			continue;
		}
		__mmask64 leads = _mm512_cmpge_epu8_mask(v, lead);
		__mmask64 twos = _mm512_cmple_epu8_mask(_mm512_sub_epi8(v, least), one);
		uint64_t begins = bits(leads), must = begins << 1 | open;
		if (((must ^ (bits(above) & ~begins)) | (begins ^ bits(twos))) != 0)
			break;
		before = run.src > given->src
				 ? load(run.src - 1)
				 : _mm512_permutexvar_epi8(load(lanes_before), v);
		/* 0x80 + 0x80 is 0: a last byte's mark. */
		v = _mm512_mask_add_epi8(
			v, above, v, _mm512_gf2p8affine_epi64_epi8(before, left6, 0x80));
		size_t n = 64 - (size_t)_mm_popcnt_u64(begins);
		v = _mm512_maskz_compress_epi8(_knot_mask64(leads), v);
		if (text_ahead(&run, 192))
			_mm512_storeu_si512(run.dst, v);
		else
			_mm512_mask_storeu_epi8(run.dst, first_short(n), v);
		run.src += 64;
		run.dst += n;
		open = begins >> 63;
	}
	run.src -= open;
	*given = run;
}

void
avx512_widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask)
{
	const __m512i keep = _mm512_set1_epi16(mask);
	size_t i = 0;

#define UNITS(at)                                                                        \
	_mm512_and_si512(                                                                \
		_mm512_cvtepu8_epi16(_mm256_loadu_si256((const void *)(src + (at)))),    \
		keep)
	if (n < 32) {
		__mmask32 lanes = (__mmask32)first(n);
		__m256i v = _mm256_maskz_loadu_epi8(lanes, src);

		_mm512_mask_storeu_epi16(dst, lanes,
					 _mm512_and_si512(_mm512_cvtepu8_epi16(v), keep));
		_mm256_zeroupper();
		return;
	}
	for (; n - i > 64; i += 64) {
		__m512i a = UNITS(i), b = UNITS(i + 32);

		_mm512_storeu_si512(dst + 2 * i, a);
		_mm512_storeu_si512(dst + 2 * i + 64, b);
	}
	/* The last 64 or fewer, in halves that overlap. */
	if (n - i > 32)
		_mm512_storeu_si512(dst + 2 * i, UNITS(i));
	_mm512_storeu_si512(dst + 2 * n - 64, UNITS(n - 32));
#undef UNITS
	_mm256_zeroupper();
}

/* 32 units to bytes. */
static inline __m256i
narrowed(__m512i units, bool cut)
{
	return cut ? _mm512_cvtepi16_epi8(units) : _mm512_cvtusepi16_epi8(units);
}

static inline __attribute__((always_inline)) void
narrow(uint8_t *dst, const uint8_t *src, size_t n, bool cut)
{
	size_t i = 0;

#define BYTES(at) narrowed(load(src + 2 * (at)), cut)
	if (n < 32) {
		__mmask32 lanes = (__mmask32)first(n);
		__m256i bytes = narrowed(_mm512_maskz_loadu_epi16(lanes, src), cut);

		_mm256_mask_storeu_epi8(dst, lanes, bytes);
		return;
	}
	for (; n - i > 32; i += 32)
		_mm256_storeu_si256((void *)(dst + i), BYTES(i));
	_mm256_storeu_si256((void *)(dst + n - 32), BYTES(n - 32));
#undef BYTES
}

void
avx512_narrow(uint8_t *dst, const uint8_t *src, size_t n, bool cut)
{
	if (cut)
		narrow(dst, src, n, true);
	else
		narrow(dst, src, n, false);
	_mm256_zeroupper();
}

#endif
