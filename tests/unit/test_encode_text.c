/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds, in every tier as in the scalar one: characters of one to four bytes in runs and
 * mixed, long enough for the widest kernel, with what is not valid planted anywhere. What the
 * scalar tier makes of each character is checked against a plain encoder here.
 */
#include "tests/unit/tiers.h"

enum { LONGEST = 1500 };

static uint8_t text[LONGEST + 8];

static size_t
put_utf8(uint8_t *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
		out[2] = (uint8_t)(0x80 | (c & 63));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 63));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 63));
	out[3] = (uint8_t)(0x80 | (c & 63));
	return 4;
}

static size_t
put_utf16(uint8_t *out, uint32_t c)
{
	uint32_t units = c, n = 2;

	if (c >= 0x10000) {
		units = (0xd800 + ((c - 0x10000) >> 10)) | (0xdc00 | (c & 0x3ff)) << 16;
		n = 4;
	}
	for (uint32_t i = 0; i < n; i++)
		out[i] = (uint8_t)(units >> 8 * i);
	return n;
}

static uint32_t
random_point(uint32_t bytes)
{
	static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000},
			      beyond[] = {0, 0x80, 0x800, 0x10000, 0x110000};
	uint32_t c;

	do
		c = lowest[bytes] + guard_random(&seed) % (beyond[bytes] - lowest[bytes]);
	while (c >= 0xd800 && c < 0xe000);
	return c;
}

/* How a text is mixed: the length in bytes of its next character. */
static uint32_t
next_length(uint32_t kind)
{
	uint32_t r = guard_random(&seed);

	switch (kind) {
	case 0:
		return 1 + r % 4;
	case 1:
	case 2:
	case 3:
	case 4:
		return kind;
	case 5:
		return r % 6 ? 2 : 1;
	case 6:
		return r % 20 ? 3 : 1;
	case 7:
		return r % 40 ? 1 : 1 + r / 64 % 4;
	default:
		return r % 12 ? 1 + r / 64 % 3 : 4;
	}
}

enum { N_KINDS = 9 };

static size_t
make_text(uint32_t kind, size_t n, size_t (*put)(uint8_t *, uint32_t))
{
	size_t at = 0;

	while (at < n)
		at += put(text + at, random_point(next_length(kind)));
	return at;
}

/* Bytes that are not there, too many, or others. */
static size_t
plant(size_t n, uint32_t faults)
{
	static const uint8_t bad[] = {0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xe0,
				      0xed, 0xf0, 0xf4, 0xf5, 0xff, 'a',
				      0xa0, 0x9f, 0x90, 0x8f, 0xd8, 0xdc};

	for (uint32_t i = 0; i < faults && n > 1; i++) {
		size_t at = guard_random(&seed) % n;

		if (guard_random(&seed) % 4 == 0) {
			memmove(text + at, text + at + 1, n - at - 1);
			n--;
		} else {
			text[at] = bad[guard_random(&seed) % sizeof(bad)];
		}
	}
	return n;
}

static size_t
random_length(void)
{
	return guard_random(&seed) % (guard_random(&seed) % 4 ? 400 : LONGEST);
}

TEST(from_utf8)
{
	static const struct job jobs[] = {{true, WEIR_LATIN1, WEIR_NODE},
					  {true, WEIR_UTF8, WEIR_NODE},
					  {true, WEIR_UTF16LE, WEIR_NODE},
					  {false, WEIR_UTF8, WEIR_NODE}};

	begin();
	for (uint32_t round = 0; round < 150; round++)
		for (uint32_t kind = 0; kind < N_KINDS; kind++) {
			size_t n = make_text(kind, random_length(), put_utf8);

			n = plant(n, round % 3 ? round % 4 : 0);
			for (size_t j = 0; j < sizeof(jobs) / sizeof(jobs[0]); j++)
				all_tiers(&jobs[j], text, n);
		}
}

TEST(from_utf16)
{
	const struct job job = {false, WEIR_UTF16LE, WEIR_NODE};

	begin();
	for (uint32_t round = 0; round < 300; round++)
		for (uint32_t kind = 0; kind < N_KINDS; kind++) {
			size_t n = make_text(kind, random_length(), put_utf16);

			all_tiers(&job, text, plant(n, round % 3 ? round % 4 : 0));
		}
}

static size_t
put_unit(uint8_t *out, uint32_t unit)
{
	out[0] = (uint8_t)unit;
	out[1] = (uint8_t)(unit >> 8);
	return 2;
}

/* A kernel that left the last half to itself, alone, tried it for ever. */
TEST(halves_of_pairs_at_the_end)
{
	static const uint32_t ends[] = {0xd800, 0xdc00, 'a', 0x4e2d};
	static const uint32_t before[] = {'a', 0xe9, 0x4e2d};
	const struct job job = {false, WEIR_UTF16LE, WEIR_NODE};

	begin();
	for (size_t units = 0; units < 75; units++)
		for (uint32_t end = 0; end < 64; end++) {
			size_t n = 0;

			for (size_t i = 0; i < units; i++)
				n += put_unit(text + n, before[end % 3]);
			for (uint32_t i = 0; i < 6; i += 2)
				n += put_unit(text + n, ends[end >> i & 3]);
			all_tiers(&job, text, n);
			all_tiers(&job, text, n - 1);
		}
}

TEST(halves_of_pairs_anywhere)
{
	static const uint32_t units[] = {0xd800, 0xdbff, 0xdc00, 0xdfff,
					 'a',	 'b',	 0x4e2d, 0xe9};
	const struct job job = {false, WEIR_UTF16LE, WEIR_NODE};

	begin();
	for (uint32_t round = 0; round < 3000; round++) {
		uint32_t rare = 1 + guard_random(&seed) % 40;
		size_t n = 0, length = guard_random(&seed) % 300;

		while (n / 2 < length) {
			uint32_t r = guard_random(&seed);

			n += put_unit(text + n, units[r / 64 % rare ? 4 + r % 4 : r % 8]);
		}
		all_tiers(&job, text, n);
	}
}

TEST(from_latin1)
{
	static const struct job jobs[] = {{false, WEIR_LATIN1, WEIR_NODE},
					  {false, WEIR_ASCII, WEIR_NODE}};

	begin();
	for (uint32_t round = 0; round < 300; round++) {
		size_t n = random_length();

		for (size_t i = 0; i < n; i++)
			text[i] = (uint8_t)(guard_random(&seed) % (1 + round % 40)
						    ? 'a'
						    : guard_random(&seed));
		all_tiers(&jobs[0], text, n);
		all_tiers(&jobs[1], text, n);
	}
}

/* Every character there is, and what UTF-16 has of it, by way of a text of 64 of them. */
TEST(every_character)
{
	enum { TIMES = 80 };
	static uint8_t utf16[4 * TIMES], got[4 * TIMES + 64];

	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++) {
		codec_force((*t)->name);
		for (uint32_t c = 0; c < 0x110000; c++) {
			size_t n = 0, m = 0;
			struct weir_result r;

			if (c >= 0xd800 && c < 0xe000)
				continue;
			if (c > 0x3000 && c % 7 != 0)
				continue; /* a seventh of those that are all alike */
			for (int i = 0; i < TIMES; i++) {
				n += put_utf8(text + n, c);
				m += put_utf16(utf16 + m, c);
			}
			r = weir_decode(WEIR_UTF16LE, WEIR_NODE, got, sizeof(got),
					(char *)text, n);
			if (r.written != m || memcmp(got, utf16, m) != 0)
				CHECK_EQ(c, 0);
			r = weir_encode(WEIR_UTF16LE, (char *)got, sizeof(got), utf16, m);
			if (r.written != n || memcmp(got, text, n) != 0)
				CHECK_EQ(c, 0);
		}
	}
}

/* As Unicode's table of well-formed sequences has it. */
static size_t
plainly_valid(const uint8_t *s, size_t n)
{
	size_t at = 0;

	while (at < n) {
		uint8_t a = s[at], low = 0x80, high = 0xbf;
		size_t more = a < 0x80 ? 0 : a < 0xe0 ? 1 : a < 0xf0 ? 2 : 3;

		if ((a >= 0x80 && a < 0xc2) || a > 0xf4 || n - at <= more)
			break;
		low = a == 0xe0 ? 0xa0 : a == 0xf0 ? 0x90 : low;
		high = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : high;
		for (size_t i = 1; i <= more; i++, low = 0x80, high = 0xbf)
			if (s[at + i] < low || s[at + i] > high)
				return at;
		at += more + 1;
	}
	return at;
}

TEST(valid)
{
	begin();
	for (uint32_t round = 0; round < 600; round++)
		for (uint32_t kind = 0; kind < N_KINDS; kind++) {
			size_t n = make_text(kind, random_length(), put_utf8);

			n = plant(n, round % 3 ? round % 4 : 0);
			for (size_t i = 0; round % 5 == 0 && i < n / 2; i++)
				text[i] &= 0x7f;
			size_t want = plainly_valid(text, n);
			for (const struct codec_tier *const *t = codec_available();
			     *t != NULL; t++)
				for (int end = 0; end < 2; end++) {
					uint8_t *src = guard_at(&from, n, end);

					memcpy(src, text, n);
					codec_force((*t)->name);
					CHECK_EQ(weir_utf8_valid(src, n), want);
					CHECK(!uppers_dirty());
				}
		}
	CHECK_EQ(weir_utf8_valid(NULL, 0), 0);
}

/* All that three bytes can be, where a kernel meets them, is seen as the scalar tier sees it. */
TEST(every_three_bytes)
{
	static const uint8_t leads[] = {0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
					0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0,
					0xf1, 0xf3, 0xf4, 0xf5, 0xff};
	static const uint8_t others[] = {'a',  0x7f, 0x80, 0x8f, 0x90, 0x9f,
					 0xa0, 0xbf, 0xc0, 0xe0, 0xf0, 0xff};
	enum { N = 200, AT = 61 };
	static uint8_t want[3 * N], got[3 * N], utf16[3 * N];
	uint8_t bytes[N];

	for (size_t a = 0; a < sizeof(leads); a++)
		for (size_t b = 0; b < 12 * 12 * 12; b++)
			for (size_t at = AT; at < AT + 5; at++) {
				struct weir_result r, s, units;

				memset(bytes, 'x', N);
				bytes[at] = leads[a];
				bytes[at + 1] = others[b % 12];
				bytes[at + 2] = others[b / 12 % 12];
				bytes[at + 3] = others[b / 144];
				codec_force("scalar");
				r = weir_encode(WEIR_UTF8, (char *)want, sizeof(want),
						bytes, N);
				units = weir_decode(WEIR_UTF16LE, WEIR_NODE, utf16,
						    sizeof(utf16), (char *)bytes, N);
				size_t valid = plainly_valid(bytes, N);
				for (const struct codec_tier *const *t =
					     codec_available();
				     *t != NULL; t++) {
					codec_force((*t)->name);
					s = weir_encode(WEIR_UTF8, (char *)got,
							sizeof(got), bytes, N);
					if (!equal(r, s) ||
					    memcmp(want, got, r.written) != 0 ||
					    weir_utf8_valid(bytes, N) != valid)
						CHECK_EQ(b, SIZE_MAX);
					s = weir_decode(WEIR_UTF16LE, WEIR_NODE, got,
							sizeof(got), (char *)bytes, N);
					if (!equal(units, s) ||
					    memcmp(utf16, got, s.written) != 0)
						CHECK_EQ(b, SIZE_MAX);
				}
			}
}

/* In nothing but characters of three bytes, which a kernel may take for granted, one that is not right, or the last that is. */
TEST(runs_of_three_bytes)
{
	static const char *const others[] = {
		"\xe0\x80\x80", "\xe0\x9f\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xee\x80\x80", "\xf0\x90\x80",
		"\xf4\x90\x80", "\xe4\xb8\x2d", "\xe4\x2d\xad", "\x64\xb8\xad",
		"\xc2\xb8\xad", "\xe4\xb8\xed", "abc",		"\xc3\xa9\x61"};
	enum { CHARACTERS = 70 };
	uint8_t bytes[3 * CHARACTERS];

	begin();
	for (size_t o = 0; o < sizeof(others) / sizeof(others[0]); o++)
		for (size_t at = 0; at < CHARACTERS; at++) {
			for (size_t i = 0; i < CHARACTERS; i++)
				memcpy(bytes + 3 * i,
				       i == at ? others[o] : "\xe4\xb8\xad", 3);
			for (int codec = WEIR_LATIN1; codec <= WEIR_UTF16LE; codec++) {
				struct job j = {true, (enum weir_codec)codec, WEIR_NODE};

				all_tiers(&j, bytes, sizeof(bytes));
			}
			size_t want = plainly_valid(bytes, sizeof(bytes));
			for (const struct codec_tier *const *t = codec_available();
			     *t != NULL; t++) {
				codec_force((*t)->name);
				CHECK_EQ(weir_utf8_valid(bytes, sizeof(bytes)), want);
			}
		}
}

#define TAP_TESTS                                                                        \
	T(from_utf8)                                                                     \
	T(from_utf16)                                                                    \
	T(halves_of_pairs_at_the_end)                                                    \
	T(halves_of_pairs_anywhere)                                                      \
	T(from_latin1)                                                                   \
	T(valid)                                                                         \
	T(every_character)                                                               \
	T(every_three_bytes)                                                             \
	T(runs_of_three_bytes)
TAP_MAIN()
