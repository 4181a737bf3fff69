/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies of 2 KB and more (weir/bytes.h): by libc, but on AMD's processors for two cases in which it is slow
 * there: source and destination that lie close to each other modulo 4096, and copies larger than the
 * cache. On Intel's, libc is as quick or quicker in all of them (doc/encoders.md), and elsewhere nobody has
 * measured. The bounds come from bench/bytes_bench. Also extraction and comparison.
 */
#include "weir/bytes.h"

#include <stdatomic.h>

#include "encode/cache.h"
#include "encode/state.h"
#include "weir/scratch.h"

/* From WEIR_COPY_LARGE on, libc uses the processor's string move (rep movsb), which has a slow case. */
/* Half of the last cache, if that is known. */
#define LARGE_USUAL ((size_t)16 << 20)

static _Atomic size_t large_bytes;

static size_t
large_from(void)
{
	size_t bytes = atomic_load_explicit(&large_bytes, memory_order_relaxed);

	if (bytes == 0) {
		bytes = cache_last_bytes() / 2;
		if (bytes < LARGE_USUAL / 16)
			bytes = LARGE_USUAL;
		atomic_store_explicit(&large_bytes, bytes, memory_order_relaxed);
	}
	return bytes;
}

#if defined(__x86_64__)

#include <cpuid.h>

static bool
from_amd(void)
{
	uint32_t a, b, c, d;

	/* "Auth", or "Hygo", which makes the same. */
	return __get_cpuid(0, &a, &b, &c, &d) && (b == 0x68747541 || b == 0x6f677948);
}

/* Has the processor a fast one (ERMS, CPUID leaf 7)? -1: not asked yet. */
static _Atomic int has_string_move = -1;

/* rep movsb, which writes whole cache lines without reading them first. False: too old a processor. */
static bool
string_move(void *dst, const void *src, size_t n)
{
	int has = atomic_load_explicit(&has_string_move, memory_order_relaxed);
	uint32_t a, b, c, d;

	if (has < 0) {
		has = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 9 & 1) != 0;
		atomic_store_explicit(&has_string_move, has, memory_order_relaxed);
	}
	if (has)
		__asm__ volatile("rep movsb"
				 : "+D"(dst), "+S"(src), "+c"(n)
				 :
				 : "memory");
	return has;
}

#else

static bool
from_amd(void)
{
	return false;
}

static bool
string_move(void *dst, const void *src, size_t n)
{
	(void)dst;
	(void)src;
	(void)n;
	return false;
}

#endif

/* Whether libc is not left to do it all: -1: not asked yet. */
static _Atomic int own_ways = -1;

void
copy_own_ways(int own)
{
	atomic_store_explicit(&own_ways, own, memory_order_relaxed);
}

static bool
overlap(uintptr_t a, uintptr_t b, size_t n)
{
	return a - b < n || b - a < n;
}

EXPORT void *
weir_copy_large(void *dst, const void *src, size_t n)
{
	uintptr_t to = (uintptr_t)dst, from = (uintptr_t)src;
	bool near = to - from != 0 && ((to - from) & 4095) - 1 < 63;
	int own = atomic_load_explicit(&own_ways, memory_order_relaxed);

	if (own == 0)
		return memmove(dst, src, n);
	if (own < 0)
		copy_own_ways(own = from_amd());
	if (own == 0 || n < WEIR_COPY_LARGE || overlap(to, from, n))
		return memmove(dst, src, n);
	if (n >= LARGE_USUAL / 16 && n >= large_from()) {
		if (near || !string_move(dst, src, n))
			codec()->copy_stream(dst, src, n);
	} else if (near || n < codec()->copy_below) {
		codec()->copy(dst, src, n);
	} else {
		memcpy(dst, src, n);
	}
	return dst;
}

EXPORT size_t
weir_extract(void *dst, size_t cap, const void *src, size_t n, size_t start, size_t end)
{
	end = end < n ? end : n;
	start = start < end ? start : end;
	n = end - start < cap ? end - start : cap;
	if (n > 0)
		weir_copy(dst, (const uint8_t *)src + start, n);
	return n;
}

EXPORT void *
weir_extract_scratch(const void *src, size_t n, size_t start, size_t end, size_t *length)
{
	end = end < n ? end : n;
	start = start < end ? start : end;
	void *block = weir_scratch_get(end - start);
	*length =
		block != NULL ? weir_extract(block, end - start, src, n, start, end) : 0;
	return block;
}

EXPORT int
weir_compare(const void *a, size_t n, const void *b, size_t m)
{
	size_t common = n < m ? n : m;
	int order = common > 0 ? memcmp(a, b, common) : 0;

	return order != 0 ? (order > 0) - (order < 0) : (n > m) - (n < m);
}
