/* SPDX-License-Identifier: Apache-2.0 */
/* WEIR_OPTIONS to values and back: policy/options.h, every type, every error. */
#include <errno.h>

#include "include/weir/stats.h"
#include "policy/options.h"
#include "tests/tap.h"

#define KB 1024ull
#define MB (1024 * KB)
#define GB (1024 * MB)
#define TB (1024 * GB)

#define ALL_KINDS ((1u << WEIR_N_KINDS) - 1)

static struct weir_options o;
static struct weir_option_issue issues[4];

/* Defaults, then `text`; returns the number of issues. */
static size_t
parse(const char *text)
{
	memset(issues, 0, sizeof(issues));
	memset(&o, 0xa5, sizeof(o));
	weir_options_defaults(&o);
	return weir_options_parse(&o, text, issues, 4);
}

static void
check_issue(const char *text, enum weir_option_error error, const char *item)
{
	size_t n = parse(text);

	if (n != 1 || issues[0].error != error || issues[0].item_len != strlen(item) ||
	    memcmp(issues[0].item, item, strlen(item)) != 0) {
		printf("# \"%s\": %zu issues, error %d on \"%.*s\"\n", text, n,
		       (int)issues[0].error, (int)issues[0].item_len,
		       issues[0].item_len > 0 ? issues[0].item : "");
		CHECK_EQ(n, 1);
		CHECK_EQ(issues[0].error, error);
	}
	CHECK(issues[0].item >= text && issues[0].item <= text + strlen(text));
}

static const char *
value(const char *name)
{
	static char buf[2 * OPTIONS_TEXT_MAX];

	for (size_t i = 0; i < weir_n_option_rows; i++) {
		if (strcmp(weir_option_rows[i].name, name) == 0) {
			CHECK(weir_option_value_text(&o, i, buf, sizeof(buf)) ==
			      strlen(buf));
			return buf;
		}
	}
	return "no such row";
}

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
		"enabled",  "floor",	    "threshold",  "classes",   "kinds",
		"decay_ms", "decay_thread", "trim_next",  "cache_max", "huge",
		"prefault", "numa",	    "quarantine", "guard",     "only",
		"stats",    "stats_ms",	    "trace",	  "trace_min", "trace_sample",
		"verbose",  "isa"};
	static const char *const types[] = {
		"on|off", "SIZE",   "SIZE",   "CLASSES", "KINDS",
		"MS",	  "on|off", "on|off", "SIZE",	 "never|auto|always",
		"SIZE",	  "NODES",  "SIZE",   "on|off",	 "TEXT",
		"TEXT",	  "MS",	    "on|off", "SIZE",	 "SIZE",
		"on|off", "TEXT"};

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

TEST(backing)
{
	CHECK_EQ(parse("huge=always,prefault=4M,numa=bind:1:0"), 0);
	CHECK_EQ(o.huge, WEIR_HUGE_ALWAYS);
	CHECK_EQ(o.prefault, 4 * MB);
	CHECK_EQ(o.numa.mode, WEIR_NUMA_BIND);
	CHECK_EQ(o.numa.nodes, 3);
	CHECK_STR(value("huge"), "always");
	CHECK_STR(value("numa"), "bind:0:1");
	check_issue("huge=yes", WEIR_OPTION_BAD_VALUE, "huge=yes");
	check_issue("huge=", WEIR_OPTION_NO_VALUE, "huge=");
	check_issue("numa=bind", WEIR_OPTION_BAD_VALUE, "numa=bind");
	CHECK_EQ(o.huge, WEIR_HUGE_NEVER);
	CHECK_EQ(o.numa.mode, WEIR_NUMA_OFF);
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

TEST(booleans)
{
	static const char *const on[] = {"verbose", "verbose=on", "verbose=1",
					 "verbose=yes", "verbose=true"};
	static const char *const off[] = {"enabled=off", "enabled=0", "enabled=no",
					  "enabled=false"};

	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++) {
		CHECK_EQ(parse(on[i]), 0);
		CHECK_EQ(o.verbose, true);
	}
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		CHECK_EQ(parse(off[i]), 0);
		CHECK_EQ(o.enabled, false);
	}
	check_issue("enabled=maybe", WEIR_OPTION_BAD_VALUE, "enabled=maybe");
	check_issue("enabled=ON", WEIR_OPTION_BAD_VALUE, "enabled=ON");
	CHECK_EQ(o.enabled, true);
}

TEST(help_and_print)
{
	CHECK_EQ(parse("help"), 0);
	CHECK(o.want_help && !o.want_print);
	CHECK_EQ(parse("verbose,print"), 0);
	CHECK(!o.want_help && o.want_print && o.verbose);
	check_issue("help=me", WEIR_OPTION_BAD_VALUE, "help=me");
}

TEST(sizes_and_their_bounds)
{
	CHECK_EQ(parse("floor=4096"), 0);
	CHECK_EQ(o.floor, 4096);
	check_issue("floor=4095", WEIR_OPTION_TOO_SMALL, "floor=4095");
	CHECK_EQ(o.floor, 128 * KB);
	CHECK_EQ(parse("floor=1G"), 0);
	CHECK_EQ(o.floor, GB);
	check_issue("floor=1073741825", WEIR_OPTION_TOO_LARGE, "floor=1073741825");
	CHECK_EQ(parse("threshold=8K"), 0);
	check_issue("threshold=8191", WEIR_OPTION_TOO_SMALL, "threshold=8191");
	CHECK_EQ(parse("threshold=1.5T"), 1);
	CHECK_EQ(parse("threshold=1T,cache_max=0"), 0);
	CHECK_EQ(o.threshold, TB);
	check_issue("threshold=99999999999999999999", WEIR_OPTION_TOO_LARGE,
		    "threshold=99999999999999999999");
	check_issue("threshold=ten", WEIR_OPTION_BAD_VALUE, "threshold=ten");
	check_issue("threshold=-1", WEIR_OPTION_BAD_VALUE, "threshold=-1");
}

TEST(milliseconds_and_their_bounds)
{
	CHECK_EQ(parse("decay_ms=0,stats_ms=10"), 0);
	CHECK_EQ(o.decay_ms, 0);
	CHECK_EQ(o.stats_ms, 10);
	CHECK_EQ(parse("decay_ms=3600000,stats_ms=60000"), 0);
	check_issue("decay_ms=3600001", WEIR_OPTION_TOO_LARGE, "decay_ms=3600001");
	check_issue("stats_ms=9", WEIR_OPTION_TOO_SMALL, "stats_ms=9");
	check_issue("stats_ms=60001", WEIR_OPTION_TOO_LARGE, "stats_ms=60001");
	check_issue("decay_ms=1K", WEIR_OPTION_BAD_VALUE, "decay_ms=1K");
	check_issue("decay_ms=1s", WEIR_OPTION_BAD_VALUE, "decay_ms=1s");
}

TEST(classes)
{
	CHECK_EQ(parse("classes=ten"), 0);
	CHECK_EQ(o.classes.n, 10);
	CHECK_EQ(parse("classes=64K:1M:10M"), 0);
	CHECK_EQ(o.classes.n, 3);
	CHECK_STR(value("classes"), "64K:1M:10M");
	check_issue("classes=64K:", WEIR_OPTION_BAD_VALUE, "classes=64K:");
	check_issue("classes=1M:64K", WEIR_OPTION_BAD_CLASSES, "classes=1M:64K");
	check_issue("classes=4K", WEIR_OPTION_BAD_CLASSES, "classes=4K");
	CHECK_EQ(o.classes.n, 40);
}

TEST(kinds)
{
	CHECK_EQ(parse("kinds=backing_store"), 0);
	CHECK_EQ(o.kinds, 1u << WEIR_KIND_BACKING_STORE);
	CHECK_EQ(parse("kinds=encoder:other:encoder"), 0);
	CHECK_EQ(o.kinds, 1u << WEIR_KIND_ENCODER | 1u << WEIR_KIND_OTHER);
	CHECK_STR(value("kinds"), "other:encoder");
	CHECK_EQ(parse("kinds=other:encoder:backing_store"), 0);
	CHECK_STR(value("kinds"), "all");
	check_issue("kinds=none", WEIR_OPTION_BAD_VALUE, "kinds=none");
	check_issue("kinds=other:", WEIR_OPTION_BAD_VALUE, "kinds=other:");
	check_issue("kinds=other::encoder", WEIR_OPTION_BAD_VALUE,
		    "kinds=other::encoder");
	check_issue("kinds=all:other", WEIR_OPTION_BAD_VALUE, "kinds=all:other");
	CHECK_EQ(o.kinds, ALL_KINDS);
}

TEST(texts)
{
	CHECK_EQ(parse("stats=/var/tmp/%p.weir,only="), 0);
	CHECK_STR(o.stats, "/var/tmp/%p.weir");
	CHECK_STR(o.only, "");
	CHECK_EQ(parse("stats=a\\,b\\\\c=d,verbose"), 0);
	CHECK_STR(o.stats, "a,b\\c=d");
	CHECK_EQ(o.verbose, true);
	CHECK_STR(value("stats"), "a\\,b\\\\c=d");
	CHECK_EQ(parse("only=\xc3\xa9\xff"), 0);
	CHECK_STR(o.only, "\xc3\xa9\xff");
}

TEST(texts_refused)
{
	check_issue("stats=a\\b", WEIR_OPTION_BAD_VALUE, "stats=a\\b");
	check_issue("stats=a\\", WEIR_OPTION_BAD_VALUE, "stats=a\\");
	check_issue("stats=a\tb", WEIR_OPTION_BAD_VALUE, "stats=a\tb");
	check_issue("stats=a\nb", WEIR_OPTION_BAD_VALUE, "stats=a\nb");
	check_issue("stats=\x7f", WEIR_OPTION_BAD_VALUE, "stats=\x7f");
	check_issue("stats=\x01", WEIR_OPTION_BAD_VALUE, "stats=\x01");
	check_issue("only=a\\\x1f", WEIR_OPTION_BAD_VALUE, "only=a\\\x1f");
	check_issue("stats=", WEIR_OPTION_NO_VALUE, "stats=");
	CHECK_STR(o.stats, "auto");
}

/* The length that counts is the unescaped one. */
TEST(texts_at_their_longest)
{
	char text[2 * OPTIONS_TEXT_MAX] = "only=";
	size_t len = 5;

	for (int i = 0; i < 255; i++) {
		text[len++] = i % 2 ? 'x' : '\\';
		if (i % 2 == 0)
			text[len++] = ',';
	}
	CHECK_EQ(parse(text), 0);
	CHECK_EQ(strlen(o.only), 255);
	CHECK_STR(value("only"), text + 5);
	strcpy(text + len, "x");
	check_issue(text, WEIR_OPTION_TOO_LONG, text);
	CHECK_STR(o.only, "");
	memcpy(text, "stats=", 6);
	memset(text + 6, 'y', 512);
	text[6 + 511] = '\0';
	CHECK_EQ(parse(text), 0);
	CHECK_EQ(strlen(o.stats), 511);
	text[6 + 511] = 'y';
	text[6 + 512] = '\0';
	check_issue(text, WEIR_OPTION_TOO_LONG, text);
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

TEST(values_as_text)
{
	parse("threshold=1310720,floor=100000,decay_ms=1500,enabled=no,cache_max=1.5G");
	CHECK_STR(value("threshold"), "1.25M");
	CHECK_STR(value("floor"), "100000");
	CHECK_STR(value("decay_ms"), "1500");
	CHECK_STR(value("enabled"), "off");
	CHECK_STR(value("cache_max"), "1.5G");
	CHECK_STR(value("classes"), "graded");
	parse("classes=ten,kinds=encoder");
	CHECK_STR(value("classes"), "ten");
	CHECK_STR(value("kinds"), "encoder");
}

TEST(value_text_is_cut_and_terminated)
{
	char buf[8];

	parse("classes=64K:1M:10M");
	memset(buf, '#', sizeof(buf));
	CHECK_EQ(weir_option_value_text(&o, 3, buf, 5), 10);
	CHECK_STR(buf, "64K:");
	CHECK_EQ(buf[5], '#');
	CHECK_EQ(weir_option_value_text(&o, 3, NULL, 0), 10);
	CHECK_EQ(weir_option_value_text(&o, weir_n_option_rows, buf, 5), 0);
	CHECK_STR(buf, "");
	CHECK_EQ(weir_option_value_text(&o, SIZE_MAX, buf, 5), 0);
}

TEST(parse_size)
{
	uint64_t n = 1;

	CHECK_EQ(weir_parse_size("1.5M,", 4, &n), 0);
	CHECK_EQ(n, 3 * MB / 2);
	CHECK_EQ(weir_parse_size("1.5M,", 5, &n), -EINVAL);
	CHECK_EQ(weir_parse_size("99999999T", 9, &n), -ERANGE);
	CHECK_EQ(n, 3 * MB / 2);
}

#define TAP_TESTS                                                                        \
	T(defaults)                                                                      \
	T(defaults_are_what_the_table_says)                                              \
	T(rows_are_in_order)                                                             \
	T(sets_several)                                                                  \
	T(backing)                                                                       \
	T(keeps_what_it_had)                                                             \
	T(later_wins)                                                                    \
	T(skips_spaces_and_empty_items)                                                  \
	T(booleans)                                                                      \
	T(help_and_print)                                                                \
	T(sizes_and_their_bounds)                                                        \
	T(milliseconds_and_their_bounds)                                                 \
	T(classes)                                                                       \
	T(kinds)                                                                         \
	T(texts)                                                                         \
	T(texts_refused)                                                                 \
	T(texts_at_their_longest)                                                        \
	T(unknown_and_missing)                                                           \
	T(issues_name_the_item_without_its_spaces)                                       \
	T(counts_more_issues_than_fit)                                                   \
	T(errors_have_words)                                                             \
	T(values_as_text)                                                                \
	T(value_text_is_cut_and_terminated)                                              \
	T(parse_size)
TAP_MAIN()
