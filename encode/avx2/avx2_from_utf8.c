/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From UTF-8 with AVX2, 32 bytes at a time wherever characters begin: each byte becomes the unit of a character that ends
 * with it, and what ends none is shuffled out (compress.h). So no load waits for a result. The first surrogate of a pair takes
 * the place of its third byte. Text without characters of three bytes, and with nothing else, have shorter ways.
 * See struct codec_text.
 */
#include "encode/avx2/avx2_units.h"

#if ENCODE_AVX2

#include "encode/kept.h"

static inline uint8_t *
put_units(uint8_t *dst, __m128i units, uint32_t drop, size_t width)
{
	if (width == 2) {
		store_16(dst, in_row(units, compress_words, drop));
	} else {
		__m128i at = _mm_loadl_epi64((const void *)&codec_kept[drop & 255]);

		units = _mm_shuffle_epi8(units, _mm_add_epi8(at, at));
		_mm_storel_epi64((void *)dst, units);
	}
	return dst + (8 - ones(drop)) * width;
}

static inline uint8_t *
put(uint8_t *dst, struct units u, uint32_t drop, size_t width)
{
	dst = put_units(dst, lower(u.a), drop, width);
	dst = put_units(dst, lower(u.b), drop >> 8, width);
	dst = put_units(dst, upper(u.a), drop >> 16, width);
	return put_units(dst, upper(u.b), drop >> 24, width);
}

/*
 * One block, or at the end what is left, wherever it lies: nothing before `begin` is read, and nothing is written too much.
 * False: it is not valid, or there is no room.
 */
static inline __attribute__((always_inline)) bool
take(struct codec_text_run *run, const uint8_t *begin, struct state *s, size_t width)
{
	const struct numbers k = numbers();
	size_t left = (size_t)(run->src_end - run->src), n = left < 32 ? left : 32;
	size_t at = (size_t)(run->src - begin), before = 0;
	bool direct = ahead(run, 56, 96), alone = at == 0;
	uint8_t out[80], *dst = direct ? run->dst : out;
	const uint8_t *src = run->src;
	struct state next = *s;

	if (left < 32 && !alone) {
		/* The last 32 bytes, the first of which are done. */
		before = 32 - left;
		src -= before;
		if (src - begin < 3)
			return false;
	}
	__m256i v = left < 32 && alone ? load_short(src, left) : load(src);
	struct block b = block_of(src, v, alone, &k);
	uint32_t drop = before > 0 ? (1u << before) - 1 : n < 32 ? ~0u << n : 0;
	uint32_t open = before > 0 ? b.conts & 1 : s->lead;
	uint32_t far = b.threes | s->far;
	struct units u;
	if (before > 0) {
		next = (struct state){0, 0, 1};
		far |= top_bits(from_8(load(src - 3), k.three));
	}
	if (far != 0) {
		if (!far_units(&u, &b, src, alone, &next, &k))
			return false;
	} else {
		if (!twos_valid(&b, open, &k))
			return false;
		u = plain_units(&b, &k);
		next = (struct state){b.leads >> 31, 0, 0};
	}
	size_t size = (size_t)(put(dst, u, drop | b.leads, width) - dst);
	if (!direct) {
		if ((size_t)(run->dst_end - run->dst) < size)
			return false;
		copy_out(run->dst, out, size);
	}
	run->src += n;
	run->dst += size;
	*s = next;
	return true;
}

/* Characters of three bytes and nothing else, 16 at a time, from where one begins. */
static inline void
take_threes(struct codec_text_run *run, size_t width)
{
	const __m256i order = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1));
	const __m256i marks = ALL32(0x00f0c0c0);
	const __m256i must = ALL32(0x00e08080);
	const __m256i rest = ALL32(0x000f3f3f);
	const __m256i plane = ALL16(0xf800), surrogate = ALL16(0xd800);

#define PART(at)                                                                         \
	_mm256_shuffle_epi8(                                                             \
		_mm256_inserti128_si256(                                                 \
			_mm256_castsi128_si256(                                          \
				_mm_loadu_si128((const void *)(run->src + (at)))),       \
			_mm_loadu_si128((const void *)(run->src + (at) + 24)), 1),       \
		order)
#define POINTS(v)                                                                        \
	_mm256_madd_epi16(                                                               \
		_mm256_maddubs_epi16(_mm256_and_si256(v, rest), ALL32(0x00014001)),      \
		ALL32(0x10000001))
	while (ahead(run, 80, 96)) {
		__m256i a = PART(0), b = PART(12);
		__m256i wrong = _mm256_or_si256(
			_mm256_xor_si256(_mm256_and_si256(a, marks), must),
			_mm256_xor_si256(_mm256_and_si256(b, marks), must));
		__m256i units = _mm256_packus_epi32(POINTS(a), POINTS(b));
		__m256i kind = _mm256_and_si256(units, plane);

		/* Too long, or a surrogate. */
		wrong = _mm256_or_si256(wrong,
					_mm256_cmpeq_epi16(kind, _mm256_setzero_si256()));
		wrong = _mm256_or_si256(wrong, _mm256_cmpeq_epi16(kind, surrogate));
		if (!_mm256_testz_si256(wrong, wrong))
			break;
		if (width == 2) {
			store(run->dst, units);
		} else {
			units = _mm256_and_si256(units, ALL16(0xff));
			store_16(run->dst, _mm_packus_epi16(lower(units), upper(units)));
		}
		run->src += 48;
		run->dst += 16 * width;
	}
#undef PART
#undef POINTS
}

/* Blocks with one before them, and text behind them. */
static inline __attribute__((always_inline)) void
take_many(struct codec_text_run *given, struct state *state, size_t width)
{
	const struct numbers k = numbers();
	struct codec_text_run run = *given;
	struct state s = *state;

	while (ahead(&run, 56, 96)) {
		__m256i v = load(run.src);
		struct units u;

		if ((top_bits(v) | s.lead | s.far) == 0) {
			if (width == 2) {
				store(run.dst, _mm256_cvtepu8_epi16(lower(v)));
				store(run.dst + 32, _mm256_cvtepu8_epi16(upper(v)));
			} else {
				store(run.dst, v);
			}
			run.src += 32;
			run.dst += 32 * width;
			continue;
		}
		struct block b = block_of(run.src, v, false, &k);
		if ((b.threes | s.far) == 0) {
			if (!twos_valid(&b, s.lead, &k))
				break;
			u = plain_units(&b, &k);
			s.lead = b.leads >> 31;
		} else {
			if (b.conts == 0xb6db6db6 && (s.lead | s.far) == 0) {
				const uint8_t *from = run.src;

				take_threes(&run, width);
				if (run.src > from)
					continue;
			}
			if (!far_units(&u, &b, run.src, false, &s, &k))
				break;
		}
		run.dst = put(run.dst, u, b.leads, width);
		run.src += 32;
	}
	*given = run;
	*state = s;
}

static __attribute__((noinline)) void
take_many_2(struct codec_text_run *run, struct state *s)
{
	take_many(run, s, 2);
}

static __attribute__((noinline)) void
take_many_1(struct codec_text_run *run, struct state *s)
{
	take_many(run, s, 1);
}

static __attribute__((noinline)) bool
take_2(struct codec_text_run *run, const uint8_t *begin, struct state *s)
{
	return take(run, begin, s, 2);
}

static __attribute__((noinline)) bool
take_1(struct codec_text_run *run, const uint8_t *begin, struct state *s)
{
	return take(run, begin, s, 1);
}

static inline __attribute__((always_inline)) void
widen(struct codec_text_run *given, size_t width)
{
	const uint8_t *begin = given->src;
	struct codec_text_run run = *given;
	struct state s = {0};
	bool going = true;

	run.src_end = begin + utf8_whole(begin, (size_t)(run.src_end - begin));
	while (going && run.src < run.src_end) {
		going = width == 2 ? take_2(&run, begin, &s) : take_1(&run, begin, &s);
		if (going && ahead(&run, 56, 96)) {
			if (width == 2)
				take_many_2(&run, &s);
			else
				take_many_1(&run, &s);
		}
	}
	/* Back to where a character begins that is not whole, and before its first surrogate. */
	size_t at = (size_t)(run.src - begin), whole = utf8_whole(begin, at);
	if (at - whole == 3)
		run.dst -= width;
	given->src = begin + whole;
	given->dst = run.dst;
	_mm256_zeroupper();
}

void
avx2_utf8_to_utf16(struct codec_text_run *run)
{
	widen(run, 2);
}

void
avx2_utf8_to_low(struct codec_text_run *run)
{
	widen(run, 1);
}

#endif
