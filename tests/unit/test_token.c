/* SPDX-License-Identifier: Apache-2.0 */
/* Words, numbers and sizes out of text: policy/token.h. */
#include <errno.h>

#include "policy/token.h"
#include "tests/tap.h"

#define KB 1024ull
#define MB (1024 * KB)
#define GB (1024 * MB)
#define TB (1024 * GB)

static void
check_bytes(const char *text, int want_err, uint64_t want)
{
	uint64_t got = 12345;
	int err = token_bytes(token_of(text), &got);

	if (err != want_err || got != (want_err == 0 ? want : 12345)) {
		printf("# size \"%s\"\n", text);
		CHECK_EQ(err, want_err);
		CHECK_EQ(got, want_err == 0 ? want : 12345);
	}
}

TEST(bytes_plain)
{
	check_bytes("0", 0, 0);
	check_bytes("512", 0, 512);
	check_bytes("007", 0, 7);
	check_bytes("18446744073709551615", 0, UINT64_MAX);
}

TEST(bytes_with_units)
{
	check_bytes("64K", 0, 64 * KB);
	check_bytes("10M", 0, 10 * MB);
	check_bytes("1G", 0, GB);
	check_bytes("2T", 0, 2 * TB);
	check_bytes("64KB", 0, 64 * KB);
	check_bytes("64KiB", 0, 64 * KB);
	check_bytes("64k", 0, 64 * KB);
	check_bytes("10mb", 0, 10 * MB);
	check_bytes("10Mib", 0, 10 * MB);
	check_bytes("0G", 0, 0);
}

TEST(bytes_with_fractions)
{
	check_bytes("1.5M", 0, 3 * MB / 2);
	check_bytes("1.25M", 0, 5 * MB / 4);
	check_bytes("0.5K", 0, 512);
	check_bytes("1.0K", 0, KB);
	check_bytes("2.5TiB", 0, 5 * TB / 2);
	check_bytes("0.0001K", 0, 0);
	check_bytes("1.3K", 0, 1331); /* 1331.2, cut */
	check_bytes("1.999999K", 0, 2047);
	check_bytes("1.000001G", 0, GB + 1073);
}

TEST(bytes_at_the_end_of_the_range)
{
	check_bytes("16777215T", 0, UINT64_MAX - TB + 1);
	check_bytes("16777215.999999T", 0, UINT64_MAX - TB + 1 + 999999 * TB / 1000000);
	check_bytes("16777216T", -ERANGE, 0);
	check_bytes("18446744073709551616", -ERANGE, 0);
	check_bytes("18446744073709551615K", -ERANGE, 0);
	check_bytes("99999999999999999999999", -ERANGE, 0);
}

TEST(bytes_refuses_what_is_no_size)
{
	static const char *const bad[] = {
		"",	      "K",	".5M",	"1.M",	  "1.5",
		"-1",	      "+1",	" 1",	"1 ",	  "1 M",
		"0x10",	      "1e6",	"10MM", "10MBB",  "10Mi",
		"10iB",	      "10MiBx", "10B",	"1.2.3M", "1,5M",
		"1.0000001M", "1P",	"K1",	"1.-5K",  "99999999999999999999x"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_bytes(bad[i], -EINVAL, 0);
}

TEST(bytes_reads_no_further_than_told)
{
	uint64_t n;

	CHECK_EQ(token_bytes((struct token){"10M", 2}, &n), 0);
	CHECK_EQ(n, 10);
	CHECK_EQ(token_bytes((struct token){"10\0M", 4}, &n), -EINVAL);
	CHECK_EQ(token_bytes((struct token){NULL, 0}, &n), -EINVAL);
}

TEST(numbers)
{
	uint64_t n = 1;

	CHECK_EQ(token_number(token_of("0"), &n), 0);
	CHECK_EQ(n, 0);
	CHECK_EQ(token_number(token_of("18446744073709551615"), &n), 0);
	CHECK(n == UINT64_MAX);
	n = 1;
	CHECK_EQ(token_number(token_of("18446744073709551616"), &n), -ERANGE);
	CHECK_EQ(token_number(token_of("18446744073709551616K"), &n), -EINVAL);
	CHECK_EQ(token_number(token_of("10K"), &n), -EINVAL);
	CHECK_EQ(token_number(token_of("1.5"), &n), -EINVAL);
	CHECK_EQ(token_number(token_of("-1"), &n), -EINVAL);
	CHECK_EQ(token_number(token_of(""), &n), -EINVAL);
	CHECK_EQ(n, 1);
}

TEST(is)
{
	CHECK(token_is(token_of("on"), "on"));
	CHECK(token_is((struct token){"once", 2}, "on"));
	CHECK(token_is(token_of(""), ""));
	CHECK(!token_is(token_of("on"), "one"));
	CHECK(!token_is(token_of("one"), "on"));
	CHECK(!token_is(token_of("On"), "on"));
	CHECK(!token_is((struct token){"on\0", 3}, "on"));
}

TEST(trim)
{
	struct token s = token_trim(token_of("  a b "));

	CHECK_EQ(s.len, 3);
	CHECK(token_is(s, "a b"));
	CHECK_EQ(token_trim(token_of("   ")).len, 0);
	CHECK_EQ(token_trim(token_of("")).len, 0);
	CHECK_EQ(token_trim(token_of("\ta\n")).len, 3);
}

TEST(cut)
{
	struct token rest = token_of("a:bc:"), head;

	CHECK(token_cut(&rest, ':', &head));
	CHECK(token_is(head, "a"));
	CHECK(token_cut(&rest, ':', &head));
	CHECK(token_is(head, "bc"));
	CHECK(!token_cut(&rest, ':', &head));
	CHECK(token_is(head, ""));
	CHECK_EQ(rest.len, 0);
}

#define TAP_TESTS                                                                        \
	T(bytes_plain)                                                                   \
	T(bytes_with_units)                                                              \
	T(bytes_with_fractions)                                                          \
	T(bytes_at_the_end_of_the_range)                                                 \
	T(bytes_refuses_what_is_no_size)                                                 \
	T(bytes_reads_no_further_than_told)                                              \
	T(numbers)                                                                       \
	T(is)                                                                            \
	T(trim)                                                                          \
	T(cut)
TAP_MAIN()
