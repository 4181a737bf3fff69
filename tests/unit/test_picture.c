/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a /proc/PID/maps is another process's to choose in part: names with anything in them, lines without an
 * end. Whatever it says, it is read within its bounds (with sanitizers: configure --enable-sanitizers) and found in order.
 */
#include "tools/attach/picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tools/read/proc.h"

static struct picture p;
static char why[PICTURE_WHY];

/* In a block of its own, to its last byte. */
static int
take(const char *text, size_t n)
{
	char *copy = malloc(n + 1);

	memcpy(copy, text, n);
	copy[n] = '\0';
	int rc = picture_read(&p, getpid(), copy, why);
	free(copy);
	return rc;
}

static void
ask(uint64_t address)
{
	picture_frame(&p, address);
	picture_range_at(&p, address);
	picture_is_first_stack(&p, address);
	picture_room(&p, address);
}

static void
ask_all(void)
{
	static const uint64_t some[] = {0, 1, 4096, UINT64_C(1) << 47, UINT64_MAX};

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		ask(some[i]);
	for (size_t i = 0; i < p.n; i++) {
		ask(p.ranges[i].start);
		ask(p.ranges[i].end);
		ask(p.ranges[i].end - 1);
	}
}

TEST(our_own_is_read)
{
	char *text;
	size_t n;

#ifndef __GLIBC__
	SKIP("nothing is attached to with another C library");
#endif
	REQUIRE(proc_text(0, "maps", &text, &n) == 0);
	REQUIRE(take(text, n) == 0);
	CHECK(p.n > 5);
	CHECK(p.dlopen_at != 0 && p.return_at != 0);
	CHECK_EQ(picture_frame(&p, p.dlopen_at).object, SAFE_LIBC);
	CHECK(picture_is_first_stack(&p, (uint64_t)(uintptr_t)&n));
	CHECK(picture_room(&p, (uint64_t)(uintptr_t)&n) > SAFE_POINT_ROOM);
	CHECK(picture_range_at(&p, 8) == NULL);
	ask_all();
	picture_free(&p);
	free(text);
}

TEST(what_is_no_line_is_none)
{
	static const char *const texts[] = {
		"",
		"\n\n\n",
		"1",
		"1-2",
		"1-2 r--p",
		"1-2 r--p 0 0:0",
		"ffffffffffffffffffffffff-1 rwxprwxp 0 0:0 0 /x.so",
		"5-1 r--p 0 0:0 0 [stack]\n1-5 r--p 0 0:0 0 [vdso]",
		"0-ffffffffffffffff r--p 0 0:0 0 [stack]\n0-ffffffffffffffff r--p",
		"1000-2000 r--p 0 ff:ff 99999999999999999999999999 /a b\\012c.so",
		"1000-2000 r--p 0 00:00 0 /dev/zero\n2000-3000 r-xp 0 00:00 0 //////",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		why[0] = '\0';
		CHECK_EQ(take(texts[i], strlen(texts[i])), -ENOTSUP);
		CHECK(strstr(why, "no glibc") != NULL);
	}
}

/* A C library by its name only: the loader has none there. */
TEST(what_the_loader_does_not_list_is_not_the_library)
{
	static const char text[] = "1000-2000 r--p 00000000 08:01 1 /usr/lib/libc.so.6\n";

	CHECK_EQ(take(text, strlen(text)), -ENOTSUP);
	CHECK(strstr(why, "no glibc") != NULL);
}

TEST(names_are_as_long_as_they_like)
{
	size_t n = 3 * PATH_MAX;
	char *text = malloc(n + 64);
	int at = snprintf(text, 64, "1000-2000 r--p 0 00:00 0 /");

	memset(text + at, 'a', n);
	memcpy(text + (size_t)at + n, ".so", 4);
	CHECK_EQ(take(text, strlen(text)), -ENOTSUP);
	free(text);
}

/* Our own, with bytes of it changed, cut, or twice: from seeds. */
TEST(damaged_ones_stay_within_bounds)
{
	char *text, *copy;
	size_t n;

	REQUIRE(proc_text(0, "maps", &text, &n) == 0);
	copy = malloc(n);
	srand(18);
	for (int round = 0; round < 300; round++) {
		size_t bytes = round % 3 == 0 ? (size_t)rand() % n : n;

		memcpy(copy, text, n);
		for (int k = rand() % 30; k > 0; k--)
			copy[(size_t)rand() % n] =
				"0f-\n /[]rx\xff\t"[(size_t)rand() % 12];
		if (take(copy, bytes) == 0) {
			ask_all();
			picture_free(&p);
		}
	}
	free(copy);
	free(text);
}

#define TAP_TESTS                                                                        \
	T(our_own_is_read)                                                               \
	T(what_is_no_line_is_none)                                                       \
	T(what_the_loader_does_not_list_is_not_the_library)                              \
	T(names_are_as_long_as_they_like)                                                \
	T(damaged_ones_stay_within_bounds)
TAP_MAIN()
