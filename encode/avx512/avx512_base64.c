/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 decoding of the AVX-512 tier: clean text four vectors at a time, lines of one length, and
 * anything else block by block, as in avx512_carry.h. Called through the table of encode/choose.c;
 * never on a machine without these instructions.
 */
#include "encode/avx512/avx512.h"
#include "encode/avx512/avx512_carry.h"
#include "encode/lanes/align.h"
#include "encode/lanes/regular.h"

#if ENCODE_AVX512

/* Where the bytes of a group lie after madd, for 64 groups in a row of four vectors. */
#define GROUP(g)  4 * (g) + 2, 4 * (g) + 1, 4 * (g)
#define GROUPS(g) GROUP(g), GROUP((g) + 1), GROUP((g) + 2), GROUP((g) + 3)
static const uint8_t group_order[192 + 64] = {
	GROUPS(0),  GROUPS(4),	GROUPS(8),  GROUPS(12), GROUPS(16), GROUPS(20),
	GROUPS(24), GROUPS(28), GROUPS(32), GROUPS(36), GROUPS(40), GROUPS(44),
	GROUPS(48), GROUPS(52), GROUPS(56), GROUPS(60)};

static inline __m512i
base64_sums(__m512i values)
{
	return _mm512_madd_epi16(
		_mm512_maddubs_epi16(values, _mm512_set1_epi32(0x01400140)),
		_mm512_set1_epi32(0x00011000));
}

/*
 * 256 clean characters at a time to 192 bytes, which are three whole stores. With `stream`
 * around the caches: then dst is aligned.
 */
static inline __attribute__((always_inline)) void
base64_clean(struct base64_run *run, const struct base64_tables *t, bool stream)
{
	const __m512i order0 = load(group_order);
	/* The second vector of each pair begins at 64, whatever the pair. */
	const __m512i order1 =
		_mm512_sub_epi8(load(group_order + 64), _mm512_set1_epi8(64));
	const __m512i order2 =
		_mm512_sub_epi8(load(group_order + 128), _mm512_set1_epi8((char)128));
	const uint8_t *src = run->src;
	uint8_t *dst = run->dst;

	for (; run->src_end - src >= 256 && run->dst_end - dst >= 192;
	     src += 256, dst += 192) {
		__m512i a = load(src), b = load(src + 64), c = load(src + 128),
			d = load(src + 192);
		__m512i bad =
			_mm512_or_si512(_mm512_ternarylogic_epi32(a, b, c, 0xfe), d);

		a = _mm512_permutex2var_epi8(t->low, a, t->high);
		b = _mm512_permutex2var_epi8(t->low, b, t->high);
		c = _mm512_permutex2var_epi8(t->low, c, t->high);
		d = _mm512_permutex2var_epi8(t->low, d, t->high);
		bad = _mm512_ternarylogic_epi32(bad, a, b, 0xfe);
		bad = _mm512_ternarylogic_epi32(bad, c, d, 0xfe);
		if (_mm512_movepi8_mask(bad) != 0)
			break;
		a = base64_sums(a);
		b = base64_sums(b);
		c = base64_sums(c);
		d = base64_sums(d);
		a = _mm512_permutex2var_epi8(a, order0, b);
		b = _mm512_permutex2var_epi8(b, order1, c);
		c = _mm512_permutex2var_epi8(c, order2, d);
		if (stream) {
			_mm512_stream_si512((void *)dst, a);
			_mm512_stream_si512((void *)(dst + 64), b);
			_mm512_stream_si512((void *)(dst + 128), c);
		} else {
			_mm512_storeu_si512(dst, a);
			_mm512_storeu_si512(dst + 64, b);
			_mm512_storeu_si512(dst + 128, c);
		}
	}
	if (stream)
		_mm_sfence();
	run->src = src;
	run->dst = dst;
}

static inline __attribute__((always_inline)) bool
base64_regular(uint8_t *dst, const uint8_t *src, const void *tables)
{
	const struct base64_tables *t = tables;
	__m512i v = load(src), values = _mm512_permutex2var_epi8(t->low, v, t->high);

	if (_mm512_movepi8_mask(_mm512_or_si512(values, v)) != 0)
		return false;
	store_48(dst, base64_pack(values, t->order));
	return true;
}

/*
 * The end of clean text, in blocks of which the last one overlaps the one before: without masks, and
 * without one block waiting for another. False, and nothing is done: it is not clean, or too short.
 */
static inline __attribute__((always_inline)) bool
base64_rest(struct base64_run *run, const struct base64_tables *t)
{
	const uint8_t *value = run->table->value;
	size_t left = (size_t)(run->src_end - run->src), i = 0;

	/* The end of a line, perhaps. */
	for (int eol = 0; eol < 2 && left > 0 && value[run->src[left - 1]] == BASE64_SKIP;
	     eol++)
		left--;
	left -= left > 0 && run->src[left - 1] == '=';
	size_t n = left & ~(size_t)3, bytes = n / 4 * 3;

	if (n < 64 || (size_t)(run->dst_end - run->dst) < bytes)
		return false;
	for (; i + 64 < n; i += 64)
		if (!base64_regular(run->dst + i / 4 * 3, run->src + i, t))
			return false;
	if (!base64_regular(run->dst + bytes - 48, run->src + n - 64, t))
		return false;
	run->src += n;
	run->dst += bytes;
	run->acc = run->count = 0;
	base64_hold(run);
	return true;
}

/*
 * Writes what is held (whole groups), then decodes lines of one length, if the text has such. Returns 0
 * if the next block is clean: then nothing was done; 1 if there were lines, else -1.
 */
static int
base64_lines(struct base64_run *run, const struct base64_tables *t,
	     const struct base64_carry *carry)
{
	__m512i v = load(run->src);
	__mmask64 bad = _mm512_movepi8_mask(
		_mm512_or_si512(_mm512_permutex2var_epi8(t->low, v, t->high), v));

	if (bad == 0 || (size_t)(run->dst_end - run->dst) < 48)
		return 0;
	base64_flush(run, t, carry);
	/* What is before it, which the whole register holds. */
	size_t at = (size_t)_tzcnt_u64(bad), bytes = at / 4 * 3;
	if (at % 4 != 0 || (size_t)(run->dst_end - run->dst) < bytes)
		return -1;
	v = _mm512_permutex2var_epi8(t->low, v, t->high);
	store_first(run->dst, base64_pack(v, t->order), bytes);
	run->src += at;
	run->dst += bytes;
	return regular_try(run, 0, 64, base64_regular, t) ? 1 : -1;
}

void
avx512_base64_decode(struct base64_run *given)
{
	/*
	 * A copy of *given, which stores to dst cannot change, so that the compiler keeps it in
	 * registers. Copied by members: one wide load would wait for the caller's narrow stores.
	 */
	struct base64_run run;

	run.src = given->src;
	run.src_end = given->src_end;
	run.dst = given->dst;
	run.dst_end = given->dst_end;
	run.table = given->table;
	run.acc = given->acc;
	run.count = given->count;
	const struct base64_tables t = {load(run.table->value),
					load(run.table->value + 64), load(group_order)};
	struct base64_carry carry = {_mm512_setzero_si512(), run.count, false};
	size_t room = (size_t)(run.dst_end - run.dst);
	bool ended = false;

	if (run.count > 0)
		carry.values = base64_unpack_acc(run.acc, run.count);
	while (run.src < run.src_end) {
		if (carry.held == 0 && !carry.dirty && run.src_end - run.src >= 256) {
			size_t most = (size_t)(run.src_end - run.src) / 4 * 3;
			bool stream = (room < most ? room : most) >= codec_stream_bytes &&
				      ((uintptr_t)run.dst & 63) == 0;

			base64_clean(&run, &t, stream);
		}
		if (carry.held == 0 && !carry.dirty && run.src < run.src_end &&
		    run.src_end - run.src < 256 && base64_rest(&run, &t)) {
			ended = true;
			break;
		}
		if (carry.held % 4 == 0 && run.src_end - run.src >= 256) {
			/* Copies, so that the originals stay in registers. */
			struct base64_run lines = run;
			struct base64_carry held = carry;
			int found = base64_lines(&lines, &t, &held);

			if (found != 0) {
				run = lines;
				carry = (struct base64_carry){_mm512_setzero_si512(), 0,
							      found < 0};
			}
		}
		if (carry.dirty && run.src_end - run.src >= 128)
			base64_staged(&run, &t, &carry);
		if (run.src < run.src_end &&
		    !base64_block_of(&run, &t, given->src, &carry))
			break;
	}
	if (!ended)
		base64_flush(&run, &t, &carry);
	given->src = run.src;
	given->dst = run.dst;
	given->acc = run.acc;
	given->count = run.count;
	_mm256_zeroupper();
}

#endif
