/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text files of the AVX2 tier share: avx2_to_utf8.c, avx2_from_utf8.c, avx2_latin1.c, the check, avx2_utf8.c, and whole
 * texts, avx2_whole.c. See struct codec_text.
 */
#ifndef ENCODE_AVX2_TEXT_H
#define ENCODE_AVX2_TEXT_H

#include "encode/avx2/avx2.h"

#if ENCODE_AVX2

#include "encode/compress.h"
#include "encode/lanes/short_load.h"
#include "encode/lanes/text_run.h"

size_t avx2_utf8_valid(const uint8_t *src, size_t n);
void avx2_utf8_copy(struct codec_text_run *run);
void avx2_utf8_to_utf16(struct codec_text_run *run);
void avx2_utf8_to_low(struct codec_text_run *run);
void avx2_utf16_to_utf8(struct codec_text_run *run);
void avx2_latin1_to_utf8(struct codec_text_run *run);

codec_whole avx2_whole_copy, avx2_whole_to_utf16, avx2_whole_to_low, avx2_whole_utf16,
	avx2_whole_latin1;

/*
 * A number in all lanes, from memory: gcc 12 makes it by way of an ordinary register and the unit that shuffles, and anew in
 * every round of a loop.
 */
static inline __m256i
number_at(const uint32_t *p)
{
	__m256i v;

	__asm__("vpbroadcastd %1, %0" : "=x"(v) : "m"(*p));
	return v;
}

#define ALL32(n)                                                                         \
	({                                                                               \
		static const uint32_t number_ = (n);                                     \
		number_at(&number_);                                                     \
	})
#define ALL16(n) ALL32((n)*0x00010001u)
#define ALL8(n)	 ALL32((n)*0x01010101u)

/*
 * Are there so many bytes left? A block may write up to 16 bytes too much, which the rest of the source must
 * overwrite: it needs some room beyond them, as the last character may not fit.
 */
static inline bool
ahead(const struct codec_text_run *run, ptrdiff_t source, ptrdiff_t room)
{
	return run->src_end - run->src >= source && run->dst_end - run->dst >= room;
}

static inline uint32_t
top_bits(__m256i v)
{
	return (uint32_t)_mm256_movemask_epi8(v);
}

static inline __m128i
lower(__m256i v)
{
	return _mm256_castsi256_si128(v);
}

static inline __m128i
upper(__m256i v)
{
	return _mm256_extracti128_si256(v, 1);
}

static inline __m128i
in_row(__m128i v, const struct row *rows, uint32_t mask)
{
	return _mm_shuffle_epi8(v, _mm_load_si128((const void *)&rows[mask & 255]));
}

static inline void
store_16(uint8_t *dst, __m128i v)
{
	_mm_storeu_si128((void *)dst, v);
}

/* Fewer than 32 bytes, with zeros behind them, without a load that waits for stores. */
static inline __m256i
load_short(const uint8_t *src, size_t n)
{
	static const uint8_t back[32] = {0,    1,    2,	   3,	 4,    5,    6,	   7,
					 8,    9,    10,   11,	 12,   13,   14,   15,
					 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
					 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
	uint64_t low, high;

	if (n >= 16) {
		__m128i end = _mm_loadu_si128((const void *)(src + n - 16));

		end = _mm_shuffle_epi8(end,
				       _mm_loadu_si128((const void *)(back + 32 - n)));
		return _mm256_inserti128_si256(
			_mm256_castsi128_si256(_mm_loadu_si128((const void *)src)), end,
			1);
	}
	short_load(src, n, &low, &high);
	return _mm256_set_epi64x(0, 0, (long long)high, (long long)low);
}

/* n bytes of a buffer, up to 192, of which 16 may be read. */
static inline void
copy_out(uint8_t *dst, const uint8_t *out, size_t n)
{
	if (n >= 32) {
		for (size_t i = 0; i + 32 < n; i += 32)
			store(dst + i, load(out + i));
		store(dst + n - 32, load(out + n - 32));
	} else if (n >= 16) {
		store_16(dst, _mm_loadu_si128((const void *)out));
		store_16(dst + n - 16, _mm_loadu_si128((const void *)(out + n - 16)));
	} else {
		memcpy(dst, out, n);
	}
}

static inline uint32_t
ones(uint32_t mask)
{
	return (uint32_t)__builtin_popcount(mask & 255);
}

/* Eight pairs of bytes, both where the bit is set. */
static inline uint8_t *
put_pairs(uint8_t *dst, __m128i v, uint32_t both)
{
	store_16(dst, in_row(v, compress_pairs, both));
	return dst + 8 + ones(both);
}

#endif
#endif
