/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much memory the forms of libweir take that make blocks of their own: what they give, and
 * nothing that stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/made.h"
#include "tests/unit/races.h"
#include "tests/tap.h"

#include "encode/codec.h"
#include "weir/bytes.h"
#include "weir/encode.h"
#include "weir/scratch.h"

enum { SOURCE = 150000 };
#define MB ((size_t)1 << 20)

static char source[SOURCE];

/* KB of `field` in /proc/self/status. */
static long
status_kb(const char *field)
{
	static char text[8192]; /* asking must not take memory itself */
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return -1;
	text[n] = 0;
	const char *at = strstr(text, field);
	return at == NULL ? -1 : strtol(at + strlen(field) + 1, NULL, 10);
}

/* So that VmHWM counts from now on. False: this kernel does not let us. */
static bool
reset_peak(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "we");
	bool good = f != NULL && fputs("5", f) >= 0;

	return (f == NULL || fclose(f) == 0) && good;
}

static uint8_t *
map(size_t n)
{
	uint8_t *p =
		mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort();
	memset(p, 0x5a, n);
	return p;
}

/* The block is nobody's but the caller's: the source goes first, again and again. */
TEST(no_tie_to_the_source)
{
	for (int i = 0; i < 20; i++) {
		uint8_t *bytes = map(20 * MB);
		struct weir_result r;
		char *text = weir_encode_scratch(WEIR_HEX, bytes, 20 * MB, &r);

		munmap(bytes, 20 * MB);
		REQUIRE(text != NULL);
		CHECK(r.written == 40 * MB && is_hex(text, r.written));
		CHECK_EQ(weir_scratch_unref(text), 1);
	}
}

TEST(ten_thousand_encodes_keep_nothing)
{
	struct weir_result r;
	long before = 0;

	for (int i = 0; i < 11000; i++) {
		char *text = weir_encode_scratch(WEIR_BASE64, source, 60000, &r);

		REQUIRE(text != NULL);
		weir_scratch_unref(text);
		/* Twice: the first time touches the text's own pages. */
		if (i == 999 || i == 1000)
			before = status_kb("VmRSS");
	}
	CHECK(status_kb("VmRSS") <= before);
}

/* One copy of exactly the bytes wanted, beside the source. */
TEST(extract_takes_what_it_gives)
{
	uint8_t *bytes = map(64 * MB);
	long before = status_kb("VmRSS");
	size_t n;

	if (!reset_peak())
		SKIP("no peak to be reset here");
	uint8_t *block = weir_extract_scratch(bytes, 64 * MB, 8 * MB, 24 * MB, &n);
	REQUIRE(block != NULL);
	CHECK(n == 16 * MB && block[0] == 0x5a && block[n - 1] == 0x5a);
	CHECK(status_kb("VmHWM") - before < 17 * 1024);
	weir_scratch_unref(block);
	munmap(bytes, 64 * MB);
}

/* Hex text is twice its source; the source's safe copy, if one is wanted, is once more. */
TEST(text_takes_what_it_is)
{
	uint8_t *bytes = map(20 * MB);
	struct weir_result r;
	size_t n;

	if (REPORTS_RACES)
		SKIP("this build takes more");
	for (size_t safe = 0; safe < 2; safe++) {
		long before = status_kb("VmRSS");

		if (!reset_peak())
			SKIP("no peak to be reset here");
		uint8_t *copy =
			safe ? weir_extract_scratch(bytes, 20 * MB, 0, 20 * MB, &n)
			     : bytes;
		char *text = weir_encode_scratch(WEIR_HEX, copy, 20 * MB, &r);
		REQUIRE(text != NULL && r.written == 40 * MB);
		CHECK(status_kb("VmHWM") - before <
		      (long)(41 + 20 * safe) * 1024); /* less what the pool kept */
		weir_scratch_unref(text);
		if (safe)
			weir_scratch_unref(copy);
	}
	munmap(bytes, 20 * MB);
}

/* The source and one chunk, however much comes out. */
TEST(chunks_take_one_chunk)
{
	uint8_t *bytes = map(64 * MB);
	long before = status_kb("VmRSS");
	size_t total = 0;

	if (!reset_peak())
		SKIP("no peak to be reset here");
	CHECK_EQ(weir_encode_chunked(WEIR_HEX, bytes, 64 * MB, 0, count, &total, NULL),
		 0);
	CHECK_EQ(total, 128 * MB);
	CHECK(status_kb("VmHWM") - before < 2 * 1024);
	munmap(bytes, 64 * MB);
}

#define TAP_TESTS                                                                        \
	T(no_tie_to_the_source)                                                          \
	T(ten_thousand_encodes_keep_nothing)                                             \
	T(extract_takes_what_it_gives)                                                   \
	T(text_takes_what_it_is)                                                         \
	T(chunks_take_one_chunk)
TAP_MAIN()
