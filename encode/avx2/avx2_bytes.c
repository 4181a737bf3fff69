/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying and searching with AVX2, for the AVX-512 tier as well: wider registers gain nothing there.
 * See codec.h for what each must do.
 */
#include "encode/avx2/avx2.h"

#include "encode/lanes/copy_lanes.h"

#if ENCODE_AVX2

void
avx2_copy(uint8_t *dst, const uint8_t *src, size_t n)
{
	copy_lanes(dst, src, n);
	_mm256_zeroupper();
}

void
avx2_copy_stream(uint8_t *dst, const uint8_t *src, size_t n)
{
	size_t i = 64 - ((uintptr_t)dst & 63);

	store(dst, load(src));
	store(dst + 32, load(src + 32));
	for (; n - i >= 128; i += 128)
		for (size_t j = 0; j < 128; j += 32)
			_mm256_stream_si256((void *)(dst + i + j), load(src + i + j));
	_mm_sfence();
	for (size_t j = n - 128; j < n; j += 32)
		store(dst + j, load(src + j));
	_mm256_zeroupper();
}

size_t
avx2_find_pair(const uint8_t *bytes, size_t n, const struct codec_pair *pair)
{
	const __m256i first = _mm256_set1_epi8((char)pair->first);
	const __m256i second = _mm256_set1_epi8((char)pair->second);
	const uint8_t *other = bytes + pair->distance;
	size_t i = 0;

	for (; n - i >= 64; i += 64) {
		__m256i a = _mm256_cmpeq_epi8(load(bytes + i), first);
		__m256i b = _mm256_cmpeq_epi8(load(bytes + i + 32), first);

		a = _mm256_and_si256(a, _mm256_cmpeq_epi8(load(other + i), second));
		b = _mm256_and_si256(b, _mm256_cmpeq_epi8(load(other + i + 32), second));
		if (!_mm256_testz_si256(_mm256_or_si256(a, b), _mm256_or_si256(a, b))) {
			uint64_t found = (uint32_t)_mm256_movemask_epi8(a) |
					 (uint64_t)(uint32_t)_mm256_movemask_epi8(b)
						 << 32;

			_mm256_zeroupper();
			return i + (size_t)__builtin_ctzll(found);
		}
	}
	_mm256_zeroupper();
	return i + codec_scalar.find_pair(bytes + i, n - i, pair);
}

#endif
