/* SPDX-License-Identifier: Apache-2.0 */
/* What is resident, from smaps as the kernel lists them while the process goes on: tools/read/smaps.h. */
#include "tests/tap.h"
#include "tools/read/smaps.h"

#define MB ((uint64_t)1 << 20)

static const struct proc_range ranges[] = {{0x10000000, 256 * MB}, {0x80000000, MB}};

static uint64_t
sum_of(const char *const *lines)
{
	struct smaps_sum s = {.ranges = ranges, .n = 2};

	for (; *lines != NULL; lines++)
		smaps_line(&s, *lines);
	return s.bytes;
}

TEST(only_what_lies_in_the_ranges_counts)
{
	CHECK_EQ(
		sum_of((const char *const[]){
			"00400000-00500000 r-xp 00000000 08:01 1 /bin/x", "Rss: 900 kB",
			"10000000-10800000 rw-p 00000000 00:00 0", "Size: 8192 kB",
			"Rss:                5120 kB", "Pss: 1 kB",
			"7ff00000-80200000 rw-p 00000000 00:00 0", "Rss: 3072 kB", NULL}),
		5 * MB + MB);
}

TEST(a_mapping_that_has_grown_and_is_listed_twice_counts_once)
{
	CHECK_EQ(sum_of((const char *const[]){
			 "10000000-10800000 rw-p 00000000 00:00 0", "Rss: 8192 kB",
			 "10000000-10900000 rw-p 00000000 00:00 0", "Rss: 9216 kB",
			 "10900000-10a00000 ---p 00000000 00:00 0", "Rss: 0 kB", NULL}),
		 9 * MB);
	/* And one that has become part of a larger one. */
	CHECK_EQ(
		sum_of((const char *const[]){
			"10000000-10100000 rw-p 00000000 00:00 0", "Rss: 1024 kB",
			"10100000-10200000 ---p 00000000 00:00 0", "Rss: 0 kB",
			"10100000-10300000 rw-p 00000000 00:00 0", "Rss: 2048 kB", NULL}),
		3 * MB);
}

#define TAP_TESTS                                                                        \
	T(only_what_lies_in_the_ranges_counts)                                           \
	T(a_mapping_that_has_grown_and_is_listed_twice_counts_once)
TAP_MAIN()
