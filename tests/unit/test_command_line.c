/* SPDX-License-Identifier: Apache-2.0 */
/* A process's name for a person: tools/read/command_line.h. And which word was meant: tools/text/nearest.h. */
#include "tests/tap.h"
#include "tools/read/command_line.h"
#include "tools/text/nearest.h"

#define LINE(arguments, size)                                                            \
	(command_line_text(arguments, sizeof(arguments), line, size), line)

TEST(the_program_without_its_folder_and_its_arguments)
{
	char line[COMMAND_LINE_BYTES];

	CHECK_STR(LINE("/usr/bin/node\0/srv/app.js\0-x", sizeof(line)),
		  "node /srv/app.js -x");
	CHECK_STR(LINE("npm run build   \0\0\0", sizeof(line)), "npm run build   ");
	CHECK_STR(LINE("", sizeof(line)), "");
}

TEST(what_is_no_character_of_a_line_is_not_shown)
{
	char line[COMMAND_LINE_BYTES];

	CHECK_STR(LINE("a\033[2J\0b\nc\177", sizeof(line)), "a?[2J b?c?");
}

TEST(it_is_cut_between_characters)
{
	char line[COMMAND_LINE_BYTES];

	CHECK_STR(LINE("abcdefgh", 6), "abcde");
	CHECK_STR(LINE("abcd\xc3\xa9xyz", 6), "abcd");
	CHECK_STR(LINE("abc\xc3\xa9xyz", 6), "abc\xc3\xa9");
}

TEST(distances)
{
	CHECK_EQ(nearest_distance("growth", "growth"), 0);
	CHECK_EQ(nearest_distance("groth", "growth"), 1);
	CHECK_EQ(nearest_distance("rnu", "run"), 2);
	CHECK_EQ(nearest_distance("", "run"), 3);
	CHECK(nearest_is_slip("stta", "stat"));
	CHECK(!nearest_is_slip("rnu", "run"));
	CHECK(!nearest_is_slip("node", "growth"));
}

#define TAP_TESTS                                                                        \
	T(the_program_without_its_folder_and_its_arguments)                              \
	T(what_is_no_character_of_a_line_is_not_shown)                                   \
	T(it_is_cut_between_characters)                                                  \
	T(distances)
TAP_MAIN()
