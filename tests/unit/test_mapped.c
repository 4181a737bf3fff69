/* SPDX-License-Identifier: Apache-2.0 */
/* The mappings that a host was seen to make, as smaps shows them later: preload/ground/mapped.h. */
#include "preload/ground/mapped.h"
#include "tests/tap.h"

#define MB ((uint64_t)1 << 20)

static struct weir_account_map maps[MAPPED_MOST];

/* All gone, as if smaps had nothing. */
static void
begin(void)
{
	size_t n = mapped_list(maps);

	mapped_found(maps, n);
	CHECK_EQ(mapped_list(maps), 0);
}

/* As found: all of it mapped, and resident. */
static void
is_there(struct weir_account_map *m)
{
	m->from = m->base;
	m->to = m->base + m->bytes;
	m->resident_bytes = m->bytes;
}

TEST(they_are_listed_by_address_until_they_are_gone)
{
	begin();
	mapped_add(0x30000000, MB, 0);
	mapped_add(0x10000000, 2 * MB, 0);
	mapped_add(0x20000000, MB, 0);
	CHECK_EQ(mapped_list(maps), 3);
	CHECK_EQ(maps[0].base, 0x10000000);
	CHECK_EQ(maps[0].bytes, 2 * MB);
	CHECK_EQ(maps[2].base, 0x30000000);
	is_there(&maps[0]);
	is_there(&maps[2]);
	/* Only a part is left of the first. */
	maps[0].from = 0x10100000;
	mapped_found(maps, 3);
	CHECK_EQ(mapped_list(maps), 2);
	CHECK_EQ(maps[0].base, 0x10100000);
	CHECK_EQ(maps[0].bytes, MB);
	CHECK_EQ(maps[1].base, 0x30000000);
}

TEST(what_comes_later_takes_the_place)
{
	begin();
	/* With room to be cut to a boundary: what was cut off is where the next one ends. */
	mapped_add(0x40000000, 64 * MB, 0);
	mapped_add(0x40000000 - 63 * MB, 64 * MB, 0);
	CHECK_EQ(mapped_list(maps), 2);
	CHECK_EQ(maps[1].base, 0x40000000 + MB);
	CHECK_EQ(maps[1].bytes, 63 * MB);
	/* All of one, and the end of another. */
	mapped_add(0x40000000, 100 * MB, 0);
	CHECK_EQ(mapped_list(maps), 2);
	CHECK_EQ(maps[0].bytes, 63 * MB);
	CHECK_EQ(maps[1].bytes, 100 * MB);
	/* In the midst: the larger piece stays. */
	mapped_add(0x40000000 + 10 * MB, MB, 0);
	CHECK_EQ(mapped_list(maps), 3);
	CHECK_EQ(maps[1].base, 0x40000000 + 10 * MB);
	CHECK_EQ(maps[2].base, 0x40000000 + 11 * MB);
	CHECK_EQ(maps[2].bytes, 89 * MB);
}

TEST(the_next_allocators_are_told_apart)
{
	begin();
	mapped_add(0x40000000, MB, MAPPED_BY_NEXT);
	mapped_add(0x50000000, MB, 0);
	CHECK_EQ(mapped_list(maps), 2);
	CHECK(maps[0].next && !maps[0].own && !maps[1].next);
	maps[0].from = 0x40000000;
	maps[0].to = 0x40000000 + 2 * MB;
	maps[0].resident_bytes = MB;
	maps[1].from = maps[1].to = 0;
	mapped_found(maps, 2);
	CHECK_EQ(mapped_list(maps), 1);
	CHECK(maps[0].next);
	CHECK_EQ(maps[0].bytes, 2 * MB);
	begin();
}

TEST(the_same_place_again_and_again_is_one)
{
	uint64_t lost = mapped_counts().lost;

	begin();
	for (int i = 0; i < 5000; i++)
		mapped_add(0x50000000, MB + (uint64_t)i % 3 * 4096, 0);
	CHECK_EQ(mapped_list(maps), 1);
	CHECK_EQ(maps[0].bytes, MB + 4999 % 3 * 4096);
	CHECK_EQ(mapped_counts().lost, lost);
}

TEST(what_finds_no_room_is_counted)
{
	uint64_t before = mapped_counts().lost;
	size_t n;

	begin();
	for (uint64_t i = 0; i < 5000; i++) {
		mapped_add(0x100000000 + i * 2 * MB, MB, 0);
		if (i % 100 == 0)
			mapped_list(maps);
	}
	n = mapped_list(maps);
	CHECK(n <= MAPPED_MOST);
	CHECK_EQ(n + mapped_counts().lost - before, 5000);
	for (size_t i = 1; i < n; i++)
		REQUIRE(maps[i].base > maps[i - 1].base);
	begin();
}

#define TAP_TESTS                                                                        \
	T(they_are_listed_by_address_until_they_are_gone)                                \
	T(what_comes_later_takes_the_place)                                              \
	T(the_next_allocators_are_told_apart)                                            \
	T(the_same_place_again_and_again_is_one)                                         \
	T(what_finds_no_room_is_counted)
TAP_MAIN()
