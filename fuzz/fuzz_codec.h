/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the targets of the codecs share. The first bytes of an input choose dialect, room and
 * cuts; the rest is the source. Then: every tier gives what the scalar one gives, a bounded call
 * gives the beginning of an unbounded one, any split gives what one call gives, and no call
 * writes where it must not.
 */
#ifndef FUZZ_FUZZ_CODEC_H
#define FUZZ_FUZZ_CODEC_H

#include <stdbool.h>
#include <string.h>

#include "encode/codec.h"
#include "fuzz/fuzz.h"
#include "weir/encode.h"

#define FUZZ_SOURCE_MAX 4096
#define FUZZ_FILL	0xa5

struct fuzz_call {
	bool decode;
	enum weir_codec codec;
	enum weir_dialect dialect;
	const uint8_t *src;
	size_t n;
};

static inline struct weir_result
fuzz_run(const struct fuzz_call *c, uint8_t *dst, size_t cap)
{
	return c->decode ? weir_decode(c->codec, c->dialect, dst, cap,
				       (const char *)c->src, c->n)
			 : weir_encode(c->codec, (char *)dst, cap, c->src, c->n);
}

static inline bool
fuzz_same(struct weir_result a, struct weir_result b)
{
	return a.read == b.read && a.written == b.written && a.error_at == b.error_at &&
	       a.status == b.status;
}

/* The scalar tier's result for `cap`, then everyone else's. */
static inline void
fuzz_tiers(const struct fuzz_call *c, size_t cap, const uint8_t *all, size_t n_all)
{
	static uint8_t want[3 * FUZZ_SOURCE_MAX + 64], got[3 * FUZZ_SOURCE_MAX + 64];
	struct weir_result a, b;

	FUZZ_CHECK(codec_force("scalar") == 0);
	memset(want, FUZZ_FILL, cap + 1);
	a = fuzz_run(c, want, cap);
	FUZZ_CHECK(a.written <= cap && a.written <= n_all && a.read <= c->n);
	FUZZ_CHECK(memcmp(want, all, a.written) == 0);
	FUZZ_CHECK(a.status == WEIR_NEED_OUTPUT || a.written == n_all);
	for (size_t i = a.written; i <= cap; i++)
		FUZZ_CHECK(want[i] == FUZZ_FILL);
	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++) {
		FUZZ_CHECK(codec_force((*t)->name) == 0);
		memset(got, FUZZ_FILL, cap + 1);
		b = fuzz_run(c, got, cap);
		FUZZ_CHECK(fuzz_same(a, b));
		FUZZ_CHECK(memcmp(want, got, cap + 1) == 0);
	}
}

static inline struct weir_result
fuzz_step(const struct fuzz_call *c, struct weir_stream *s, uint8_t *dst, size_t cap,
	  size_t at, size_t n, bool last)
{
	if (last)
		return c->decode ? weir_decode_final(s, dst, cap)
				 : weir_encode_final(s, (char *)dst, cap);
	return c->decode ? weir_decode_update(s, dst, cap, (const char *)c->src + at, n)
			 : weir_encode_update(s, (char *)dst, cap, c->src + at, n);
}

/* In pieces of `cut` bytes, into room of `room`. */
static inline void
fuzz_split(const struct fuzz_call *c, size_t cut, size_t room, struct weir_result want,
	   const uint8_t *all)
{
	static uint8_t out[3 * FUZZ_SOURCE_MAX + 64];
	struct weir_stream s;
	struct weir_result r;
	size_t at = 0, written = 0;
	bool last, ended;

	if (c->decode)
		weir_decode_init(&s, c->codec, c->dialect);
	else
		weir_encode_init(&s, c->codec);
	do {
		size_t n = c->n - at < cut ? c->n - at : cut;

		last = at == c->n;
		r = fuzz_step(c, &s, out, room, at, n, last);
		FUZZ_CHECK(r.read <= n && r.written <= room);
		FUZZ_CHECK(written + r.written <= want.written);
		FUZZ_CHECK(memcmp(out, all + written, r.written) == 0);
		FUZZ_CHECK(r.status != WEIR_NEED_OUTPUT || r.read + r.written > 0);
		at += r.read;
		written += r.written;
		ended = r.status != WEIR_NEED_OUTPUT && (last || r.status != WEIR_OK);
	} while (!ended);
	FUZZ_CHECK(written == want.written && r.status == want.status);
	FUZZ_CHECK(r.error_at == want.error_at);
}

static inline int
fuzz_codec(bool decode, const enum weir_codec *codecs, size_t n_codecs,
	   const uint8_t *data, size_t size)
{
	static uint8_t all[3 * FUZZ_SOURCE_MAX + 64];
	struct fuzz_call c = {.decode = decode};
	struct weir_result want;

	if (size < 4 || size > FUZZ_SOURCE_MAX)
		return 0;
	c.codec = codecs[data[0] % n_codecs];
	c.dialect = (enum weir_dialect)(data[0] >> 6);
	c.src = data + 4;
	c.n = size - 4;
	codec_force("scalar");
	want = fuzz_run(&c, all, sizeof(all) - 1);
	FUZZ_CHECK(want.status != WEIR_NEED_OUTPUT);
	size_t most =
		decode ? weir_decoded_max(c.codec, c.n) : weir_encoded_size(c.codec, c.n);
	size_t exact =
		decode ? weir_decoded_exact(c.codec, c.dialect, (const char *)c.src, c.n)
		       : weir_encoded_exact(c.codec, c.src, c.n);
	FUZZ_CHECK(want.written <= most && want.written == exact);
	fuzz_tiers(&c, most, all, want.written);
	fuzz_tiers(&c, want.written * data[1] / 255, all, want.written);
	if (want.written > 0)
		fuzz_tiers(&c, want.written - 1, all, want.written);
	size_t n_tiers = 0;
	while (codec_available()[n_tiers] != NULL)
		n_tiers++;
	codec_force(codec_available()[data[3] % n_tiers]->name);
	fuzz_split(&c, 1 + data[2], WEIR_STREAM_ROOM + data[3], want, all);
	return 0;
}

#endif
