/* SPDX-License-Identifier: Apache-2.0 */
/* Text into a buffer of fixed size: policy/emit.h. */
#include "policy/emit.h"
#include "policy/token.h"
#include "tests/tap.h"

#define KB 1024ull
#define MB (1024 * KB)
#define TB (1024 * 1024 * MB)

static const char *
size_text(uint64_t bytes)
{
	static char buf[64];
	struct emit out = {buf, sizeof(buf), 0};

	emit_size(&out, bytes);
	CHECK_EQ(emit_end(&out), strlen(buf));
	return buf;
}

TEST(sizes)
{
	CHECK_STR(size_text(0), "0");
	CHECK_STR(size_text(1), "1");
	CHECK_STR(size_text(1023), "1023");
	CHECK_STR(size_text(1024), "1K");
	CHECK_STR(size_text(1025), "1025");
	CHECK_STR(size_text(1280), "1.25K");
	CHECK_STR(size_text(128 * KB), "128K");
	CHECK_STR(size_text(256 * KB), "256K");
	CHECK_STR(size_text(1280 * KB), "1.25M");
	CHECK_STR(size_text(1536 * KB), "1.5M");
	CHECK_STR(size_text(1792 * KB), "1.75M");
	CHECK_STR(size_text(1100 * KB), "1100K");
	CHECK_STR(size_text(10 * MB), "10M");
	CHECK_STR(size_text(1024 * MB), "1G");
	CHECK_STR(size_text(TB), "1T");
	CHECK_STR(size_text(3000 * TB), "3000T");
	CHECK_STR(size_text(UINT64_MAX), "18446744073709551615");
}

TEST(sizes_read_back_the_same)
{
	for (unsigned shift = 0; shift < 64; shift++) {
		for (uint64_t factor = 1; factor < 16; factor++) {
			for (uint64_t d = 0; d < 3; d++) {
				uint64_t want = (factor << shift) - 1 + d, got = ~want;

				CHECK_EQ(token_bytes(token_of(size_text(want)), &got), 0);
				CHECK_EQ(got, want);
			}
		}
	}
}

TEST(numbers)
{
	char buf[64];
	struct emit out = {buf, sizeof(buf), 0};

	emit_number(&out, 0);
	emit_char(&out, ' ');
	emit_number(&out, 1000);
	emit_text(&out, " ");
	emit_number(&out, UINT64_MAX);
	CHECK_EQ(emit_end(&out), 27);
	CHECK_STR(buf, "0 1000 18446744073709551615");
}

TEST(is_cut_to_the_buffer)
{
	for (size_t size = 0; size <= 6; size++) {
		char buf[8] = "#######";
		struct emit out = {buf, size, 0};

		emit_text(&out, "abcd");
		CHECK_EQ(emit_end(&out), 4);
		for (size_t i = 0; i < sizeof(buf) - 1; i++) {
			size_t kept = size > 4 ? 4 : size > 0 ? size - 1 : 0;

			if (i < kept)
				CHECK_EQ(buf[i], "abcd"[i]);
			else if (i == kept && size > 0)
				CHECK_EQ(buf[i], '\0');
			else
				CHECK_EQ(buf[i], '#');
		}
	}
}

TEST(needs_no_buffer_to_measure)
{
	struct emit out = {NULL, 0, 0};

	emit_text(&out, "abc");
	emit_number(&out, 42);
	CHECK_EQ(emit_end(&out), 5);
}

#define TAP_TESTS                                                                        \
	T(sizes)                                                                         \
	T(sizes_read_back_the_same)                                                      \
	T(numbers)                                                                       \
	T(is_cut_to_the_buffer)                                                          \
	T(needs_no_buffer_to_measure)
TAP_MAIN()
