/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From UTF-8 with AVX-512, checked in the same pass: long texts, block by block (avx512_from_utf8.h). See struct
 * codec_text.
 */
#include "encode/avx512/avx512_from_utf8.h"

#if ENCODE_AVX512

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
