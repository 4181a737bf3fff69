/* SPDX-License-Identifier: Apache-2.0 */
/* What is learned of the use of zeroed blocks, and what follows: policy/zero.h. */
#include "policy/zero.h"
#include "tests/tap.h"

TEST(rows_are_distinct_four_a_doubling)
{
	uint32_t last = weir_zero_row(4096);

	for (uint64_t bytes = 5120; bytes < (uint64_t)1 << 46;
	     bytes += bytes / 5 & ~(uint64_t)1023)
		CHECK(weir_zero_row(bytes) >= last &&
		      (last = weir_zero_row(bytes)) < WEIR_ZERO_SIZES);
	CHECK_EQ(weir_zero_row(8192) - weir_zero_row(4096), 4);
	CHECK(weir_zero_row(UINT64_MAX) < WEIR_ZERO_SIZES);
}

TEST(unknown_sizes_get_zero_pages)
{
	struct weir_zero_memory m = {0};

	CHECK(weir_zero_pages(&m));
	CHECK(weir_zero_pages(&m)); /* nothing came back yet */
}

TEST(used_sizes_are_cleared)
{
	struct weir_zero_memory m = {0};
	int zero_pages = 0;

	weir_zero_learn(&m, 256);
	CHECK_EQ(m.touched, 256);
	for (int i = 0; i < 2570; i++)
		zero_pages += weir_zero_pages(&m);
	CHECK_EQ(zero_pages, 10); /* a look now and then */
}

TEST(sparse_sizes_keep_zero_pages)
{
	struct weir_zero_memory m = {0};

	weir_zero_learn(&m, 12);
	for (int i = 0; i < 1000; i++) {
		CHECK(weir_zero_pages(&m));
		weir_zero_learn(&m, 12);
	}
	CHECK_EQ(m.touched, 12);
}

TEST(habits_change)
{
	struct weir_zero_memory m = {0};

	for (int i = 0; i < 100; i++)
		weir_zero_learn(&m, 0);
	CHECK(weir_zero_pages(&m));
	for (int i = 0; i < 20; i++)
		weir_zero_learn(&m, 256);
	CHECK(!weir_zero_pages(&m));
	for (int i = 0; i < 2000; i++)
		weir_zero_learn(&m, 256);
	CHECK_EQ(m.touched, 256);
	for (int i = 0; i < 2000; i++)
		weir_zero_learn(&m, 0);
	CHECK_EQ(m.touched, 0);
}

TEST(one_odd_block_does_not_turn_it)
{
	struct weir_zero_memory m = {0};

	for (int i = 0; i < 50; i++)
		weir_zero_learn(&m, 250);
	weir_zero_learn(&m, 0);
	CHECK(!weir_zero_pages(&m));
}

TEST(sparse_is_below_seven_percent)
{
	CHECK(weir_zero_sparse(0) && weir_zero_sparse(17));
	CHECK(!weir_zero_sparse(18) && !weir_zero_sparse(256));
}

TEST(small_blocks_are_cleared)
{
	CHECK(!weir_zero_worth(200000));
	CHECK(weir_zero_worth(1 << 20));
}

#define TAP_TESTS                                                                        \
	T(rows_are_distinct_four_a_doubling)                                             \
	T(unknown_sizes_get_zero_pages)                                                  \
	T(used_sizes_are_cleared)                                                        \
	T(sparse_sizes_keep_zero_pages)                                                  \
	T(habits_change)                                                                 \
	T(one_odd_block_does_not_turn_it)                                                \
	T(sparse_is_below_seven_percent)                                                 \
	T(small_blocks_are_cleared)

TAP_MAIN()
