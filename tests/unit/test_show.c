/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values as text for people, and the cleaning of strings from outside.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tools/text/json.h"
#include "tools/text/show.h"

static char v[SHOW_VALUE];

TEST(bytes)
{
	CHECK_STR(show_bytes(v, 0), "0 B");
	CHECK_STR(show_bytes(v, 1023), "1023 B");
	CHECK_STR(show_bytes(v, 1024), "1 KB");
	CHECK_STR(show_bytes(v, 1536), "1.5 KB");
	CHECK_STR(show_bytes(v, 131072), "128 KB");
	/* Not "1024 KB". */
	CHECK_STR(show_bytes(v, 1048575), "1 MB");
	CHECK_STR(show_bytes(v, 10485760), "10 MB");
	CHECK_STR(show_bytes(v, UINT64_C(5) << 40), "5 TB");
	CHECK_STR(show_bytes(v, UINT64_MAX), "16 EB");
}

TEST(counts)
{
	CHECK_STR(show_count(v, 0), "0");
	CHECK_STR(show_count(v, 999), "999");
	CHECK_STR(show_count(v, 1000), "1,000");
	CHECK_STR(show_count(v, UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(percent)
{
	CHECK_STR(show_percent(v, 1, 3), "33.3 %");
	CHECK_STR(show_percent(v, 0, 5), "0.0 %");
	CHECK_STR(show_percent(v, 0, 0), "-");
	CHECK_STR(show_percent(v, UINT64_MAX, UINT64_MAX), "100.0 %");
}

TEST(durations)
{
	const uint64_t s = 1000000000;

	CHECK_STR(show_duration(v, 0), "0 s");
	CHECK_STR(show_duration(v, 99), "0 us");
	CHECK_STR(show_duration(v, 430), "0.4 us");
	CHECK_STR(show_duration(v, 9999), "9.9 us");
	CHECK_STR(show_duration(v, 10999), "10 us");
	CHECK_STR(show_duration(v, 1500000), "1.5 ms");
	CHECK_STR(show_duration(v, 450000000), "0.4 s");
	CHECK_STR(show_duration(v, 59 * s + 999999999), "59.9 s");
	CHECK_STR(show_duration(v, 60 * s), "1 min 0 s");
	CHECK_STR(show_duration(v, 3600 * s + 61 * s), "1 h 1 min");
	CHECK_STR(show_duration(v, 86400 * s * 3 + 7200 * s), "3 d 2 h");
}

TEST(utf8_takes_what_is_valid_only)
{
	static const struct {
		const char *bytes;
		size_t n, want;
		uint32_t code_point;
	} cases[] = {
		{"", 0, 0, 0},
		{"A", 1, 1, 'A'},
		{"\xc3\xa9", 2, 2, 0xe9},
		{"\xe2\x82\xac", 3, 3, 0x20ac},
		{"\xf0\x9f\x98\x80", 4, 4, 0x1f600},
		{"\xc3", 1, 0, 0},	       /* cut */
		{"\x80", 1, 0, 0},	       /* a continuation alone */
		{"\xc0\xaf", 2, 0, 0},	       /* overlong */
		{"\xe0\x80\xaf", 3, 0, 0},     /* overlong */
		{"\xf0\x80\x80\xaf", 4, 0, 0}, /* overlong */
		{"\xed\xa0\x80", 3, 0, 0},     /* a surrogate */
		{"\xf4\x90\x80\x80", 4, 0, 0}, /* above U+10FFFF */
		{"\xe2\x28\xa1", 3, 0, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t c = 0;
		size_t len =
			show_utf8((const unsigned char *)cases[i].bytes, cases[i].n, &c);

		CHECK_EQ(len, cases[i].want);
		if (len > 0)
			CHECK_EQ(c, cases[i].code_point);
	}
}

TEST(clean_escapes_what_steers_a_terminal)
{
	char buf[64];

	CHECK_STR(show_clean(buf, sizeof(buf), "plain \xc3\xa9 \\n"),
		  "plain \xc3\xa9 \\n");
	CHECK_STR(show_clean(buf, sizeof(buf), "a\033[2Jb\n"), "a\\x1b[2Jb\\x0a");
	CHECK_STR(show_clean(buf, sizeof(buf), "\x7f\xff"), "\\x7f\\xff");
	/* C1 control CSI, and right-to-left override, both valid UTF-8. */
	CHECK_STR(show_clean(buf, sizeof(buf), "\xc2\x9b"), "\\xc2\\x9b");
	CHECK_STR(show_clean(buf, sizeof(buf), "\xe2\x80\xae"), "\\xe2\\x80\\xae");
}

TEST(clean_cuts_between_characters)
{
	char buf[6];

	CHECK_STR(show_clean(buf, 6, "abcdefgh"), "abcde");
	CHECK_STR(show_clean(buf, 6, "abcd\xc3\xa9"), "abcd");
	CHECK_STR(show_clean(buf, 6, "ab\033"), "ab");
	CHECK_STR(show_clean(buf, 1, "x"), "");
}

TEST(width_counts_characters)
{
	CHECK_EQ(show_width("abc"), 3);
	CHECK_EQ(show_width("\xc3\xa9\xe2\x82\xac"), 2);
	CHECK_EQ(show_width("\xff\xff"), 2);
}

/* What the writer makes of one string. */
static const char *
as_json(const char *value)
{
	static char text[256];
	FILE *f = fmemopen(text, sizeof(text), "w");
	struct json j;

	json_begin(&j, f);
	json_string(&j, NULL, value);
	fclose(f);
	return text;
}

TEST(json_strings)
{
	CHECK_STR(as_json("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
	CHECK_STR(as_json("\n\x1b"), "\"\\u000a\\u001b\"");
	CHECK_STR(as_json("\xc3\xa9\xff"), "\"\xc3\xa9\\ufffd\"");
	CHECK_STR(as_json(NULL), "null");
}

TEST(json_nests)
{
	char text[256];
	FILE *f = fmemopen(text, sizeof(text), "w");
	struct json j;

	json_begin(&j, f);
	json_open(&j, NULL, '{');
	json_open(&j, "list", '[');
	json_u64(&j, NULL, 1);
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	json_close(&j, ']');
	json_ratio(&j, "half", 1, 2);
	json_ratio(&j, "none", 1, 0);
	json_seconds(&j, "s", 1234567890);
	json_bool(&j, "yes", true);
	json_close(&j, '}');
	json_end(&j);
	fclose(f);
	CHECK_STR(text, "{\n  \"list\": [\n    1,\n    {}\n  ],\n  \"half\": 0.500000,\n"
			"  \"none\": null,\n  \"s\": 1.234,\n  \"yes\": true\n}\n");
}

#define TAP_TESTS                                                                        \
	T(bytes)                                                                         \
	T(counts)                                                                        \
	T(percent)                                                                       \
	T(durations)                                                                     \
	T(utf8_takes_what_is_valid_only)                                                 \
	T(clean_escapes_what_steers_a_terminal)                                          \
	T(clean_cuts_between_characters)                                                 \
	T(width_counts_characters)                                                       \
	T(json_strings)                                                                  \
	T(json_nests)
TAP_MAIN()
