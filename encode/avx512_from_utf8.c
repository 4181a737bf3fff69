/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From UTF-8 with AVX-512, checked in the same pass (avx512_utf8.h). Each place that ends a character
 * gets the low and the high byte of its unit, out of itself and the two bytes before it, in two registers
 * of bytes: shifts of bytes are products of bit matrices (GFNI). Then all other places are compressed
 * out of both, and the two are put together. A character of four bytes ends twice, once for each
 * surrogate. See struct codec_text.
 */
#include "encode/avx512_utf8.h"

#if ENCODE_AVX512

/* A matrix by its ones: bit `in` of a byte becomes bit `out`. */
#define ONE(out, in) (1ull << (in) << 8 * (7 - (out)))

/* x << 6, (x >> 2) & 15, x << 4, (x >> 2) & 3, x << 2, (x >> 4) & 3 */
#define LEFT_6	  (ONE(6, 0) | ONE(7, 1))
#define MIDDLE_4  (ONE(0, 2) | ONE(1, 3) | ONE(2, 4) | ONE(3, 5))
#define LEFT_4	  (ONE(4, 0) | ONE(5, 1) | ONE(6, 2) | ONE(7, 3))
#define MIDDLE_2  (ONE(0, 2) | ONE(1, 3))
#define LEFT_2	  (ONE(2, 0) | ONE(3, 1) | ONE(4, 2) | ONE(5, 3) | ONE(6, 4) | ONE(7, 5))
#define RIGHT_4_2 (ONE(0, 4) | ONE(1, 5))

static inline __m512i
matrix(uint64_t m)
{
	return held(_mm512_set1_epi64((long long)m));
}

/* Each byte of a register twice, by halves. */
#define TWICE(i)    (i), (i), (i) + 1, (i) + 1, (i) + 2, (i) + 2, (i) + 3, (i) + 3
#define TWICE_16(i) TWICE(i), TWICE((i) + 4), TWICE((i) + 8), TWICE((i) + 12)
static const uint8_t lanes_twice[128] __attribute__((aligned(64))) = {
	TWICE_16(0), TWICE_16(16), TWICE_16(32), TWICE_16(48)};

struct numbers {
	struct utf8_numbers utf8;
	__m512i left6, middle, left4, middle2, left2, right4, first_units, last_units;
	__mmask64 odd;
};

static inline struct numbers
numbers(void)
{
	return (struct numbers){utf8_numbers(),
				matrix(LEFT_6),
				matrix(MIDDLE_4),
				matrix(LEFT_4),
				matrix(MIDDLE_2),
				matrix(LEFT_2),
				matrix(RIGHT_4_2),
				held(load(lanes_twice)),
				held(load(lanes_twice + 64)),
				held_mask(0xaaaaaaaaaaaaaaaa)};
}

struct halves {
	__m512i low, high;
};

#define AFFINE	     _mm512_gf2p8affine_epi64_epi8
#define AFFINE_MASK  _mm512_mask_gf2p8affine_epi64_epi8
#define AFFINE_MASKZ _mm512_maskz_gf2p8affine_epi64_epi8

/*
 * The units of all characters that end in the block, at their last bytes; `earlier` are the bytes two
 * before each. Of four bytes: the second surrogate at the last one, the first before it.
 */
static inline __attribute__((always_inline)) struct halves
halves_of(const struct utf8_block *b, __m512i earlier, const struct utf8_state *s,
	  bool fours, const struct numbers *k)
{
	struct halves h;

	/* 0x80 + 0x80 is 0: a last byte's mark. */
	h.low = _mm512_mask_add_epi8(b->v, b->above, b->v,
				     AFFINE(b->before, k->left6, 0x80));
	h.high = AFFINE_MASKZ(b->above, b->before, k->middle, 0);
	if ((b->three | (s->open ^ s->second)) == 0)
		return h;
	if (!fours || (b->four | s->four) == 0) {
		/* 0 unless it is the first byte of three. */
		__m512i top = _mm512_subs_epu8(earlier, k->utf8.three);

		h.high = _mm512_or_si512(h.high, _mm512_slli_epi16(top, 4));
		return h;
	}
	__mmask64 third = b->four << 2 | s->four >> 1, fourth = b->four << 3 | s->four;
	/* Of four as well, which is then written over. */
	__mmask64 three = b->three << 2 | (s->open & ~s->second);
	h.high = _mm512_or_si512(h.high, AFFINE_MASKZ(three, earlier, k->left4, 0));
	h.high = AFFINE_MASK(h.high, fourth, b->before, k->middle2, 0xdc);
	/* The point less 0x10000, that is the top less 1. */
	h.low = _mm512_mask_add_epi8(h.low, third, AFFINE(b->before, k->left2, 0),
				     AFFINE(b->v, k->right4, 0xc0));
	__m512i top = _mm512_and_si512(earlier, _mm512_set1_epi8(7));
	__mmask64 borrow = _mm512_mask_cmplt_epu8_mask(third, b->before,
						       _mm512_set1_epi8((char)0x90));
	h.high = _mm512_mask_add_epi8(h.high, third, top, _mm512_set1_epi8((char)0xd8));
	h.high = _mm512_mask_sub_epi8(h.high, borrow, h.high, _mm512_set1_epi8(1));
	return h;
}

/* Where a unit ends. `split`: a first surrogate may be the last unit. */
static inline uint64_t
ends(const struct utf8_block *b, const struct utf8_state *s, uint64_t lanes,
     uint64_t split)
{
	uint64_t more = b->lead | b->open >> 1 | b->next.open << 63;

	return (~more & lanes) | ((b->four << 2 | s->four >> 1) & split);
}

/* The bytes of both by turns, those at `twice`. */
static inline __m512i
together(__m512i low, __m512i high, __m512i twice, __mmask64 odd)
{
	return _mm512_mask_permutexvar_epi8(_mm512_permutexvar_epi8(twice, low), odd,
					    twice, high);
}

static inline __attribute__((always_inline)) void
store(uint8_t *dst, const struct halves *h, uint64_t keep, size_t n, size_t width,
      bool exact, const struct numbers *k)
{
	__m512i low = _mm512_maskz_compress_epi8(keep, h->low), high, a, b;

	if (width == 1) {
		if (exact)
			_mm512_mask_storeu_epi8(dst, first(n), low);
		else
			_mm512_storeu_si512(dst, low);
		return;
	}
	high = _mm512_maskz_compress_epi8(keep, h->high);
	a = together(low, high, k->first_units, k->odd);
	if (exact)
		_mm512_mask_storeu_epi16(dst, (__mmask32)first(n), a);
	else
		_mm512_storeu_si512(dst, a);
	if (n > 32) {
		b = together(low, high, k->last_units, k->odd);
		if (exact)
			_mm512_mask_storeu_epi16(dst + 64, (__mmask32)first(n - 32), b);
		else
			_mm512_storeu_si512(dst + 64, b);
	}
}

/* n bytes that are all ASCII. */
static inline __attribute__((always_inline)) void
store_ascii(uint8_t *dst, __m512i v, size_t n, size_t width, bool exact)
{
	__mmask64 lanes = exact ? first(n) : ~0ull;

	if (width == 1) {
		_mm512_mask_storeu_epi8(dst, lanes, v);
		return;
	}
	__m512i a = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(v));
	__m512i b = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(v, 1));
	if (exact) {
		_mm512_mask_storeu_epi16(dst, (__mmask32)lanes, a);
		_mm512_mask_storeu_epi16(dst + 64, (__mmask32)(lanes >> 32), b);
	} else {
		_mm512_storeu_si512(dst, a);
		_mm512_storeu_si512(dst + 64, b);
	}
}

/* Blocks of ASCII that come first; behind them, an end of less than a block. */
static inline __attribute__((always_inline)) void
ascii(struct codec_text_run *run, size_t width)
{
	const uint8_t *src = run->src;
	size_t n = text_both_of(run, width), at = 0;

	for (; n - at >= 64; at += 64) {
		__m512i v = load(src + at);

		if (top_bits(v) != 0)
			break;
		store_ascii(run->dst + width * at, v, 64, width, false);
	}
	if (at > 0 && n - at < 64 && n - at > 0 && top_bits(load(src + n - 64)) == 0) {
		store_ascii(run->dst + width * (n - 64), load(src + n - 64), 64, width,
			    false);
		at = n;
	}
	run->src += at;
	run->dst += width * at;
}

/*
 * One block, or at the end what is left, wherever it lies: nothing before `begin` is read, and nothing
 * written too much. False: it is not valid, or there is no room.
 */
static __attribute__((noinline)) bool
take(struct codec_text_run *run, const uint8_t *begin, struct utf8_state *s, size_t width)
{
	size_t left = (size_t)(run->src_end - run->src), n = left < 64 ? left : 64;
	size_t room = (size_t)(run->dst_end - run->dst);
	uint64_t lanes = first(n);
	struct utf8_block b = {.v = _mm512_maskz_loadu_epi8(lanes, run->src)};

	b.above = top_bits(b.v);
	if ((b.above | s->open) == 0) {
		if (n * width > room)
			return false;
		store_ascii(run->dst, b.v, n, width, true);
		run->src += n;
		run->dst += n * width;
		*s = (struct utf8_state){0};
		return true;
	}
	const struct numbers k = numbers();
	__m512i last = run->src > begin ? load(run->src - 64) : _mm512_setzero_si512();
	b.before = utf8_earlier(b.v, last, 1);
	if (!utf8_look(&b, s, lanes, true, &k.utf8))
		return false;
	struct halves h = halves_of(&b, utf8_earlier(b.v, last, 2), s, true, &k);
	uint64_t keep = ends(&b, s, lanes, left > 64 ? ~0ull : lanes >> 1);
	size_t units = (size_t)_mm_popcnt_u64(keep);
	if (units * width > room)
		return false;
	store(run->dst, &h, keep, units, width, true, &k);
	run->src += n;
	run->dst += units * width;
	*s = b.next;
	return true;
}

enum next { STOP, NO_FOURS, FOURS };

/* Blocks with one before them. Says what comes then. */
static inline __attribute__((always_inline)) enum next
take_many_of(struct codec_text_run *given, struct utf8_state *state, size_t width,
	     bool fours)
{
	const struct numbers k = numbers();
	struct codec_text_run run = *given;
	struct utf8_state s = *state;
	enum next next = STOP;

	while (text_ahead(&run, 64)) {
		struct utf8_block b = {.v = load(run.src)};
		bool ahead = text_ahead(&run, AVX512_AHEAD);

		b.above = top_bits(b.v);
		if (ahead && (b.above | s.open) == 0) {
			do {
				store_ascii(run.dst, b.v, 64, width, false);
				run.src += 64;
				run.dst += 64 * width;
				b.v = load(run.src);
			} while (top_bits(b.v) == 0 && text_ahead(&run, AVX512_AHEAD));
			s = (struct utf8_state){0};
			continue;
		}
		b.before = load(run.src - 1);
		bool valid = utf8_look(&b, &s, ~0ull, fours, &k.utf8);
		if (!fours && b.four != 0) {
			next = FOURS;
			break;
		}
		if (!valid)
			break;
		if (fours && (b.four | s.four) == 0) {
			next = NO_FOURS;
			break;
		}
		struct halves h = halves_of(&b, load(run.src - 2), &s, fours, &k);
		if (!fours)
			b.four = s.four = 0;
		/* Of a character that the text cuts there is no first surrogate. */
		uint64_t split = run.src_end - run.src > 64 ? ~0ull : ~0ull >> 1;
		uint64_t keep = ends(&b, &s, ~0ull, split);
		size_t units = (size_t)_mm_popcnt_u64(keep);
		if (ahead) {
			store(run.dst, &h, keep, units, width, false, &k);
		} else {
			if ((size_t)(run.dst_end - run.dst) < units * width)
				break;
			store(run.dst, &h, keep, units, width, true, &k);
		}
		run.src += 64;
		run.dst += units * width;
		s = b.next;
	}
	*given = run;
	*state = s;
	return next;
}

static __attribute__((noinline)) enum next
take_many(struct codec_text_run *run, struct utf8_state *s, size_t width)
{
	return width == 2 ? take_many_of(run, s, 2, false)
			  : take_many_of(run, s, 1, false);
}

static __attribute__((noinline)) enum next
take_many_fours(struct codec_text_run *run, struct utf8_state *s, size_t width)
{
	return width == 2 ? take_many_of(run, s, 2, true) : take_many_of(run, s, 1, true);
}

static void
widen(struct codec_text_run *run, size_t width)
{
	const uint8_t *begin = run->src, *from;
	struct utf8_state s = {0};
	bool going = true;
	enum next next = NO_FOURS;

	ascii(run, width);
	if (run->src == begin) {
		going = take(run, begin, &s, width);
		next = s.four != 0 ? FOURS : NO_FOURS;
	}
	while (going && next != STOP && text_ahead(run, 64))
		next = next == FOURS ? take_many_fours(run, &s, width)
				     : take_many(run, &s, width);
	do {
		from = run->src;
		going = going && from < run->src_end && take(run, begin, &s, width);
	} while (going);
	/* Back to where a character begins that is not whole, and before its first surrogate. */
	size_t at = (size_t)(from - begin), whole = utf8_whole(begin, at);
	if (at - whole == 3 && from < run->src_end)
		run->dst -= width;
	run->src = begin + whole;
	_mm256_zeroupper();
}

/* For one block: whatever is not needed is not loaded. */
static inline struct numbers
numbers_once(void)
{
	static const uint64_t matrices[] = {LEFT_6,   MIDDLE_4, LEFT_4,
					    MIDDLE_2, LEFT_2,	RIGHT_4_2};
#define MATRIX(i) number64_at(&matrices[i])
	return (struct numbers){{.three = ONCE8(0xe0)},
				MATRIX(0),
				MATRIX(1),
				MATRIX(2),
				MATRIX(3),
				MATRIX(4),
				MATRIX(5),
				load(lanes_twice),
				load(lanes_twice + 64),
				0xaaaaaaaaaaaaaaaa};
#undef MATRIX
}

/* Bytes of ASCII, 64 at most. */
static inline __attribute__((always_inline)) void
widen_short(uint8_t *dst, const uint8_t *src, __m512i v, size_t n)
{
	__m512i units = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(v));

	if (n >= 32) {
		__m256i last = _mm256_loadu_si256((const void *)(src + n - 32));

		_mm512_storeu_si512(dst, units);
		_mm512_storeu_si512(dst + 2 * n - 64, _mm512_cvtepu8_epi16(last));
	} else {
		_mm512_mask_storeu_epi16(dst, (__mmask32)first_short(n), units);
	}
}

/* All of a short text that is not ASCII. */
static inline __attribute__((always_inline)) struct weir_result
whole(uint8_t *dst, size_t cap, const uint8_t *src, size_t n, size_t width,
      codec_whole *other)
{
	const struct utf8_state none = {0};
	struct utf8_block b = {.v = _mm512_maskz_loadu_epi8(first_short(n), src)};

	b.above = top_bits(b.v);
	if (!utf8_look_alone(&b))
		return usual(other, dst, cap, src, n);
	uint64_t keep = ends(&b, &none, first_short(n), ~0ull);
	size_t units = (size_t)_mm_popcnt_u64(keep);
	if (units > cap / width)
		return usual(other, dst, cap, src, n);
	const struct numbers k = numbers_once();
	__m512i two = _mm512_permutexvar_epi8(load(lanes_before), b.before);
	struct halves h = halves_of(&b, two, &none, true, &k);
	if (width == 2 && units <= 32) {
		__m512i low = _mm512_maskz_compress_epi8(keep, h.low);
		__m512i high = _mm512_maskz_compress_epi8(keep, h.high);

		low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(low));
		high = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(high));
		low = _mm512_or_si512(low, _mm512_slli_epi16(high, 8));
		_mm512_mask_storeu_epi16(dst, (__mmask32)first_short(units), low);
	} else {
		store(dst, &h, keep, units, width, true, &k);
	}
	return done(n, units * width);
}

static __attribute__((noinline)) struct weir_result
whole_to_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return whole(dst, cap, src, n, 2, whole_utf8_to_utf16);
}

static __attribute__((noinline)) struct weir_result
whole_to_low(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return whole(dst, cap, src, n, 1, whole_utf8_to_low);
}

/* ASCII that comes first, in blocks or to the end; then the rest, as a text of its own. */
static __attribute__((noinline)) struct weir_result
widen_then(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	struct codec_text_run run = {src, src + n, dst, dst + cap};
	size_t at;

	ascii(&run, 2);
	at = (size_t)(run.src - src);
	if (at == n)
		return done(n, 2 * n);
	if (at == 0)
		return usual(whole_utf8_to_utf16, dst, cap, src, n);
	_mm256_zeroupper();
	return behind(avx512_whole_to_utf16(dst + 2 * at, cap - 2 * at, src + at, n - at),
		      at, 2 * at);
}

struct weir_result
avx512_whole_to_utf16(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	if (n > 64 && n <= cap / 2)
		return widen_then(dst, cap, src, n);
	if (!is_short(n) || n > cap / 2)
		return usual(whole_utf8_to_utf16, dst, cap, src, n);
	__m512i v = _mm512_maskz_loadu_epi8(first_short(n), src);
	if (top_bits(v) != 0)
		return whole_to_utf16(dst, cap, src, n);
	widen_short(dst, src, v, n);
	return done(n, 2 * n);
}

struct weir_result
avx512_whole_to_low(uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	if (n > 64 && n <= cap)
		return avx512_ascii_then(dst, cap, src, n, avx512_whole_to_low,
					 whole_utf8_to_low);
	if (!is_short(n) || n > cap)
		return usual(whole_utf8_to_low, dst, cap, src, n);
	__m512i v = _mm512_maskz_loadu_epi8(first_short(n), src);
	if (top_bits(v) != 0)
		return whole_to_low(dst, cap, src, n);
	copy_short(dst, src, v, n);
	return done(n, n);
}

static void
utf8_to_utf16(struct codec_text_run *run)
{
	widen(run, 2);
}

static void
utf8_to_low(struct codec_text_run *run)
{
	avx512_latin1_from_utf8(run);
	widen(run, 1);
}

const struct codec_text avx512_text = {
	.utf8_valid = avx512_utf8_valid,
	.utf8_copy = avx512_utf8_copy,
	.utf8_to_utf16 = utf8_to_utf16,
	.utf8_to_low = utf8_to_low,
	.utf16_to_utf8 = avx512_utf16_to_utf8,
	.latin1_to_utf8 = avx512_latin1_to_utf8,
};

#endif
