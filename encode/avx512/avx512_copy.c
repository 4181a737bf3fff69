/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying with AVX-512, a cache line at a time. A load waits for an earlier store whose address has the
 * same low 12 bits, although they do not overlap. So the direction, and whether loads or stores are
 * aligned, follow from how far source and destination lie apart modulo 4096. See codec.h, copy.c.
 */
#include "encode/avx512/avx512.h"

#if ENCODE_AVX512

/* 256 bytes: four loads, then four stores. */
static inline __attribute__((always_inline)) void
move_256(uint8_t *dst, const uint8_t *src)
{
	__m512i a = load(src), b = load(src + 64), c = load(src + 128),
		d = load(src + 192);

	_mm512_storeu_si512(dst, a);
	_mm512_storeu_si512(dst + 64, b);
	_mm512_storeu_si512(dst + 128, c);
	_mm512_storeu_si512(dst + 192, d);
}

/* Loads are aligned, stores are not. */
static void
upwards(uint8_t *dst, const uint8_t *src, size_t n)
{
	size_t i = 64 - ((uintptr_t)src & 63);

	_mm512_storeu_si512(dst, load(src));
	for (; n - i >= 256; i += 256)
		move_256(dst + i, src + i);
	for (; n - i >= 64; i += 64)
		_mm512_storeu_si512(dst + i, load(src + i));
	_mm512_storeu_si512(dst + n - 64, load(src + n - 64));
}

/* Stores are aligned, loads are not. */
static void
downwards(uint8_t *dst, const uint8_t *src, size_t n)
{
	size_t i = n - (((uintptr_t)dst + n) & 63);

	_mm512_storeu_si512(dst + n - 64, load(src + n - 64));
	for (; i >= 256; i -= 256)
		move_256(dst + i - 256, src + i - 256);
	for (; i >= 64; i -= 64)
		_mm512_storeu_si512(dst + i - 64, load(src + i - 64));
	_mm512_storeu_si512(dst, load(src));
}

void
avx512_copy(uint8_t *dst, const uint8_t *src, size_t n)
{
	if (n >= AVX512_COPY_BELOW) {
		avx2_copy(dst, src, n);
		return;
	}
	if ((((uintptr_t)dst - (uintptr_t)src) & 4095) < 2048)
		downwards(dst, src, n);
	else
		upwards(dst, src, n);
	_mm256_zeroupper();
}

void
avx512_copy_stream(uint8_t *dst, const uint8_t *src, size_t n)
{
	size_t i = 64 - ((uintptr_t)dst & 63);

	_mm512_storeu_si512(dst, load(src));
	for (; n - i >= 256; i += 256)
		for (size_t j = 0; j < 256; j += 64) {
			_mm_prefetch((const void *)(src + i + j + 1024), _MM_HINT_T0);
			_mm512_stream_si512((void *)(dst + i + j), load(src + i + j));
		}
	_mm_sfence();
	for (; n - i >= 64; i += 64)
		_mm512_storeu_si512(dst + i, load(src + i));
	_mm512_storeu_si512(dst + n - 64, load(src + n - 64));
	_mm256_zeroupper();
}

#endif
