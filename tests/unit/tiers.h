/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call in every tier of this machine, compared with the scalar one: with both buffers at either
 * end of guarded pages, with outputs that are too small, with nothing written past `written`, and
 * with the upper halves of the vector registers clean afterwards.
 */
#ifndef TESTS_UNIT_TIERS_H
#define TESTS_UNIT_TIERS_H

#include "tests/tap.h"
#include "tests/unit/guard.h"
#include "tests/unit/uppers.h"

#include "encode/codec.h"
#include "weir/encode.h"

/* The longest source, and room for what comes of it. */
#define TEXT_MAX 4096
#define FILL	 0xa5

static struct guard from, to;
static uint32_t seed = 1;

struct job {
	bool decode;
	enum weir_codec codec;
	enum weir_dialect dialect;
};

static inline struct weir_result
run(const struct job *j, uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return j->decode
		       ? weir_decode(j->codec, j->dialect, dst, cap, (const char *)src, n)
		       : weir_encode(j->codec, (char *)dst, cap, src, n);
}

static inline bool
equal(struct weir_result a, struct weir_result b)
{
	return a.read == b.read && a.written == b.written && a.error_at == b.error_at &&
	       a.status == b.status;
}

static inline void
say(const struct job *j, const char *tier, size_t n, size_t cap, const char *what)
{
	tap_failures++;
	printf("# %s: %s codec %d dialect %d length %zu cap %zu: %s\n", tier,
	       j->decode ? "decode" : "encode", j->codec, j->dialect, n, cap, what);
}

/* One call of one tier, with both buffers at one end of their pages. */
static inline void
compare(const struct job *j, const char *tier, const uint8_t *text, size_t n, size_t cap,
	struct weir_result want, const uint8_t *want_bytes)
{
	for (int ends = 0; ends < 4; ends++) {
		uint8_t *src = guard_at(&from, n, ends & 1);
		uint8_t *dst = guard_at(&to, cap, ends >> 1);

		memcpy(src, text, n);
		memset(dst, FILL, cap);
		struct weir_result got = run(j, dst, cap, src, n);
		if (uppers_dirty())
			say(j, tier, n, cap, "dirty upper halves");
		if (!equal(got, want))
			say(j, tier, n, cap, "another result");
		if (memcmp(dst, want_bytes, want.written) != 0)
			say(j, tier, n, cap, "other bytes");
		for (size_t i = want.written; i < cap; i++)
			if (dst[i] != FILL) {
				say(j, tier, n, cap, "wrote past its end");
				break;
			}
	}
}

static inline void
all_tiers(const struct job *j, const uint8_t *text, size_t n)
{
	static uint8_t want_bytes[4 * TEXT_MAX];
	size_t full;

	codec_force("scalar");
	full = run(j, want_bytes, sizeof(want_bytes), text, n).written;
	size_t caps[] = {full, full + 1, full + 70, full > 0 ? full - 1 : 0,
			 full > 0 ? guard_random(&seed) % full : 0};
	for (size_t c = 0; c < sizeof(caps) / sizeof(caps[0]); c++) {
		codec_force("scalar");
		struct weir_result want = run(j, want_bytes, caps[c], text, n);

		for (const struct codec_tier *const *t = codec_available(); *t != NULL;
		     t++) {
			codec_force((*t)->name);
			compare(j, (*t)->name, text, n, caps[c], want, want_bytes);
		}
	}
}

static inline void
begin(void)
{
	if (from.first == NULL) {
		from = guard_new(TEXT_MAX);
		to = guard_new(4 * TEXT_MAX);
	}
}

#endif
