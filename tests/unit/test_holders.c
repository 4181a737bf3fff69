/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the text of a heap snapshot to ways and lines: which way is taken, what is put together, what is told of a
 * snapshot that is damaged or too large.
 */
#include "tests/unit/heap_snapshot.h"

/* Root, global, two ways to the same buffer of which one is shorter, and a weak one that is shorter still. */
TEST(the_shortest_way_that_holds)
{
	REQUIRE(read_snapshot(
			HEAD(5, 6) "\"nodes\":[9,0,1,0,1,3,1,3,8,3,3,6,5,8,1,3,6,7,8,"
				   "1,8,2,9,100000,0],\"edges\":[5,7,5,6,5,20,2,3,10,"
				   "2,4,20,2,5,15,2,4,20]," STRINGS,
			MOST, NULL, 0) == 0);
	CHECK_EQ(answer.holders.n_groups, 1);
	CHECK_STR(way(0), "global -> .b");
	holders_answer_free(&answer);
	REQUIRE(read_snapshot(
			HEAD(5, 6) "\"nodes\":[9,0,1,0,1,3,1,3,8,3,3,6,5,8,1,3,6,7,8,"
				   "1,8,2,9,100000,0],\"edges\":[5,7,5,6,5,20,2,3,10,"
				   "6,4,20,2,5,15,2,4,20]," STRINGS,
			MOST, NULL, 0) == 0);
	CHECK_STR(way(0), "global -> .a (L) -> .next (L) -> .b");
	holders_answer_free(&answer);
}

/* What the program's own roots reach is told from there, though V8's own are nearer. */
TEST(the_programs_roots_come_first)
{
	REQUIRE(read_snapshot(
			HEAD(5, 5) "\"nodes\":[9,0,1,0,2,9,9,3,0,1,3,1,5,8,1,3,6,7,8,"
				   "1,8,2,9,100000,0],\"edges\":[1,1,5,5,7,10,1,1,20,"
				   "2,3,15,2,4,20]," STRINGS,
			MOST, NULL, 0) == 0);
	CHECK_STR(way(0), "global -> .a (L) -> .b");
	holders_answer_free(&answer);
}

TEST(nothing_leads_to_it)
{
	REQUIRE(read_snapshot(HEAD(3, 1) "\"nodes\":[9,0,1,0,1,3,1,3,8,0,8,2,9,100000,0],"
					 "\"edges\":[5,7,5]," STRINGS,
			      MOST, NULL, 0) == 0);
	CHECK_STR(way(0), "(nowhere)");
	holders_answer_free(&answer);
}

/* Two buffers in a list: the ways differ in how often they go round, and in the index of a table. */
TEST(rounds_and_indices_are_one)
{
	REQUIRE(read_snapshot(
			HEAD(8, 8) "\"nodes\":[9,0,1,0,1,3,1,3,8,1,3,6,5,8,1,3,6,7,8,2,3,"
				   "6,9,8,1,3,6,11,8,2,8,2,13,100000,0,8,2,15,100000,0],"
				   "\"edges\":[5,7,5,2,5,10,2,5,15,2,5,20,1,0,30,2,5,25,"
				   "1,5,35,1,6,35]," STRINGS,
			MOST, NULL, 0) == 0);
	CHECK_EQ(answer.holders.n_groups, 1);
	CHECK_EQ(answer.holders.groups[0].count, 2);
	CHECK_EQ(answer.holders.groups[0].bytes, 200000);
	CHECK_STR(way(0), "global -> .next (L), again and again -> []");
	holders_answer_free(&answer);
}

#define ONE_BUFFER                                                                       \
	HEAD(3, 2)                                                                       \
	"\"nodes\":[9,0,1,0,1,3,1,3,8,1,8,2,9,100000,0],\"edges\":[5,7,5,2,3,10]"        \
	"," STRINGS

TEST(a_line_is_linked_by_size)
{
	const struct holders_line lines[] = {
		{.place = 0,
		 .kind = HEAPSNAP_TARGET_BUFFER,
		 .alike = true,
		 .size = 99999,
		 .count = 1},
		{.place = 1,
		 .kind = HEAPSNAP_TARGET_BUFFER,
		 .alike = true,
		 .size = 100000,
		 .count = 1},
		{.place = 2, .kind = HEAPSNAP_TARGET_BUFFER, .size = 100000, .count = 1},
		{.place = 3,
		 .kind = HEAPSNAP_TARGET_BUFFER,
		 .alike = true,
		 .size = 100000,
		 .count = 9},
	};

	REQUIRE(read_snapshot(ONE_BUFFER, MOST, lines, 3) == 0);
	CHECK_EQ(answer.holders.groups[0].line, 1);
	CHECK_EQ(answer.holders.groups[0].link, HOLDERS_BY_SIZE);
	holders_answer_free(&answer);
	REQUIRE(read_snapshot(ONE_BUFFER, MOST, lines, 4) == 0);
	CHECK_EQ(answer.holders.groups[0].line, 3);
	CHECK_EQ(answer.holders.groups[0].link, HOLDERS_BY_SIZES);
	holders_answer_free(&answer);
	REQUIRE(read_snapshot(ONE_BUFFER, MOST, lines, 1) == 0);
	CHECK_EQ(answer.holders.groups[0].line, HEAPSNAP_NONE);
	holders_answer_free(&answer);
}

/* Of strings whose size the snapshot does not have only the type is left, and that must be one line's. */
TEST(a_string_is_linked_by_type)
{
	struct heapsnap_target old = {.kind = HEAPSNAP_TARGET_STRING};
	struct heapsnap_target new = {.kind = HEAPSNAP_TARGET_STRING, .size = 200032};
	const struct holders_line lines[] = {
		{.place = 0,
		 .kind = HEAPSNAP_TARGET_STRING,
		 .alike = true,
		 .size = 200000,
		 .count = 1},
		{.place = 1,
		 .kind = HEAPSNAP_TARGET_STRING,
		 .alike = true,
		 .size = 300000,
		 .count = 1},
	};
	uint8_t link;

	CHECK_EQ(holders_line_of(lines, 1, &old, &link), 0);
	CHECK_EQ(link, HOLDERS_BY_TYPE);
	CHECK_EQ(holders_line_of(lines, 2, &old, &link), HEAPSNAP_NONE);
	CHECK_EQ(holders_line_of(lines, 2, &new, &link), 0);
	CHECK_EQ(link, HOLDERS_BY_SIZE);
}

/* Cut at each byte: a sentence, and nothing is kept. */
TEST(each_cut_is_told)
{
	static const char whole[] = ONE_BUFFER;
	char cut[sizeof(whole)];

	for (size_t n = 0; n + 1 < sizeof(whole) - 1; n++) {
		memcpy(cut, whole, n);
		cut[n] = '\0';
		int rc = read_snapshot(cut, MOST, NULL, 0);

		CHECK(rc == -EBADMSG || rc == -EINVAL);
		CHECK(answer.snap.why[0] != '\0');
		holders_answer_free(&answer);
		CHECK_EQ(answer.snap.used, 0);
	}
}

TEST(what_needs_too_much_memory_is_refused)
{
	CHECK_EQ(read_snapshot(ONE_BUFFER, 20000, NULL, 0), -ENOMEM);
	CHECK(strstr(answer.snap.why, "--memory") != NULL);
	holders_answer_free(&answer);
	CHECK_EQ(answer.snap.used, 0);
}

#define TAP_TESTS                                                                        \
	T(the_shortest_way_that_holds)                                                   \
	T(the_programs_roots_come_first)                                                 \
	T(nothing_leads_to_it)                                                           \
	T(rounds_and_indices_are_one)                                                    \
	T(a_line_is_linked_by_size)                                                      \
	T(a_string_is_linked_by_type)                                                    \
	T(each_cut_is_told)                                                              \
	T(what_needs_too_much_memory_is_refused)

TAP_MAIN()
