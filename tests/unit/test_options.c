/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WEIR_OPTIONS as a whole: its rows and defaults, how items follow each other, what an issue says.
 * test_option_value.c has the values.
 */
#include "policy/options.h"

#include "tests/unit/options_parse.h"

TEST(defaults)
{
	CHECK_EQ(parse(NULL), 0);
	CHECK_EQ(o.enabled, true);
	CHECK_EQ(o.floor, 128 * KB);
	CHECK_EQ(o.threshold, 10 * MB);
	CHECK_EQ(o.classes.n, 40);
	CHECK_EQ(o.kinds, ALL_KINDS);
	CHECK_EQ(o.decay_ms, 1000);
	CHECK_EQ(o.decay_thread, true);
	CHECK_EQ(o.trim_next, true);
	CHECK_EQ(o.gather, true);
	CHECK_EQ(o.cache_max, 0);
	CHECK_STR(o.only, "");
	CHECK_STR(o.stats, "auto");
	CHECK_EQ(o.stats_ms, 1000);
	CHECK_EQ(o.verbose, false);
	CHECK_EQ(o.want_help, false);
	CHECK_EQ(o.want_print, false);
}

/* A default that its own parser refuses would leave the option unset. */
TEST(defaults_are_what_the_table_says)
{
	for (size_t i = 0; i < weir_n_option_rows; i++) {
		char buf[64];

		parse("");
		weir_option_value_text(&o, i, buf, sizeof(buf));
		CHECK_STR(buf, weir_option_rows[i].default_text);
	}
}

TEST(rows_are_in_order)
{
	static const char *const names[] = {
		"enabled",	"floor",      "threshold",     "classes",
		"kinds",	"decay_ms",   "decay_thread",  "trim_next",
		"gather",	"cache_max",  "huge",	       "prefault",
		"numa",		"quarantine", "guard",	       "only",
		"stats",	"stats_ms",   "trace",	       "trace_min",
		"trace_sample", "collect",    "collect_pause", "verbose",
		"isa"};
	static const char *const types[] = {"on|off",
					    "SIZE",
					    "SIZE",
					    "CLASSES",
					    "KINDS",
					    "MS",
					    "on|off",
					    "on|off",
					    "on|off",
					    "SIZE",
					    "never|auto|always",
					    "SIZE",
					    "NODES",
					    "SIZE",
					    "on|off",
					    "TEXT",
					    "TEXT",
					    "MS",
					    "on|off",
					    "SIZE",
					    "auto|off|SIZE",
					    "idle,limit,asked",
					    "MS",
					    "on|off",
					    "TEXT"};

	REQUIRE(weir_n_option_rows == sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < weir_n_option_rows; i++) {
		CHECK_STR(weir_option_rows[i].name, names[i]);
		CHECK_STR(weir_option_rows[i].type, types[i]);
		CHECK(strlen(weir_option_rows[i].help) > 10);
		CHECK(weir_option_rows[i].unit != NULL);
	}
}

TEST(sets_several)
{
	CHECK_EQ(parse("threshold=20M,decay_ms=5,verbose,enabled=off,only=node"), 0);
	CHECK_EQ(o.threshold, 20 * MB);
	CHECK_EQ(o.decay_ms, 5);
	CHECK_EQ(o.verbose, true);
	CHECK_EQ(o.enabled, false);
	CHECK_STR(o.only, "node");
	CHECK_EQ(o.floor, 128 * KB);
}

TEST(keeps_what_it_had)
{
	parse("decay_ms=5");
	CHECK_EQ(weir_options_parse(&o, "stats_ms=20", issues, 4), 0);
	CHECK_EQ(o.decay_ms, 5);
	CHECK_EQ(o.stats_ms, 20);
	CHECK_EQ(weir_options_parse(&o, NULL, NULL, 0), 0);
	CHECK_EQ(o.decay_ms, 5);
}

TEST(later_wins)
{
	CHECK_EQ(parse("decay_ms=5,decay_ms=6"), 0);
	CHECK_EQ(o.decay_ms, 6);
	CHECK_EQ(parse("decay_ms=5,decay_ms=x"), 1);
	CHECK_EQ(o.decay_ms, 5);
}

TEST(skips_spaces_and_empty_items)
{
	CHECK_EQ(parse("  decay_ms = 5 ,, verbose , only= a b ,"), 0);
	CHECK_EQ(o.decay_ms, 5);
	CHECK_EQ(o.verbose, true);
	CHECK_STR(o.only, "a b");
	CHECK_EQ(parse(""), 0);
	CHECK_EQ(parse(",, ,"), 0);
}

TEST(help_and_print)
{
	CHECK_EQ(parse("help"), 0);
	CHECK(o.want_help && !o.want_print);
	CHECK_EQ(parse("verbose,print"), 0);
	CHECK(!o.want_help && o.want_print && o.verbose);
	check_issue("help=me", WEIR_OPTION_BAD_VALUE, "help=me");
}

TEST(unknown_and_missing)
{
	check_issue("treshold=1M", WEIR_OPTION_UNKNOWN, "treshold=1M");
	check_issue("Floor=1M", WEIR_OPTION_UNKNOWN, "Floor=1M");
	check_issue("flo=1M", WEIR_OPTION_UNKNOWN, "flo=1M");
	check_issue("=1M", WEIR_OPTION_UNKNOWN, "=1M");
	check_issue("want_help", WEIR_OPTION_UNKNOWN, "want_help");
	check_issue("floor", WEIR_OPTION_NO_VALUE, "floor");
	check_issue("floor=", WEIR_OPTION_NO_VALUE, "floor=");
	check_issue("only", WEIR_OPTION_NO_VALUE, "only");
	check_issue("verbose=", WEIR_OPTION_NO_VALUE, "verbose=");
	check_issue("classes=", WEIR_OPTION_NO_VALUE, "classes=");
	check_issue("floor=1M=2M", WEIR_OPTION_BAD_VALUE, "floor=1M=2M");
}

TEST(issues_name_the_item_without_its_spaces)
{
	check_issue("verbose,  floor = 1 ,decay_ms=7", WEIR_OPTION_TOO_SMALL,
		    "floor = 1");
	CHECK_EQ(o.verbose, true);
	CHECK_EQ(o.decay_ms, 7);
	check_issue("a\\,b=c", WEIR_OPTION_UNKNOWN, "a\\,b=c");
}

TEST(counts_more_issues_than_fit)
{
	memset(issues, 0, sizeof(issues));
	weir_options_defaults(&o);
	CHECK_EQ(weir_options_parse(&o, "a,b,c,verbose,d", issues, 2), 4);
	CHECK_EQ(issues[0].item[0], 'a');
	CHECK_EQ(issues[1].item[0], 'b');
	CHECK(issues[2].item == NULL);
	CHECK_EQ(o.verbose, true);
	CHECK_EQ(weir_options_parse(&o, "a,b", NULL, 0), 2);
}

TEST(errors_have_words)
{
	for (int e = WEIR_OPTION_OK; e <= WEIR_OPTION_BAD_CLASSES; e++) {
		const char *words = weir_option_error_text((enum weir_option_error)e);

		CHECK(strlen(words) > 5);
		for (int before = WEIR_OPTION_OK; before < e; before++)
			CHECK(words !=
			      weir_option_error_text((enum weir_option_error)before));
	}
	CHECK_STR(weir_option_error_text(WEIR_OPTION_UNKNOWN), "unknown option");
	CHECK_STR(weir_option_error_text(WEIR_OPTION_TOO_SMALL), "value too small");
	CHECK(weir_option_error_text((enum weir_option_error)99) != NULL);
}

#define TAP_TESTS                                                                        \
	T(defaults)                                                                      \
	T(defaults_are_what_the_table_says)                                              \
	T(rows_are_in_order)                                                             \
	T(sets_several)                                                                  \
	T(keeps_what_it_had)                                                             \
	T(later_wins)                                                                    \
	T(skips_spaces_and_empty_items)                                                  \
	T(help_and_print)                                                                \
	T(unknown_and_missing)                                                           \
	T(issues_name_the_item_without_its_spaces)                                       \
	T(counts_more_issues_than_fit)                                                   \
	T(errors_have_words)
TAP_MAIN()
