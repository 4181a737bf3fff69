/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes belong together: tools/model/process_tree.h. */
#include <stdlib.h>

#include "tests/tap.h"
#include "tools/model/process_tree.h"

static struct locate_entry entries[4];
static struct process_row rows[4];

static void
process(size_t i, pid_t pid, uint64_t start, int32_t parent, int32_t grandparent)
{
	struct weir_stats_header *h = &entries[i].sidecar.header;

	entries[i].error = 0;
	h->pid = pid;
	h->start_ticks = start;
	h->ancestors[0] = parent;
	h->ancestors[1] = grandparent;
}

#define ROW(i, e, d)                                                                     \
	do {                                                                             \
		CHECK_EQ(rows[i].entry, e);                                              \
		CHECK_EQ(rows[i].depth, d);                                              \
	} while (0)

TEST(children_follow_whoever_started_them)
{
	process(0, 30, 300, 20, 10); /* 20, a shell, has no sidecar */
	process(1, 99, 150, 1, 0);
	process(2, 10, 100, 1, 0);
	process(3, 40, 400, 30, 20);
	CHECK_EQ(process_tree_order(entries, 4, rows), 4);
	ROW(0, 1, 0);
	ROW(1, 2, 0);
	ROW(2, 0, 1);
	ROW(3, 3, 2);
	CHECK(process_descends(entries, 3, 20, 100));
	CHECK(!process_descends(entries, 3, 99, 100));
	CHECK(!process_descends(entries, 3, 20, 401));
}

TEST(of_a_pid_used_twice_the_last_before_the_child)
{
	process(0, 10, 100, 1, 0);
	process(1, 10, 200, 1, 0);
	process(2, 10, 500, 1, 0);
	process(3, 30, 300, 10, 1);
	CHECK_EQ(process_tree_order(entries, 4, rows), 4);
	ROW(0, 0, 0);
	ROW(1, 1, 0);
	ROW(2, 3, 1);
	ROW(3, 2, 0);
}

TEST(each_comes_once_whatever_the_files_say)
{
	process(0, 10, 100, 20, 0);
	process(1, 20, 100, 10, 0);
	process(2, 30, 100, 30, 0);
	process(3, 40, 100, 10, 0);
	entries[3].error = 5;
	CHECK_EQ(process_tree_order(entries, 4, rows), 3);
	ROW(0, 2, 0);
	CHECK(rows[1].entry == 0 && rows[2].entry == 1);
	CHECK(!process_descends(entries, 3, 10, 0));
	CHECK_EQ(process_tree_order(entries, 0, rows), 0);
}

#define TAP_TESTS                                                                        \
	T(children_follow_whoever_started_them)                                          \
	T(of_a_pid_used_twice_the_last_before_the_child)                                 \
	T(each_comes_once_whatever_the_files_say)
TAP_MAIN()
