/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every tier of this machine gives what the scalar tier gives: all codecs, dialects, lengths,
 * both ends of guarded pages, and outputs that are too small. Nothing is written past `written`,
 * and the upper halves of the vector registers are clean after each call.
 */
#include "tests/unit/guard.h"
#include "tests/tap.h"

#include "encode/codec.h"
#include "weir/encode.h"

#define LENGTH	 330
#define TEXT_MAX (4 * LENGTH)
#define FILL	 0xa5

static struct guard from, to;
static uint32_t seed = 1;

struct job {
	bool decode;
	enum weir_codec codec;
	enum weir_dialect dialect;
};

static struct weir_result
run(const struct job *j, uint8_t *dst, size_t cap, const uint8_t *src, size_t n)
{
	return j->decode
		       ? weir_decode(j->codec, j->dialect, dst, cap, (const char *)src, n)
		       : weir_encode(j->codec, (char *)dst, cap, src, n);
}

#if defined(__x86_64__)
#include <cpuid.h>

static bool
tells_use(void)
{
	uint32_t a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE) &&
	       __get_cpuid_count(13, 1, &a, &b, &c, &d) && (a & 4);
}

static bool
uppers_dirty(void)
{
	static int known = -1; /* asking takes long under a hypervisor */
	uint32_t a, d;

	if (known < 0)
		known = tells_use();
	if (!known)
		return false;
	__asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(1));
	return (a & 0x44) != 0;
}
#else
static bool
uppers_dirty(void)
{
	return false;
}
#endif

static bool
equal(struct weir_result a, struct weir_result b)
{
	return a.read == b.read && a.written == b.written && a.error_at == b.error_at &&
	       a.status == b.status;
}

static void
say(const struct job *j, const char *tier, size_t n, size_t cap, const char *what)
{
	tap_failures++;
	printf("# %s: %s codec %d dialect %d length %zu cap %zu: %s\n", tier,
	       j->decode ? "decode" : "encode", j->codec, j->dialect, n, cap, what);
}

/* One call of one tier, with both buffers at one end of their pages. */
static void
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

static void
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

static void
begin(void)
{
	if (from.first == NULL) {
		from = guard_new(TEXT_MAX);
		to = guard_new(4 * TEXT_MAX);
	}
}

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

#define TAP_TESTS                                                                        \
	T(encode)                                                                        \
	T(decode_hex)                                                                    \
	T(decode_base64)                                                                 \
	T(decode_base64url)                                                              \
	T(decode_text)                                                                   \
	T(scalar_is_right)                                                               \
	T(streamed_output)
TAP_MAIN()
