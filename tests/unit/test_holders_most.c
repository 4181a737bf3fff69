/* SPDX-License-Identifier: Apache-2.0 */
/* The one object that most of a snapshot hangs on, and how many there are of a kind of which some are looked at. */
#include "tests/unit/heap_snapshot.h"

/* Three large buffers in an object, a smaller one beside it. */
TEST(it_hangs_on_the_object_behind_which_the_way_divides)
{
	REQUIRE(read_snapshot(
			HEAD(7, 6) "\"nodes\":[9,0,1,0,1,3,1,3,8,2,3,6,5,8,3,"
				   "8,2,7,1000000,0,8,2,9,1000000,0,8,2,11,1000000,0,"
				   "8,2,13,400000,0],\"edges\":[5,7,5,2,3,10,2,4,30,"
				   "1,0,15,1,1,20,1,2,25]," STRINGS,
			MOST, NULL, 0) == 0);
	const struct holders_most *most = &answer.holders.most;

	CHECK_STR(way_of(most->shape), "global -> .a (L)");
	CHECK_EQ(most->bytes, 3000000);
	CHECK_EQ(most->total, 3400000);
	CHECK_STR(way_of(most->next), "global -> .a (L) -> []");
	CHECK_EQ(most->next_count, 3);
	CHECK(!most->at_least);
	holders_answer_free(&answer);
}

/* Five objects, each with a buffer, each the next one of another: more than half is behind the third, too. */
TEST(a_list_hangs_on_its_head)
{
	REQUIRE(read_snapshot(
			HEAD(12,
			     11) "\"nodes\":[9,0,1,0,1,3,1,3,8,1,"
				 "3,6,5,8,2,8,2,7,1000000,0,3,6,9,8,2,8,2,11,1000000,0,"
				 "3,6,13,8,2,8,2,15,1000000,0,3,6,17,8,2,8,2,19,1000000,"
				 "0,3,6,21,8,1,8,2,23,1000000,0],"
				 "\"edges\":[5,7,5,2,3,10,2,4,15,2,5,20,2,4,25,2,5,30,"
				 "2,4,35,2,5,40,2,4,45,2,5,50,2,4,55]," STRINGS,
			MOST, NULL, 0) == 0);
	const struct holders_most *most = &answer.holders.most;

	CHECK_STR(way_of(most->shape), "global -> .a (L)");
	CHECK_EQ(most->bytes, 5000000);
	CHECK_STR(way_of(most->next), "global -> .a (L) -> .next (L), again and again");
	CHECK_EQ(most->next_count, 4);
	holders_answer_free(&answer);
}

TEST(what_is_large_itself_hangs_on_nothing_else)
{
	REQUIRE(read_snapshot(
			HEAD(3, 2) "\"nodes\":[9,0,1,0,1,3,1,3,8,1,8,2,5,3000000,0],"
				   "\"edges\":[5,7,5,2,3,10]," STRINGS,
			MOST, NULL, 0) == 0);
	CHECK_STR(way_of(answer.holders.most.shape), "global -> .a");
	CHECK_EQ(answer.holders.most.next, HOLDERS_NOWHERE);
	holders_answer_free(&answer);
	/* By V8's own roots. */
	REQUIRE(read_snapshot(HEAD(4, 3) "\"nodes\":[9,0,1,0,1,9,9,3,0,2,8,2,5,1500000,0,"
					 "8,2,7,1500000,0],\"edges\":[1,1,5,1,1,10,1,2,"
					 "15]," STRINGS,
			      MOST, NULL, 0) == 0);
	CHECK_EQ(answer.holders.n_groups, 1);
	CHECK_EQ(answer.holders.most.bytes, 0);
	holders_answer_free(&answer);
	/* Of little nothing is said. */
	REQUIRE(read_snapshot(HEAD(3, 2) "\"nodes\":[9,0,1,0,1,3,1,3,8,1,8,2,5,300000,0],"
					 "\"edges\":[5,7,5,2,3,10]," STRINGS,
			      MOST, NULL, 0) == 0);
	CHECK_EQ(answer.holders.most.bytes, 0);
	holders_answer_free(&answer);
}

#define OBJECTS 150000

/*
 * Of so many objects one in three is looked at; two are in one object, then one in another. Each third alone would
 * find them all in the same.
 */
TEST(of_many_some_are_looked_at_whatever_their_order)
{
	static char text[16u << 20];
	FILE *f = fmemopen(text, sizeof(text), "w");

	REQUIRE(f != NULL);
	fprintf(f,
		HEAD(150004,
		     150003) "\"nodes\":[9,0,1,0,1,3,1,3,8,2,3,3,5,8,%d,3,4,7,8,%d",
		OBJECTS / 3 * 2, OBJECTS / 3);
	for (int i = 0; i < OBJECTS; i++)
		fprintf(f, ",\n3,6,%d,40,0", 9 + 2 * i);
	fprintf(f, "],\"edges\":[5,7,5,2,3,10,2,4,15");
	for (int i = 0; i < OBJECTS; i++)
		if (i % 3 != 0)
			fprintf(f, ",\n1,%d,%d", i, 5 * (4 + i));
	for (int i = 0; i < OBJECTS; i += 3)
		fprintf(f, ",\n1,%d,%d", i, 5 * (4 + i));
	fprintf(f, "]," STRINGS);
	fclose(f);
	REQUIRE(read_snapshot(text, MOST, NULL, 0) == 0);
	const struct holders_group *g = answer.holders.groups;

	REQUIRE(answer.holders.n_groups == 2);
	CHECK_STR(way(0), "global -> .a (a) -> [] (L)");
	CHECK_STR(way(1), "global -> .b (b) -> [] (L)");
	CHECK(g[0].sampled && g[1].sampled && answer.holders.sampled);
	for (int i = 0; i < 2; i++) {
		double there_are = OBJECTS / 3.0 * (2 - i);

		CHECK((double)g[i].count > 0.97 * there_are);
		CHECK((double)g[i].count < 1.03 * there_are);
		CHECK_EQ(g[i].bytes, 40 * g[i].count);
	}
	CHECK_STR(way_of(answer.holders.most.shape), "global -> .a (a)");
	CHECK_EQ(answer.holders.most.next_count, g[0].count);
	holders_answer_free(&answer);
}

/* Pieces of V8's own of no class: elements of arrays. */
TEST(what_has_no_class_counts_by_its_type)
{
	static char text[1u << 20];
	FILE *f = fmemopen(text, sizeof(text), "w");

	REQUIRE(f != NULL);
	fprintf(f, HEAD(2003, 2002) "\"nodes\":[9,0,1,0,1,3,1,3,8,1,3,6,5,8,2000");
	for (int i = 0; i < 2000; i++)
		fprintf(f, ",\n1,4,%d,1200,0", 9 + 2 * i);
	fprintf(f, "],\"edges\":[5,7,5,2,3,10");
	for (int i = 0; i < 2000; i++)
		fprintf(f, ",\n1,%d,%d", i, 5 * (3 + i));
	fprintf(f, "]," STRINGS);
	fclose(f);
	REQUIRE(read_snapshot(text, MOST, NULL, 0) == 0);
	REQUIRE(answer.holders.n_groups == 1);
	CHECK_EQ(answer.holders.groups[0].count, 2000);
	CHECK(!answer.holders.groups[0].sampled);
	CHECK_STR(way(0), "global -> .a (L) -> [] (b)");
	holders_answer_free(&answer);
}

#define TAP_TESTS                                                                        \
	T(it_hangs_on_the_object_behind_which_the_way_divides)                           \
	T(a_list_hangs_on_its_head)                                                      \
	T(what_is_large_itself_hangs_on_nothing_else)                                    \
	T(of_many_some_are_looked_at_whatever_their_order)                               \
	T(what_has_no_class_counts_by_its_type)

TAP_MAIN()
