/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the whole texts of codec_whole_text end, in the tiers with wide registers that have their own. Only for files
 * that are compiled for one of them.
 */
#ifndef ENCODE_WHOLE_H
#define ENCODE_WHOLE_H

#include "encode/codec.h"

#if defined(__AVX__)
#include "encode/lanes/zero_upper.h"
#endif

/* Code that is not told of wide registers waits for their upper halves if they are not 0. */
static inline void
leave_wide(void)
{
#if defined(__AVX__)
	_mm256_zeroupper();
#endif
}

/* All of a short text is done. */
static inline __attribute__((always_inline)) struct weir_result
done(size_t n, size_t written)
{
	leave_wide();
	return (struct weir_result){.read = n, .written = written};
}

/* The usual way. */
static inline struct weir_result
usual(codec_whole *all, uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	leave_wide();
	return all(dst, cap, src, n);
}

/* What a text gives of which so much was done before. */
static inline struct weir_result
behind(struct weir_result r, size_t read, size_t written)
{
	r.read += read;
	r.written += written;
	return r;
}

/*
 * What is left of a text behind `at` bytes that became `to`: by its kernel, and what that leaves, which is mostly nothing, in
 * the usual way.
 */
static inline __attribute__((always_inline)) struct weir_result
whole_rest(void (*kernel)(struct codec_text_run *run), codec_whole *all, uint8_t *dst,
	   size_t cap, const uint8_t *src, size_t n, size_t at, size_t to)
{
	struct codec_text_run run = {src + at, src + n, dst + to, dst + cap};

	kernel(&run);
	at = (size_t)(run.src - src);
	to = (size_t)(run.dst - dst);
	if (at == n)
		return (struct weir_result){.read = n, .written = to};
	return behind(all(run.dst, cap - to, run.src, n - at), at, to);
}

/* The first bytes that are ASCII, to units of `width` bytes; dst has room for all. */
typedef size_t whole_ascii(uint8_t *dst, const uint8_t *src, size_t n, size_t width);

/* To units of `width` bytes, which ASCII is at once. */
static inline __attribute__((always_inline)) struct weir_result
whole_widen(whole_ascii *ascii, void (*kernel)(struct codec_text_run *run),
	    codec_whole *all, size_t width, uint8_t *dst, size_t cap, const uint8_t *src,
	    size_t n)
{
	if (n > cap / width)
		return all(dst, cap, src, n);
	size_t at = ascii(dst, src, n, width);
	if (at == n)
		return done(n, width * n);
	return whole_rest(kernel, all, dst, cap, src, n, at, width * at);
}

#endif
