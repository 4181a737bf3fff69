/* SPDX-License-Identifier: Apache-2.0 */
/* Where resident memory is, from smaps as the kernel lists them while the process goes on: policy/account.h. */
#include "policy/account.h"
#include "tests/tap.h"

#define MB ((uint64_t)1 << 20)

static struct weir_account account;

static const struct weir_account_range regions[] = {{0x10000000, 256 * MB},
						    {0x80000000, MB}};

/* The parts of these lines, with the regions and maps that are set. */
static void
of_lines(const char *const *lines)
{
	for (; *lines != NULL; lines++)
		weir_account_line(&account, *lines);
	weir_account_end(&account);
}

static uint64_t
part(enum weir_memory_part p)
{
	return account.part_bytes[p];
}

static void
with_regions(void)
{
	account = (struct weir_account){.regions = regions, .n_regions = 2};
}

TEST(what_lies_in_weirs_regions_is_weirs)
{
	with_regions();
	of_lines((const char *const[]){
		"00400000-00500000 r-xp 00000000 08:01 1 /bin/x", "Rss: 900 kB",
		"10000000-10800000 rw-p 00000000 00:00 0", "Size: 8192 kB",
		"Rss:                5120 kB", "Pss: 1 kB",
		"7ff00000-80200000 rw-p 00000000 00:00 0", "Rss: 3072 kB", NULL});
	CHECK_EQ(part(WEIR_PART_OF_LIVE), 5 * MB + MB);
	CHECK_EQ(part(WEIR_PART_OF_FILES), 900 * 1024);
	CHECK_EQ(part(WEIR_PART_OF_REST), 2 * MB);
	CHECK_EQ(weir_account_sum(&account), 8 * MB + 900 * 1024);
	weir_account_cached(&account, 4 * MB);
	CHECK_EQ(part(WEIR_PART_OF_LIVE), 2 * MB);
	CHECK_EQ(part(WEIR_PART_OF_CACHED), 4 * MB);
	weir_account_cached(&account, 400 * MB);
	CHECK_EQ(part(WEIR_PART_OF_LIVE), 0);
}

TEST(a_mapping_that_has_grown_and_is_listed_twice_counts_once)
{
	with_regions();
	of_lines((const char *const[]){
		"10000000-10800000 rw-p 00000000 00:00 0", "Rss: 8192 kB",
		"10000000-10900000 rw-p 00000000 00:00 0", "Rss: 9216 kB",
		"10900000-10a00000 ---p 00000000 00:00 0", "Rss: 0 kB", NULL});
	CHECK_EQ(part(WEIR_PART_OF_LIVE), 9 * MB);
	/* And one that has become part of a larger one. */
	with_regions();
	of_lines((const char *const[]){
		"10000000-10100000 rw-p 00000000 00:00 0", "Rss: 1024 kB",
		"10100000-10200000 ---p 00000000 00:00 0", "Rss: 0 kB",
		"10100000-10300000 rw-p 00000000 00:00 0", "Rss: 2048 kB", NULL});
	CHECK_EQ(part(WEIR_PART_OF_LIVE), 3 * MB);
}

TEST(the_kernel_names_some)
{
	account = (struct weir_account){0};
	of_lines((const char *const[]){
		"00400000-00500000 r--p 00000000 08:01 12 /usr/lib/with a space",
		"Rss: 4 kB", "00500000-00600000 rw-p 00000000 00:00 0", "Rss: 8 kB",
		"00700000-00800000 rw-p 00000000 00:00 0                  [heap]",
		"Rss: 16 kB",
		"00900000-00a00000 rw-s 00000000 00:01 5 /memfd:x (deleted)",
		"Rss: 32 kB",
		"00b00000-00c00000 rw-s 00000000 00:01 5 /dev/zero (deleted)",
		"Rss: 64 kB", "00d00000-00e00000 rw-p 00000000 00:00 0 [stack]",
		"Rss: 128 kB", "00f00000-00f01000 r-xp 00000000 00:00 0 [vdso]",
		"Rss: 4 kB", "01000000-01001000 rwxp 00000000 00:00 0", "Rss: 256 kB",
		NULL});
	CHECK_EQ(part(WEIR_PART_OF_FILES), (4 + 8 + 4) * 1024);
	CHECK_EQ(part(WEIR_PART_OF_NEXT), 16 * 1024);
	CHECK_EQ(part(WEIR_PART_OF_SHARED), (32 + 64) * 1024);
	CHECK_EQ(part(WEIR_PART_OF_STACKS), 128 * 1024);
	CHECK_EQ(part(WEIR_PART_OF_CODE), 256 * 1024);
	CHECK_EQ(part(WEIR_PART_OF_REST), 0);
}

TEST(arenas_and_stacks_are_told_by_their_neighbours)
{
	account = (struct weir_account){0};
	of_lines((const char *const[]){
		"7f0000000000-7f0000021000 rw-p 00000000 00:00 0", "Rss: 132 kB",
		"7f0000021000-7f0004000000 ---p 00000000 00:00 0", "Rss: 0 kB",
		/* As large, and what lies behind it is no tail of an arena. */
		"7f0008000000-7f0008021000 rw-p 00000000 00:00 0", "Rss: 100 kB",
		"7f0008021000-7f0200000000 ---p 00000000 00:00 0", "Rss: 0 kB",
		"7f0200001000-7f0200002000 ---p 00000000 00:00 0", "Rss: 0 kB",
		"7f0200002000-7f0200802000 rw-p 00000000 00:00 0", "Rss: 12 kB",
		"7f0300000000-7f0304000000 rw-p 00000000 00:00 0", "Rss: 65536 kB",
		NULL});
	CHECK_EQ(part(WEIR_PART_OF_NEXT), 132 * 1024 + 64 * MB);
	CHECK_EQ(part(WEIR_PART_OF_STACKS), 12 * 1024);
	CHECK_EQ(part(WEIR_PART_OF_REST), 100 * 1024);
}

TEST(where_v8_runs_its_pages_are_known_by_where_they_begin)
{
	static const char *const lines[] = {
		"2fd1eb480000-2fd1eb4c0000 rw-p 00000000 00:00 0", "Rss: 256 kB",
		"2fd1eb510000-2fd1eb540000 rw-p 00000000 00:00 0", "Rss: 128 kB", NULL};

	account = (struct weir_account){.v8 = true};
	of_lines(lines);
	CHECK_EQ(part(WEIR_PART_OF_SCRIPT), 256 * 1024);
	CHECK_EQ(part(WEIR_PART_OF_REST), 128 * 1024);
	account = (struct weir_account){0};
	of_lines(lines);
	CHECK_EQ(part(WEIR_PART_OF_REST), 384 * 1024);
}

TEST(v8s_code_behind_a_guard_is_no_stack)
{
	/* A page of code in Node 20 and 22. */
	static const char *const lines[] = {
		"7f6630040000-7f6630042000 rw-p 00000000 00:00 0",
		"Rss: 8 kB",
		"7f6630042000-7f6630043000 ---p 00000000 00:00 0",
		"Rss: 0 kB",
		"7f6630043000-7f663007f000 rwxp 00000000 00:00 0",
		"Rss: 240 kB",
		"7f663007f000-7f6630080000 ---p 00000000 00:00 0",
		"Rss: 0 kB",
		NULL};

	account = (struct weir_account){.v8 = true};
	of_lines(lines);
	CHECK_EQ(part(WEIR_PART_OF_CODE), 240 * 1024);
	CHECK_EQ(part(WEIR_PART_OF_SCRIPT), 8 * 1024);
	/* A program may run on a stack that is executable. */
	account = (struct weir_account){0};
	of_lines(lines);
	CHECK_EQ(part(WEIR_PART_OF_STACKS), 240 * 1024);
}

TEST(what_was_seen_being_made_is_its_makers)
{
	struct weir_account_map maps[] = {
		{.base = 0x10000000, .bytes = MB, .own = true}, /* a region, too */
		{.base = 0x40000000, .bytes = 64 * MB, .own = true},
		{.base = 0x60000000, .bytes = 3 * MB},
		{.base = 0x60300000, .bytes = MB},
		{.base = 0x70000000, .bytes = 1024 * MB},
		{.base = 0xf0000000, .bytes = MB},
		{.base = 0x100000000, .bytes = MB, .next = true},
	};

	account = (struct weir_account){.regions = regions,
					.n_regions = 2,
					.maps = maps,
					.n_maps = 7,
					.v8 = true};
	of_lines((const char *const[]){
		"10000000-10100000 rw-p 00000000 00:00 0", "Rss: 1024 kB",
		"40000000-44000000 rw-p 00000000 00:00 0", "Rss: 512 kB",
		/* One mapping to the kernel: by length. */
		"60000000-60400000 rw-p 00000000 00:00 0", "Rss: 4000 kB",
		/* Of a reservation, what was made usable. */
		"70000000-70100000 rw-p 00000000 00:00 0", "Rss: 1024 kB",
		"70100000-b0000000 ---p 00000000 00:00 0", "Rss: 0 kB",
		"100000000-100100000 rw-p 00000000 00:00 0", "Rss: 1024 kB", NULL});
	CHECK_EQ(part(WEIR_PART_OF_NEXT), MB);
	CHECK_EQ(part(WEIR_PART_OF_LIVE), MB);
	CHECK_EQ(part(WEIR_PART_OF_TABLES), 512 * 1024);
	CHECK_EQ(maps[2].resident_bytes, 3000 * 1024);
	CHECK_EQ(maps[3].resident_bytes, 1000 * 1024);
	CHECK_EQ(maps[4].resident_bytes, MB);
	CHECK_EQ(maps[4].to - maps[4].from, 1024 * MB);
	CHECK_EQ(part(WEIR_PART_OF_MAPS), 4000 * 1024 + MB);
	/* The last one is gone. */
	CHECK_EQ(maps[5].to, 0);
	CHECK_EQ(part(WEIR_PART_OF_SCRIPT), 0);
}

static bool
rest_of(const char *kind, uint64_t anonymous_mb, uint64_t rss_mb, uint64_t others_mb)
{
	struct weir_mapping m = {.start = 4096, .end = 4096 + 512 * MB};

	account = (struct weir_account){0};
	m.rss_bytes = anonymous_mb * MB;
	weir_account_mapping(&account, &m);
	m = (struct weir_mapping){.start = 1024 * MB, .end = 1124 * MB};
	m.of = *kind == 's' ? WEIR_OF_SHARED : WEIR_OF_FILE;
	weir_account_mapping(&account, &m);
	weir_account_end(&account);
	return weir_account_rest(&account, rss_mb * MB, (rss_mb - others_mb) * MB);
}

TEST(what_is_not_anonymous_is_the_files_if_the_sums_agree)
{
	CHECK(rest_of("file", 300, 340, 38));
	CHECK_EQ(part(WEIR_PART_OF_REST), 300 * MB);
	CHECK_EQ(part(WEIR_PART_OF_FILES), 40 * MB);
	CHECK_EQ(weir_account_sum(&account), 340 * MB);
	/* Up to as much of a program's file may have been written to. */
	CHECK(rest_of("file", 300, 340, 28));
	CHECK(!rest_of("file", 300, 340, 27));
	/* Pages of zeros that were only read. */
	CHECK(rest_of("file", 304, 340, 40));
	CHECK(!rest_of("file", 305, 340, 40));
	/* Whose the pages of shared memory are, smaps alone tells. */
	CHECK(!rest_of("shared", 300, 340, 38));
	CHECK(!rest_of("file", 0, 3, 3));
}

TEST(lines_that_are_none_change_nothing)
{
	account = (struct weir_account){0};
	of_lines((const char *const[]){"", "-", "12", "12-", "12-34", "34-12 rw-p 0 0 0",
				       "g-1 rw-p", "VmFlags: rd wr", "Rss: 9 kB",
				       "10-20 rw-p", "Rss:", NULL});
	CHECK_EQ(weir_account_sum(&account), 0);
}

#define TAP_TESTS                                                                        \
	T(what_lies_in_weirs_regions_is_weirs)                                           \
	T(a_mapping_that_has_grown_and_is_listed_twice_counts_once)                      \
	T(the_kernel_names_some)                                                         \
	T(arenas_and_stacks_are_told_by_their_neighbours)                                \
	T(where_v8_runs_its_pages_are_known_by_where_they_begin)                         \
	T(v8s_code_behind_a_guard_is_no_stack)                                           \
	T(what_was_seen_being_made_is_its_makers)                                        \
	T(what_is_not_anonymous_is_the_files_if_the_sums_agree)                          \
	T(lines_that_are_none_change_nothing)
TAP_MAIN()
