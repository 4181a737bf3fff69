/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts of few bytes, which have kernels of their own, in every tier as in the scalar one: all lengths up to a
 * few blocks, characters cut or spoilt at either end, and bytes as UTF-16 units and back.
 */
#include "tests/unit/tiers.h"

enum { SHORT = 140, LONG = 420 };

static const struct job jobs[] = {
	{true, WEIR_LATIN1, WEIR_NODE},	 {true, WEIR_UTF8, WEIR_NODE},
	{true, WEIR_UTF16LE, WEIR_NODE}, {false, WEIR_UTF8, WEIR_NODE},
	{false, WEIR_LATIN1, WEIR_NODE}, {false, WEIR_UTF16LE, WEIR_NODE}};
enum { N_JOBS = sizeof(jobs) / sizeof(jobs[0]) };

/* Of one to four bytes, and pairs of units that are of one to three bytes, or two halves. */
static const char *const characters[] = {"a",
					 "\xc3\xa9",
					 "\xdf\xbf",
					 "\xe0\xa0\x80",
					 "\xe5\xa4\xa9",
					 "\xef\xbf\xbf",
					 "\xf0\x90\x80\x80",
					 "\xf0\x9f\x98\x80",
					 "\xf4\x8f\xbf\xbf",
					 "\x3d\xd8\x00\xde",
					 "\xff\xdb\xff\xdf",
					 "\x29\x59"};
enum { N_CHARACTERS = sizeof(characters) / sizeof(characters[0]), PAIR = 9, UNIT = 11 };

/* Of one kind, of all, or a unit and then pairs, which are cut where others are not. */
enum { ALL = N_CHARACTERS, ODD_PAIRS, N_KINDS };

static void
fill(uint8_t *text, size_t n, size_t kind)
{
	size_t at = 0;

	while (at < n) {
		size_t which = kind < N_CHARACTERS ? kind
			       : kind == ALL	   ? guard_random(&seed) % N_CHARACTERS
			       : at == 0	   ? UNIT
						   : PAIR;
		const char *c = characters[which];
		size_t length = which == PAIR ? 4 : strlen(c);

		memcpy(text + at, c, length);
		at += length;
	}
}

TEST(all_lengths)
{
	static uint8_t text[SHORT + 8];

	begin();
	for (size_t n = 0; n <= SHORT; n++)
		for (size_t kind = 0; kind < N_KINDS; kind++)
			for (size_t j = 0; j < N_JOBS; j++) {
				fill(text, n, kind);
				all_tiers(&jobs[j], text, n);
			}
}

TEST(one_byte_is_another)
{
	static uint8_t text[SHORT + 8];

	begin();
	for (size_t round = 0; round < 4000; round++) {
		size_t n = 1 + guard_random(&seed) % SHORT;

		fill(text, n, guard_random(&seed) % N_KINDS);
		text[guard_random(&seed) % n] = (uint8_t)guard_random(&seed);
		all_tiers(&jobs[round % N_JOBS], text, n);
	}
}

/* ASCII, then a character of which one byte or more are not there, just behind a block or anywhere else. */
TEST(cut_at_the_end)
{
	static uint8_t text[LONG];

	begin();
	for (size_t n = 1; n <= LONG; n++)
		for (size_t have = 1; have <= 3 && have <= n; have++)
			for (size_t before = 0; before < 2; before++) {
				memset(text, 'x', n);
				if (before > 0 && n - have >= 2)
					memcpy(text + n - have - 2, "\xc3\xa9", 2);
				memcpy(text + n - have, "\xf0\x9f\x98", have);
				all_tiers(&jobs[1], text, n);
				if (n <= SHORT)
					all_tiers(&jobs[2], text, n);
			}
}

/* Each first byte with each second one, at the beginning, in the middle and at the end. */
TEST(every_two_bytes)
{
	static const size_t lengths[] = {2, 3, 4, 31, 33, 63, 64, 65};
	static uint8_t want[512], got[512], text[80];

	for (size_t l = 0; l < sizeof(lengths) / sizeof(lengths[0]); l++)
		for (uint32_t pair = 0; pair < 0x10000; pair += pair % 7 == 0 ? 5 : 3) {
			size_t n = lengths[l], at = pair % (n - 1);
			const struct job *j = &jobs[pair % 4];

			memset(text, 'x', n);
			text[at] = (uint8_t)(pair >> 8 | 0x80);
			text[at + 1] = (uint8_t)pair;
			if (at + 2 < n && pair % 3 == 0)
				text[at + 2] = 0xa5;
			codec_force("scalar");
			struct weir_result w = run(j, want, sizeof(want), text, n);
			for (const struct codec_tier *const *t = codec_available(); *t;
			     t++) {
				codec_force((*t)->name);
				struct weir_result r = run(j, got, sizeof(got), text, n);
				if (!equal(r, w) || memcmp(got, want, w.written) != 0)
					CHECK_EQ(pair, n);
			}
		}
}

/* The low byte of each unit, all bytes as units, or their low seven bits. */
static void
units_of(const struct codec_tier *tier, size_t n, int end)
{
	uint8_t *bytes = guard_at(&from, n, end), *units = guard_at(&to, 2 * n, end);
	static uint8_t want[2 * LONG];

	codec_force(tier->name);
	for (int ascii = 0; ascii < 2; ascii++) {
		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)guard_random(&seed);
		memset(units, FILL, 2 * n);
		for (size_t i = 0; i < n; i++) {
			want[2 * i] = bytes[i] & (ascii ? 0x7f : 0xff);
			want[2 * i + 1] = 0;
		}
		struct weir_result r =
			weir_encode_utf16(ascii ? WEIR_ASCII : WEIR_LATIN1,
					  (uint16_t *)(void *)units, n, bytes, n);
		CHECK(!uppers_dirty());
		CHECK_EQ(r.written, n);
		CHECK_EQ(r.read, n);
		CHECK(n == 0 || memcmp(units, want, 2 * n) == 0);
	}
	for (int cut = 0; cut < 2; cut++) {
		for (size_t i = 0; i < 2 * n; i++)
			units[i] = (uint8_t)(i % 2 && guard_random(&seed) % 4
						     ? 0
						     : guard_random(&seed));
		for (size_t i = 0; i < n; i++)
			want[i] = cut || units[2 * i + 1] == 0 ? units[2 * i] : 0xff;
		memset(bytes, FILL, n);
		tier->narrow(bytes, units, n, cut);
		CHECK(!uppers_dirty());
		CHECK(n == 0 || memcmp(bytes, want, n) == 0);
	}
	if (n > 0) {
		struct weir_result r =
			weir_decode_utf16(WEIR_LATIN1, WEIR_NODE, bytes, n - 1,
					  (uint16_t *)(void *)units, n);
		CHECK_EQ(r.status, WEIR_NEED_OUTPUT);
		CHECK_EQ(r.written, n - 1);
	}
}

TEST(units)
{
	begin();
	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++)
		for (size_t n = 0; n <= LONG; n++)
			for (int end = 0; end < 2; end++)
				units_of(*t, n, end);
}

#define TAP_TESTS                                                                        \
	T(all_lengths)                                                                   \
	T(one_byte_is_another)                                                           \
	T(cut_at_the_end)                                                                \
	T(every_two_bytes)                                                               \
	T(units)
TAP_MAIN()
