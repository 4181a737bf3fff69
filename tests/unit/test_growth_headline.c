/* SPDX-License-Identifier: Apache-2.0 */
/* The one sentence of the report, growth and top; and names without the program's folder. */
#include <string.h>

#include "tests/tap.h"
#include "tools/model/growth_headline.h"
#include "tools/names/app_root.h"

#define PART WEIR_PART_OF_SCRIPT

static char text[GROWTH_HEADLINE];

static bool
says(const struct growth_model *m, bool runs, enum growth_mood mood, const char *what)
{
	return growth_headline(text, m, runs) == mood && strstr(text, what) != NULL;
}

TEST(objects_that_grow_are_told_before_it_is_known_whether_they_stay)
{
	struct growth_group idle = {.finding.verdict = GROWTH_PLATEAU};
	struct growth_model m = {.groups = &idle, .n_groups = 1, .rss.parts_known = true};

	CHECK(says(&m, true, GROWTH_GOOD, "No line of code was found that keeps"));
	m.parts[PART] = (struct growth_part){
		.worth = true, .verdict = GROWTH_UNDECIDED, .slope_bytes_per_s = 5 << 20};
	CHECK(says(&m, true, GROWTH_UNSURE, "V8's heap grows by 5 MB a second"));
	CHECK(strstr(text, "look again in half a minute") != NULL);
	/* Of what has ended nobody is told to look again. */
	CHECK(says(&m, false, GROWTH_UNSURE, "is not known"));
	CHECK(strstr(text, "look again") == NULL);
	m.parts[PART].verdict = GROWTH_GC_LAG;
	CHECK(says(&m, true, GROWTH_UNSURE, "garbage that was not collected yet"));
	m.parts[PART].verdict = GROWTH_HELD;
	CHECK(says(&m, true, GROWTH_BAD, "weir holders"));
	/* A line that is held says more; both are said. */
	idle.finding = (struct growth_finding){.verdict = GROWTH_HELD,
					       .slope_bytes_per_s = 1 << 20};
	CHECK(says(&m, true, GROWTH_BAD, "grows: V8's heap, by 5 MB a second"));
	CHECK(strstr(text, "one line holds more and more as well, by 1 MB.") != NULL);
	m.parts[PART].slope_bytes_per_s = 1 << 19;
	CHECK(says(&m, true, GROWTH_BAD,
		   "one line holds more and more, by 1 MB a second; V8's heap as well, "
		   "by 512 KB"));
	m.parts[PART].slope_bytes_per_s = 1 << 16;
	CHECK(says(&m, true, GROWTH_BAD, "more, by 1 MB a second."));
}

TEST(other_memory_and_nothing_yet)
{
	struct growth_group young = {.finding.verdict = GROWTH_UNDECIDED};
	struct growth_model m = {
		.groups = &young, .n_groups = 1, .rss.parts_known = true};

	CHECK(says(&m, true, GROWTH_UNSURE, "look again in half a minute"));
	CHECK(says(&m, false, GROWTH_UNSURE, "ran too short"));
	/* A line that holds nearly all is what matters. */
	struct growth_group two[] = {
		{.live_bytes = 38 << 20, .finding.verdict = GROWTH_UNDECIDED},
		{.live_bytes = 1 << 20, .finding.verdict = GROWTH_PLATEAU}};

	m.groups = two;
	m.n_groups = 2;
	CHECK(says(&m, true, GROWTH_UNSURE, "Too early"));
	two[0].live_bytes = 1 << 19;
	CHECK(says(&m, true, GROWTH_GOOD, "No line"));
	m.parts[WEIR_PART_OF_MAPS].slope_bytes_per_s = 3 << 20;
	CHECK(says(&m, true, GROWTH_UNSURE, "by 3 MB a second, mapped by the program"));
	/* Small blocks have lines, by samples. */
	m.parts[WEIR_PART_OF_NEXT].slope_bytes_per_s = 4 << 20;
	CHECK(says(&m, true, GROWTH_UNSURE, "not in blocks that weir serves"));
	two[0].error = 0.1;
	CHECK(says(&m, true, GROWTH_UNSURE, "in small blocks, by 4 MB a second"));
	CHECK(says(&m, false, GROWTH_UNSURE, "whether they keep them is not."));
}

TEST(names_lose_the_folder_only_where_a_path_begins)
{
	char buf[APP_ROOT_MAX];

	CHECK_STR(app_root_cut("/srv/app/", buf, "keep /srv/app/lib/a.js:1:2"),
		  "keep lib/a.js:1:2");
	CHECK_STR(app_root_cut("/srv/app/", buf, "/srv/app/a.js"), "a.js");
	CHECK_STR(app_root_cut("/srv/app/", buf, "keep /old/srv/app/a.js"),
		  "keep /old/srv/app/a.js");
	CHECK_STR(app_root_cut("", buf, "keep /srv/a.js"), "keep /srv/a.js");
	CHECK_STR(app_root_cut(NULL, buf, "keep /srv/a.js"), "keep /srv/a.js");
}

#define TAP_TESTS                                                                        \
	T(objects_that_grow_are_told_before_it_is_known_whether_they_stay)               \
	T(other_memory_and_nothing_yet)                                                  \
	T(names_lose_the_folder_only_where_a_path_begins)
TAP_MAIN()
