/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each dialect makes of text that is not as it should be: RFC 4648's vectors, cases of the
 * kinds that the WHATWG and ECMAScript suites have, and where exactly the error is.
 */
#include "tests/tap.h"

#include "weir/encode.h"

struct row {
	const char *text, *bytes; /* written, error or not */
	enum weir_status status;
	size_t error_at;
};

static void
check(enum weir_codec codec, enum weir_dialect dialect, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char out[64] = "";
		struct weir_result r = weir_decode(codec, dialect, out, sizeof(out) - 1,
						   rows[i].text, strlen(rows[i].text));

		if (r.status != rows[i].status || r.error_at != rows[i].error_at ||
		    r.written != strlen(rows[i].bytes) ||
		    memcmp(out, rows[i].bytes, r.written)) {
			tap_failures++;
			printf("# \"%s\": status %d at %zu, wrote %zu\n", rows[i].text,
			       r.status, r.error_at, r.written);
		}
		CHECK_EQ(weir_decoded_exact(codec, dialect, rows[i].text,
					    strlen(rows[i].text)),
			 strlen(rows[i].bytes));
	}
}

#define CHECK_ROWS(codec, dialect, rows)                                                 \
	check(codec, dialect, rows, sizeof(rows) / sizeof(rows[0]))

static const struct row good[] = {
	{"", "", WEIR_OK, 0},
	{"Zg==", "f", WEIR_OK, 0},
	{"Zm8=", "fo", WEIR_OK, 0},
	{"Zm9v", "foo", WEIR_OK, 0},
	{"Zm9vYg==", "foob", WEIR_OK, 0},
	{"Zm9vYmE=", "fooba", WEIR_OK, 0},
	{"Zm9vYmFy", "foobar", WEIR_OK, 0},
};

TEST(rfc4648_vectors)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char text[16];
		size_t n = strlen(good[i].bytes), m = strlen(good[i].text);
		struct weir_result r =
			weir_encode(WEIR_BASE64, text, sizeof(text), good[i].bytes, n);

		CHECK_EQ(r.written, m);
		CHECK(memcmp(text, good[i].text, m) == 0);
	}
	for (int dialect = WEIR_NODE; dialect <= WEIR_MIME; dialect++) {
		CHECK_ROWS(WEIR_BASE64, (enum weir_dialect)dialect, good);
		CHECK_ROWS(WEIR_BASE64URL, (enum weir_dialect)dialect, good);
	}
}

TEST(rfc4648_base64)
{
	static const struct row rows[] = {
		{"Zg", "", WEIR_TRUNCATED, 2},
		{"Zg=", "", WEIR_TRUNCATED, 3},
		{"Zm8", "", WEIR_TRUNCATED, 3},
		{"Z", "", WEIR_TRUNCATED, 1},
		{"Zm9vYg", "foo", WEIR_TRUNCATED, 6},
		{"Zm9v=", "foo", WEIR_INVALID, 4},
		{"Zg===", "", WEIR_INVALID, 4},
		{"Zg==Zg==", "", WEIR_INVALID, 4},
		{"Zm9v YmFy", "foo", WEIR_INVALID, 4},
		{"Zm9v\n", "foo", WEIR_INVALID, 4},
		{"=", "", WEIR_INVALID, 0},
		{"Z=", "", WEIR_INVALID, 1},
		{"Zh==", "", WEIR_EXTRA_BITS, 1},
		{"Zm9=", "", WEIR_EXTRA_BITS, 2},
		{"Zm9vZh==", "foo", WEIR_EXTRA_BITS, 5},
		{"Zm9-", "", WEIR_INVALID, 3},
		{"Zm9\x80", "", WEIR_INVALID, 3},
		{"Zm8=\n", "", WEIR_INVALID, 4},
	};

	CHECK_ROWS(WEIR_BASE64, WEIR_RFC4648, rows);
}

TEST(rfc4648_base64url)
{
	static const struct row rows[] = {
		{"Zg", "f", WEIR_OK, 0},
		{"Zm8", "fo", WEIR_OK, 0},
		{"Zg=", "", WEIR_TRUNCATED, 3},
		{"Zh", "", WEIR_EXTRA_BITS, 1},
		{"-_-_", "\xfb\xff\xbf", WEIR_OK, 0},
		{"Zm9+", "", WEIR_INVALID, 3},
		{"Z", "", WEIR_TRUNCATED, 1},
	};

	CHECK_ROWS(WEIR_BASE64URL, WEIR_RFC4648, rows);
}

TEST(whatwg)
{
	static const struct row rows[] = {
		{" Z g\t= =\n", "f", WEIR_OK, 0},
		{"Zg", "f", WEIR_OK, 0},
		{"Zm8", "fo", WEIR_OK, 0},
		{"Zh==", "f", WEIR_OK, 0},
		{"Zg=", "", WEIR_TRUNCATED, 3},
		{"Zm9v=", "foo", WEIR_INVALID, 4},
		{"Z", "", WEIR_TRUNCATED, 1},
		{"Zm9vY", "foo", WEIR_TRUNCATED, 5},
		{"====", "", WEIR_INVALID, 0},
		{"=", "", WEIR_INVALID, 0},
		{"Z===", "", WEIR_INVALID, 1},
		{"Zg===", "", WEIR_INVALID, 4},
		{"Zm8==", "", WEIR_INVALID, 4},
		{"Zg==Z", "", WEIR_INVALID, 4},
		{"Zm\v9v", "", WEIR_INVALID, 2},
		{"Zm\xa0"
		 "9v",
		 "", WEIR_INVALID, 2},
		{"Zm9v\f\r", "foo", WEIR_OK, 0},
		{"-_-_", "", WEIR_INVALID, 0},
		{"   ", "", WEIR_OK, 0},
	};

	CHECK_ROWS(WEIR_BASE64, WEIR_WHATWG, rows);
}

TEST(mime)
{
	static const struct row rows[] = {
		{"Zm9v\r\nYmFy\r\n", "foobar", WEIR_OK, 0},
		{"Z*m%9v", "foo", WEIR_OK, 0},
		{"Zg==Zm9v", "f", WEIR_OK, 0},
		{"Zm9vY", "foo", WEIR_OK, 0},
		{"=Zm9v", "", WEIR_OK, 0},
		{"Zm-9v", "foo", WEIR_OK, 0},
		{"Zm8", "fo", WEIR_OK, 0},
	};

	CHECK_ROWS(WEIR_BASE64, WEIR_MIME, rows);
}

TEST(node)
{
	static const struct row rows[] = {
		{"Zm9v*YmFy", "foobar", WEIR_OK, 0},
		{"-_+/", "\xfb\xff\xbf", WEIR_OK, 0},
		{"Zg=Zm9v", "f", WEIR_OK, 0},
		{"Zm9vY", "foo", WEIR_OK, 0},
	};

	CHECK_ROWS(WEIR_BASE64, WEIR_NODE, rows);
	CHECK_ROWS(WEIR_BASE64URL, WEIR_NODE, rows);
}

TEST(hex)
{
	static const struct row strict[] = {
		{"", "", WEIR_OK, 0},
		{"666F6f", "foo", WEIR_OK, 0},
		{"666", "f", WEIR_TRUNCATED, 3},
		{"6", "", WEIR_TRUNCATED, 1},
		{"66x6", "f", WEIR_INVALID, 2},
		{"666x", "f", WEIR_INVALID, 3},
		{"66 6f", "f", WEIR_INVALID, 2},
		{"0x66", "", WEIR_INVALID, 1},
		{"66\xff\xff", "f", WEIR_INVALID, 2},
	};
	static const struct row spaced[] = {
		{"66 6f\n6 f\r\n", "foo", WEIR_OK, 0},
		{"66 6", "f", WEIR_TRUNCATED, 4},
		{" 66-6f", "f", WEIR_INVALID, 3},
	};

	CHECK_ROWS(WEIR_HEX, WEIR_NODE, strict);
	CHECK_ROWS(WEIR_HEX, WEIR_RFC4648, strict);
	CHECK_ROWS(WEIR_HEX, WEIR_WHATWG, spaced);
	CHECK_ROWS(WEIR_HEX, WEIR_MIME, spaced);
}

/* The place of an error far into a text, where the wide tiers meet it. */
TEST(error_position)
{
	char text[512], out[512];

	for (size_t at = 0; at < 400; at++) {
		memset(text, 'a', sizeof(text));
		text[at] = '!';
		struct weir_result r =
			weir_decode(WEIR_HEX, WEIR_NODE, out, sizeof(out), text, 400);
		CHECK(r.status == WEIR_INVALID && r.error_at == at &&
		      r.written == at / 2);
		r = weir_decode(WEIR_BASE64, WEIR_WHATWG, out, sizeof(out), text, 400);
		CHECK(r.status == WEIR_INVALID && r.error_at == at &&
		      r.written == at / 4 * 3);
		r = weir_decode(WEIR_BASE64, WEIR_RFC4648, out, sizeof(out), text, 400);
		CHECK(r.status == WEIR_INVALID && r.error_at == at &&
		      r.written == at / 4 * 3);
	}
}

TEST(sizes)
{
	CHECK_EQ(weir_encoded_size(WEIR_HEX, 5), 10);
	CHECK_EQ(weir_encoded_size(WEIR_BASE64, 4), 8);
	CHECK_EQ(weir_encoded_size(WEIR_BASE64URL, 4), 6);
	CHECK_EQ(weir_encoded_size(WEIR_BASE64URL, 5), 7);
	CHECK(weir_encoded_size(WEIR_HEX, SIZE_MAX / 2 + 1) == SIZE_MAX);
	CHECK(weir_encoded_size(WEIR_BASE64, SIZE_MAX) == SIZE_MAX);
	CHECK(weir_encoded_size(WEIR_BASE64URL, SIZE_MAX) == SIZE_MAX);
	CHECK(weir_encoded_size(WEIR_UTF8, SIZE_MAX) == SIZE_MAX);
	CHECK_EQ(weir_decoded_max(WEIR_HEX, 5), 2);
	CHECK_EQ(weir_decoded_max(WEIR_BASE64, 7), 5);
	CHECK_EQ(weir_encoded_exact(WEIR_LATIN1, "a\xe9", 2), 3);
	CHECK_EQ(weir_encoded_exact(WEIR_UTF8,
				    "\xff"
				    "a",
				    2),
		 4);
}

#define TAP_TESTS                                                                        \
	T(rfc4648_vectors)                                                               \
	T(rfc4648_base64)                                                                \
	T(rfc4648_base64url)                                                             \
	T(whatwg)                                                                        \
	T(mime)                                                                          \
	T(node)                                                                          \
	T(hex)                                                                           \
	T(error_position)                                                                \
	T(sizes)
TAP_MAIN()
