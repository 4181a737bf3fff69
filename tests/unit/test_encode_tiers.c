/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every tier of this machine gives what the scalar tier gives: all codecs, dialects, lengths,
 * both ends of guarded pages, and outputs that are too small. Nothing is written past `written`,
 * and the upper halves of the vector registers are clean after each call.
 */
#include "tests/unit/tiers.h"

#define LENGTH 330

TEST(encode)
{
	uint8_t bytes[LENGTH];

	begin();
	for (int codec = WEIR_HEX; codec <= WEIR_UTF16LE; codec++)
		for (size_t n = 0; n <= LENGTH; n++) {
			struct job j = {.codec = (enum weir_codec)codec};
			uint32_t mask = n % 3 == 0 ? 0x7f : 0xff;

			for (size_t i = 0; i < n; i++)
				bytes[i] = (uint8_t)(guard_random(&seed) & mask);
			if (n > 0 && n % 3 == 1)
				memset(bytes, 'a', n - 1 - guard_random(&seed) % n / 2);
			all_tiers(&j, bytes, n);
		}
}

enum flavour { CLEAN, LINES, GARBAGE, WRONG, PADDED, DENSE, N_FLAVOURS };

/* Text of the codec with something of the flavour in it. Returns its length. */
static size_t
spoil(uint8_t *out, const char *text, size_t n, enum flavour flavour)
{
	size_t m = 0, where = n > 0 ? guard_random(&seed) % n : 0;

	for (size_t i = 0; i < n; i++) {
		if (flavour == LINES && i % 76 == 0 && i > 0) {
			out[m++] = '\r';
			out[m++] = '\n';
		}
		if (flavour == GARBAGE && guard_random(&seed) % 40 == 0)
			out[m++] = (uint8_t)(guard_random(&seed) % 2 ? 0x80 : '*');
		if (flavour == DENSE && guard_random(&seed) % 3 == 0)
			out[m++] = (uint8_t)guard_random(&seed);
		if (flavour == WRONG && i == where)
			out[m++] = (uint8_t)guard_random(&seed);
		if (flavour == PADDED && i == where)
			out[m++] = '=';
		out[m++] = (uint8_t)text[i];
	}
	return m;
}

static void
decode_all(enum weir_codec codec, enum weir_dialect dialect)
{
	static char text[2 * LENGTH + 4];
	static uint8_t bytes[LENGTH], spoilt[TEXT_MAX];
	struct job j = {true, codec, dialect};

	begin();
	for (size_t n = 0; n <= LENGTH; n++)
		for (int f = CLEAN; f < N_FLAVOURS; f++) {
			struct weir_result r;

			for (size_t i = 0; i < n; i++)
				bytes[i] = (uint8_t)guard_random(&seed);
			codec_force("scalar");
			r = weir_encode(codec, text, sizeof(text), bytes, n);
			all_tiers(&j, spoilt,
				  spoil(spoilt, text, r.written, (enum flavour)f));
		}
}

#define DECODE(name, codec)                                                              \
	TEST(name)                                                                       \
	{                                                                                \
		decode_all(codec, WEIR_NODE);                                            \
		decode_all(codec, WEIR_RFC4648);                                         \
		decode_all(codec, WEIR_WHATWG);                                          \
		decode_all(codec, WEIR_MIME);                                            \
	}

DECODE(decode_hex, WEIR_HEX)
DECODE(decode_base64, WEIR_BASE64)
DECODE(decode_base64url, WEIR_BASE64URL)

TEST(decode_text)
{
	uint8_t bytes[LENGTH];

	begin();
	for (int codec = WEIR_LATIN1; codec <= WEIR_UTF16LE; codec++)
		for (size_t n = 0; n <= LENGTH; n++) {
			struct job j = {true, (enum weir_codec)codec, WEIR_NODE};

			for (size_t i = 0; i < n; i++)
				bytes[i] = (uint8_t)(guard_random(&seed) % 40 == 0
							     ? guard_random(&seed)
							     : 'a');
			all_tiers(&j, bytes, n);
		}
}

/* The scalar tier does not check itself: here is what it must give, made another way. */
TEST(scalar_is_right)
{
	char text[16], want[16];
	uint8_t back[8];

	codec_force("scalar");
	for (uint32_t v = 0; v < 1 << 24; v += 9973) {
		uint8_t bytes[3] = {(uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};

		snprintf(want, sizeof(want), "%06x", v);
		CHECK_EQ(weir_encode(WEIR_HEX, text, 6, bytes, 3).written, 6);
		CHECK(memcmp(text, want, 6) == 0);
		CHECK_EQ(weir_encode(WEIR_BASE64, text, 4, bytes, 3).written, 4);
		for (int i = 0; i < 4; i++)
			CHECK_EQ(text[i],
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789+/"[v >> (18 - 6 * i) & 63]);
		CHECK_EQ(weir_decode(WEIR_BASE64, WEIR_RFC4648, back, 3, text, 4).written,
			 3);
		CHECK(memcmp(back, bytes, 3) == 0);
	}
}

/* Outputs that go around the caches, aligned and not. */
TEST(streamed_output)
{
	enum { N = 5000 };
	static uint8_t bytes[N], want[2 * N + 64], got[2 * N + 64];
	size_t saved = codec_stream_bytes;

	for (size_t i = 0; i < N; i++)
		bytes[i] = (uint8_t)guard_random(&seed);
	for (int codec = WEIR_HEX; codec <= WEIR_BASE64URL; codec++)
		for (size_t skew = 0; skew < 64; skew++)
			for (const struct codec_tier *const *t = codec_available(); *t;
			     t++) {
				enum weir_codec c = (enum weir_codec)codec;
				size_t n = N - guard_random(&seed) % 300;
				struct weir_result a, b;

				codec_force((*t)->name);
				codec_stream_bytes = SIZE_MAX;
				a = weir_encode(c, (char *)want, 2 * N, bytes, n);
				codec_stream_bytes = 1;
				memset(got, FILL, sizeof(got));
				b = weir_encode(c, (char *)got + skew, 2 * N, bytes, n);
				CHECK(equal(a, b));
				CHECK(memcmp(want, got + skew, a.written) == 0);
				CHECK_EQ(got[skew + a.written], FILL);
			}
	codec_stream_bytes = saved;
}

/* What every comparison above asks is answered as it should be. */
TEST(dirty_upper_halves_are_seen)
{
	if (!uppers_known() || codec_force("avx2") != 0)
		SKIP("the processor does not tell");
	uppers_clean();
	CHECK(!uppers_dirty());
	uppers_soil();
	CHECK(uppers_dirty());
	uppers_clean();
}

#define TAP_TESTS                                                                        \
	T(dirty_upper_halves_are_seen)                                                   \
	T(encode)                                                                        \
	T(decode_hex)                                                                    \
	T(decode_base64)                                                                 \
	T(decode_base64url)                                                              \
	T(decode_text)                                                                   \
	T(scalar_is_right)                                                               \
	T(streamed_output)
TAP_MAIN()
