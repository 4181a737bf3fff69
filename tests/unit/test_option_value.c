/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of WEIR_OPTIONS, to memory and back: every type, its bounds, its errors.
 */
#include "policy/option_value.h"
#include "policy/sampling.h"

#include "tests/unit/options_parse.h"

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

TEST(samples)
{
	CHECK_EQ(parse(""), 0);
	CHECK_EQ(o.trace_sample, WEIR_SAMPLE_AUTO);
	CHECK_STR(value("trace_sample"), "auto");
	CHECK_EQ(parse("trace_sample=off"), 0);
	CHECK_EQ(o.trace_sample, 0);
	CHECK_STR(value("trace_sample"), "off");
	CHECK_EQ(parse("trace_sample=0"), 0);
	CHECK_EQ(o.trace_sample, 0);
	CHECK_EQ(parse("trace_sample=64K"), 0);
	CHECK_EQ(o.trace_sample, 64 * KB);
	CHECK_STR(value("trace_sample"), "64K");
	CHECK_EQ(parse("trace_sample=64K,trace_sample=auto"), 0);
	CHECK_EQ(o.trace_sample, WEIR_SAMPLE_AUTO);
	check_issue("trace_sample=on", WEIR_OPTION_BAD_VALUE, "trace_sample=on");
	check_issue("trace_sample=2T", WEIR_OPTION_TOO_LARGE, "trace_sample=2T");
	check_issue("trace_sample=", WEIR_OPTION_NO_VALUE, "trace_sample=");
	CHECK_EQ(o.trace_sample, WEIR_SAMPLE_AUTO);
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
	check_issue("kinds=mmap", WEIR_OPTION_BAD_VALUE, "kinds=mmap");
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

#define TAP_TESTS                                                                        \
	T(samples)                                                                       \
	T(backing)                                                                       \
	T(booleans)                                                                      \
	T(sizes_and_their_bounds)                                                        \
	T(milliseconds_and_their_bounds)                                                 \
	T(classes)                                                                       \
	T(kinds)                                                                         \
	T(texts)                                                                         \
	T(texts_refused)                                                                 \
	T(texts_at_their_longest)                                                        \
	T(values_as_text)                                                                \
	T(value_text_is_cut_and_terminated)
TAP_MAIN()
