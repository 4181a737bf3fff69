/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dialects on the cases that the standards' own suites are about: forgiving base64 (atob),
 * ECMAScript's Uint8Array base64 and hex with what it does about the last chunk, and the Encoding
 * standard's UTF-8 and UTF-16LE. In every tier. tests/encode/standards.mjs asks real engines more.
 */
#include "tests/tap.h"

#include "encode/codec.h"
#include "weir/encode.h"

enum { MOST = 64 };

/* `bytes` in hex: what is written; an error comes then if `fails`. */
struct row {
	const char *text, *bytes;
	bool fails;
};

#define FAILS true

static void
to_hex(char *hex, const void *bytes, size_t n)
{
	struct weir_result r = weir_encode(WEIR_HEX, hex, 4 * MOST, bytes, n);

	hex[r.written] = '\0';
}

static void
expect(const char *tier, const char *text, const void *out, struct weir_result r,
       const char *bytes, bool fails)
{
	char hex[4 * MOST + 1];
	bool failed = r.status != WEIR_OK && r.status != WEIR_NEED_OUTPUT;

	to_hex(hex, out, r.written);
	if (strcmp(hex, bytes) == 0 && failed == fails)
		return;
	tap_failures++;
	printf("# %s: \"%s\": status %d, %s, not %s\n", tier, text, r.status, hex, bytes);
}

static void
decode_rows(enum weir_codec codec, enum weir_dialect dialect, const struct row *rows,
	    size_t n)
{
	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++) {
		codec_force((*t)->name);
		for (size_t i = 0; i < n; i++) {
			uint8_t out[MOST];
			const char *text = rows[i].text;

			expect((*t)->name, text, out,
			       weir_decode(codec, dialect, out, sizeof(out), text,
					   strlen(text)),
			       rows[i].bytes, rows[i].fails);
		}
	}
}

#define DECODE_ROWS(codec, dialect, rows)                                                \
	decode_rows(codec, dialect, rows, sizeof(rows) / sizeof(rows[0]))

TEST(forgiving_base64)
{
	static const struct row rows[] = {
		{"", "", 0},
		{"abcd", "69b71d", 0},
		{" abcd", "69b71d", 0},
		{"abcd ", "69b71d", 0},
		{" abcd===", "69b71d", FAILS},
		{"abcd=== ", "69b71d", FAILS},
		{"abcd ===", "69b71d", FAILS},
		{"a", "", FAILS},
		{"ab", "69", 0},
		{"abc", "69b7", 0},
		{"abcde", "69b71d", FAILS},
		{"\xf0\x90\x80\x80", "", FAILS},
		{"=", "", FAILS},
		{"==", "", FAILS},
		{"===", "", FAILS},
		{"=====", "", FAILS},
		{"a=", "", FAILS},
		{"a==", "", FAILS},
		{"a===", "", FAILS},
		{"a====", "", FAILS},
		{"ab=", "", FAILS},
		{"ab==", "69", 0},
		{"ab===", "", FAILS},
		{"ab====", "", FAILS},
		{"abc=", "69b7", 0},
		{"abc==", "", FAILS},
		{"abcd=", "69b71d", FAILS},
		{"abcd==", "69b71d", FAILS},
		{"abcde=", "69b71d", FAILS},
		{"abcde===", "69b71d", FAILS},
		{"a\tb", "69", 0},
		{"a\nb", "69", 0},
		{"a\fb", "69", 0},
		{"a\rb", "69", 0},
		{"ab\t\n\f\r =\t\n\f\r =\t\n\f\r ", "69", 0},
		{"a\xc2\xa0"
		 "b",
		 "", FAILS},
		{"ab\xe2\x80\xa8"
		 "cd",
		 "", FAILS},
		{"ab\vcd", "", FAILS},
		{"/", "", FAILS},
		{"A/", "03", 0},
		{"AA/", "000f", 0},
		{"AAA/", "00003f", 0},
		{"AAAA/", "000000", FAILS},
		{"/A", "fc", 0},
		{"//A", "fff0", 0},
		{"///A", "ffffc0", 0},
		{"////A", "ffffff", FAILS},
		{"YQ", "61", 0},
		{"YR", "61", 0},
		{"~~", "", FAILS},
		{"??", "", FAILS},
		{"--", "", FAILS},
		{"__", "", FAILS},
	};
	static const char nul[][9] = {"abcd\0non", "ab\0cdnon", "\0abcdnon"};

	DECODE_ROWS(WEIR_BASE64, WEIR_WHATWG, rows);
	for (size_t i = 0; i < 3; i++) {
		uint8_t out[MOST];

		CHECK_EQ(weir_decode(WEIR_BASE64, WEIR_WHATWG, out, MOST, nul[i], 8)
				 .status,
			 WEIR_INVALID);
	}
}

/* What the engines' default, "loose", makes of its last chunk is what atob makes of it. */
TEST(last_chunk_loose)
{
	static const struct row rows[] = {
		{"ZXhhZg==", "65786166", 0},	  {"ZXhhZg", "65786166", 0},
		{"ZXhhZh==", "65786166", 0},	  {"ZXhhZh", "65786166", 0},
		{"ZXhhZg=", "657861", FAILS},	  {"ZXhhZg===", "657861", FAILS},
		{"ZXhhZ", "657861", FAILS},	  {"ZXhhZ=", "657861", FAILS},
		{"ZXhhZ===", "657861", FAILS},	  {"Zm.9v", "", FAILS},
		{"Zm9v^", "666f6f", FAILS},	  {"Zg==&", "", FAILS},
		{"Z\xe2\x88\x92==", "", FAILS},	  {"Zg\xc2\xa0==", "", FAILS},
		{" Z\tm9\n v \f\r", "666f6f", 0},
	};
	static const struct row alphabet[] = {{"x+/y", "c7eff2", 0}, {"x-_y", "", FAILS}};
	static const struct row url[] = {{"x-_y", "c7eff2", 0}, {"x+/y", "", FAILS}};

	DECODE_ROWS(WEIR_BASE64, WEIR_WHATWG, rows);
	DECODE_ROWS(WEIR_BASE64, WEIR_WHATWG, alphabet);
	DECODE_ROWS(WEIR_BASE64URL, WEIR_WHATWG, url);
}

/* "strict" is RFC 4648's idea of padding, for text without white space. */
TEST(last_chunk_strict)
{
	static const struct row rows[] = {
		{"ZXhhZg==", "65786166", 0},	{"ZXhhZg", "657861", FAILS},
		{"ZXhhZh==", "657861", FAILS},	{"ZXhhZg=", "657861", FAILS},
		{"ZXhhZgo=", "657861660a", 0},	{"ZXhhZ", "657861", FAILS},
		{"ZXhhZg===", "657861", FAILS},
	};

	DECODE_ROWS(WEIR_BASE64, WEIR_RFC4648, rows);
}

/*
 * "stop-before-partial" is a stream that is not ended, but for a padded chunk, which comes with the
 * end: what it has begun is not written.
 */
TEST(last_chunk_stopped_before)
{
	static const struct row rows[] = {
		{"ZXhhZg", "657861", 0},	{"ZXhhZgo", "657861", 0},
		{"ZXhhZh", "657861", 0},	{"ZXhhZg=", "657861", 0},
		{"ZXhhZ", "657861", 0},		{"ZXhhZ=", "657861", FAILS},
		{"ZXhh", "657861", 0},		{"Zm.9v", "", FAILS},
		{"ZXhhZg===", "657861", FAILS},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct weir_stream s;
		uint8_t out[MOST];

		weir_decode_init(&s, WEIR_BASE64, WEIR_WHATWG);
		expect("stream", rows[i].text, out,
		       weir_decode_update(&s, out, sizeof(out), rows[i].text,
					  strlen(rows[i].text)),
		       rows[i].bytes, rows[i].fails);
	}
}

/* setFromBase64: whole chunks that fit, and up to an error. */
TEST(set_from_base64)
{
	static const struct {
		const char *text;
		size_t room;
		const char *bytes;
		bool fails;
	} rows[] = {
		{"Zm9vYmFy", 5, "666f6f", 0},	    {"Zm9vYmE=", 5, "666f6f6261", 0},
		{"Zm9vYmFy", 6, "666f6f626172", 0}, {"Zm9v", 2, "", 0},
		{"MjYyZm.9v", 6, "323632", FAILS},  {"MjYyZg", 4, "32363266", 0},
		{"MjYyZg=", 6, "323632", FAILS},    {"MjYy", 3, "323632", 0},
		{"MjYyZg===", 3, "323632", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct weir_stream s;
		struct weir_result r, end;
		uint8_t out[MOST];

		weir_decode_init(&s, WEIR_BASE64, WEIR_WHATWG);
		r = weir_decode_update(&s, out, rows[i].room, rows[i].text,
				       strlen(rows[i].text));
		if (r.status == WEIR_OK) {
			end = weir_decode_final(&s, out + r.written,
						rows[i].room - r.written);
			r.written += end.written;
			r.status = end.status;
		}
		if (r.written == rows[i].room)
			r.status = WEIR_OK; /* what comes then is nobody's business */
		expect("stream", rows[i].text, out, r, rows[i].bytes, rows[i].fails);
	}
}

TEST(hex_of_ecmascript)
{
	static const struct row rows[] = {
		{"", "", 0},
		{"66", "66", 0},
		{"666f6F", "666f6f", 0},
		{"a", "", FAILS},
		{"666", "66", FAILS},
		{"66a.aa", "66", FAILS},
		{"..", "", FAILS},
		{"aa ", "aa", FAILS},
		{"aaa a", "aa", FAILS},
		{"a\xef\xbc\xa1", "", FAILS},
	};

	DECODE_ROWS(WEIR_HEX, WEIR_RFC4648, rows);
}

/* Bytes and the text that they are, both in hex. */
struct pair {
	const char *bytes, *text;
};

static void
encode_pairs(enum weir_codec codec, const struct pair *pairs, size_t n)
{
	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++) {
		codec_force((*t)->name);
		for (size_t i = 0; i < n; i++) {
			uint8_t bytes[MOST];
			char out[4 * MOST];
			size_t m = weir_decode(WEIR_HEX, WEIR_RFC4648, bytes, MOST,
					       pairs[i].bytes, strlen(pairs[i].bytes))
					   .written;

			expect((*t)->name, pairs[i].bytes, out,
			       weir_encode(codec, out, sizeof(out), bytes, m),
			       pairs[i].text, false);
		}
	}
}

#define R "efbfbd"

TEST(utf8_decoder)
{
	static const struct pair pairs[] = {
		{"ff", R},
		{"c0", R},
		{"e0", R},
		{"c000", R "00"},
		{"c0c0", R R},
		{"e000", R "00"},
		{"e0c0", R R},
		{"e08000", R R "00"},
		{"e080c0", R R R},
		{"fc8080", R R R},
		{"fe8080808080", R R R R R R},
		{"c080", R R},
		{"e08080", R R R},
		{"f0808080", R R R R},
		{"f880808080", R R R R R},
		{"c1bf", R R},
		{"e081bf", R R R},
		{"f08081bf", R R R R},
		{"e09fbf", R R R},
		{"f08fbfbf", R R R R},
		{"f8848fbfbf", R R R R R},
		{"eda080", R R R},
		{"edb080", R R R},
		{"eda080edb080", R R R R R R},
		{"f4908080", R R R R},
		{"efbbbf41", "efbbbf41"}, /* as with ignoreBOM */
		{"f09f92", R},
		{"f09f9241", R "41"},
		{"7ac2a2e6b0b4f09d849ef48fbfbd", "7ac2a2e6b0b4f09d849ef48fbfbd"},
	};

	encode_pairs(WEIR_UTF8, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

TEST(utf16le_decoder)
{
	static const struct pair pairs[] = {
		{"00d8", R},
		{"00dc", R},
		{"00d80000", R "00"},
		{"00dc0000", R "00"},
		{"00dc00d8", R R},
		{"34d806dd", "f09d8486"},
		{"fffe4100", "efbbbf41"},
		{"fefffeff", "efbfbeefbfbe"},
		{"00d800d800dc", R "f0908080"},
	};

	encode_pairs(WEIR_UTF16LE, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

/* TextEncoder.encode and encodeInto: units in hex, little end first. */
TEST(text_encoder)
{
	static const struct {
		const char *units, *text;
		size_t room, read;
	} rows[] = {
		{"34d806df", "f09d8c86", 4, 2},
		{"34d806df", "", 3, 1}, /* half of the pair is taken, as a stream would */
		{"34d8410006df4100a50048006900", R "41" R "41c2a5", 10, 5},
		{"410006df", "41" R, 4, 2},
		{"a500a500", "c2a5c2a5", 4, 2},
		{"a500a500", "c2a5", 3, 1},
		{"00d8", R, 9, 1},
		{"00dc", R, 9, 1},
		{"00dc00d8", R R, 9, 2},
		{"6100000062", "6100", 9, 2},
		{"34d81edd", "f09d849e", 9, 2},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint16_t units[MOST];
		uint8_t out[MOST];
		size_t n = weir_decode(WEIR_HEX, WEIR_RFC4648, units, sizeof(units),
				       rows[i].units, strlen(rows[i].units))
				   .written /
			   2;
		struct weir_result r = weir_decode_utf16(WEIR_UTF8, WEIR_NODE, out,
							 rows[i].room, units, n);

		expect("units", rows[i].units, out, r, rows[i].text, false);
		CHECK_EQ(r.read, rows[i].read);
	}
}

#define TAP_TESTS                                                                        \
	T(forgiving_base64)                                                              \
	T(last_chunk_loose)                                                              \
	T(last_chunk_strict)                                                             \
	T(last_chunk_stopped_before)                                                     \
	T(set_from_base64)                                                               \
	T(hex_of_ecmascript)                                                             \
	T(utf8_decoder)                                                                  \
	T(utf16le_decoder)                                                               \
	T(text_encoder)
TAP_MAIN()
