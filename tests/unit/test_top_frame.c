/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture of `weir top` at every size, and text that fits columns. The story of trace_story.c
 * is what is shown.
 */
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/tools/trace_sample.h"
#include "tools/text/show.h"
#include "tools/view/top/top_frame.h"
#include "tools/view/top/top_text.h"

static struct top_model model;
static struct top_sites sites;
static char path[] = "/tmp/weir-test-XXXXXX";

/* The story as a file, looked at; `exe` in place of its program. */
static uint64_t made_late_ns; /* the file, after the process began */

static bool
look(const char *exe, bool with_trace)
{
	struct trace_sample *s = trace_sample_new();
	struct look l;
	int fd, rc;
	size_t n;

	trace_sample_story(s);
	if (exe != NULL)
		snprintf(trace_sample_header(s)->exe, WEIR_STATS_EXE_BYTES, "%s", exe);
	trace_sample_header(s)->created_unix_ns += made_late_ns;
	if (!with_trace)
		trace_sample_header(s)->trace_offset = 0;
	const void *bytes = trace_sample_bytes(s, &n);

	strcpy(path, "/tmp/weir-test-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || close(fd) != 0)
		return false;
	trace_sample_free(s);
	top_model_init(&model);
	look_at(&l, path, NULL);
	rc = top_model_take(&model, &l);
	unlink(path);
	top_sites_make(&sites, model.has_trace ? &model.trace : NULL, true);
	return rc == 0;
}

static void
done(void)
{
	top_sites_free(&sites);
	top_model_free(&model);
}

static bool
shows(const struct top_frame *f, const char *text)
{
	for (int i = 0; i < f->n; i++)
		if (strstr(f->lines[i].text, text) != NULL)
			return true;
	return false;
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

TEST(every_size_is_kept_to)
{
	REQUIRE(look(NULL, true));
	for (int help = 0; help < 2; help++) {
		for (int rows = 1; rows < 45; rows++) {
			for (int columns = 1; columns < 140; columns += 3) {
				struct top_view v = {.columns = columns,
						     .rows = rows,
						     .utf8 = rows % 2 == 0,
						     .help = help != 0,
						     .live = true};
				struct top_frame f;

				top_frame_make(&f, &model, &sites, &v);
				CHECK_EQ(f.n, rows);
				for (int i = 0; i < f.n; i++) {
					CHECK(show_width(f.lines[i].text) <=
					      (size_t)columns);
					CHECK(v.utf8 || is_plain(f.lines[i].text));
				}
				top_frame_free(&f);
			}
		}
	}
	done();
}

TEST(a_usual_terminal_shows_all_parts)
{
	struct top_view v = {.columns = 80, .rows = 24, .utf8 = true, .live = true};
	struct top_frame f;

	REQUIRE(look(NULL, true));
	top_sites_sort(&sites, TOP_BY_LIVE);
	top_frame_make(&f, &model, &sites, &v);
	CHECK(shows(&f, "process 1234"));
	CHECK(shows(&f, "V8 heap"));
	CHECK(shows(&f, "held            476  remember leak.mjs:12:15"));
	CHECK(shows(&f, "*LIVE"));
	CHECK(shows(&f, "gc-lag"));
	CHECK(shows(&f, "REUSED"));
	CHECK(shows(&f, "128 KB    80.0 %"));
	CHECK(shows(&f, "q quit"));
	CHECK(shows(&f, "█"));
	top_frame_free(&f);
	done();
}

TEST(lines_that_hold_nothing_are_counted)
{
	struct top_view v = {.columns = 120, .utf8 = true};
	struct top_frame f;

	REQUIRE(look(NULL, true));
	top_sites_sort(&sites, TOP_BY_LIVE);
	REQUIRE(sites.n > 2);
	sites.sites[0].live_bytes = sites.sites[1].live_bytes = 0;
	top_frame_make(&f, &model, &sites, &v);
	CHECK(!shows(&f, sites.sites[0].name));
	CHECK(shows(&f, sites.sites[2].name));
	CHECK(shows(&f, "and 2 lines hold nothing now"));
	top_frame_free(&f);
	/* But who asks what was allocated, ever, has them. */
	v.sort = TOP_BY_ALLOCATED;
	top_frame_make(&f, &model, &sites, &v);
	CHECK(shows(&f, sites.sites[0].name));
	CHECK(!shows(&f, "hold nothing now"));
	top_frame_free(&f);
	done();
}

TEST(a_small_one_keeps_the_end_of_names_and_the_first_site)
{
	struct top_view v = {.columns = 40, .rows = 10, .live = true};
	struct top_frame f;

	REQUIRE(look(NULL, true));
	top_sites_sort(&sites, TOP_BY_LIVE);
	top_frame_make(&f, &model, &sites, &v);
	CHECK(shows(&f, "RSS "));
	CHECK(shows(&f, "..eak.mjs:12:15"));
	CHECK(!shows(&f, "VERDICT"));
	top_frame_free(&f);
	done();
}

TEST(the_order_is_the_one_asked_for)
{
	REQUIRE(look(NULL, true));
	REQUIRE(sites.n >= 3);
	top_sites_sort(&sites, TOP_BY_ALLOCATED);
	CHECK(strstr(sites.sites[0].name, "server.mjs:40") != NULL);
	top_sites_sort(&sites, TOP_BY_GROWTH);
	CHECK(strstr(sites.sites[0].name, "leak.mjs") != NULL);
	CHECK(strstr(sites.sites[1].name, "libaddon.so") != NULL);
	top_sites_sort(&sites, TOP_BY_COUNT);
	for (size_t i = 1; i < sites.n; i++)
		CHECK(sites.sites[i - 1].live_count >= sites.sites[i].live_count);
	done();
}

TEST(what_a_program_is_called_cannot_steer_the_terminal)
{
	struct top_view v = {.columns = 120, .rows = 24, .utf8 = true};
	struct top_frame f;

	REQUIRE(look("/bin/\x1b[2Jevil\xff", true));
	top_frame_make(&f, &model, &sites, &v);
	CHECK(shows(&f, "\\x1b[2Jevil\\xff"));
	for (int i = 0; i < f.n; i++)
		CHECK(strchr(f.lines[i].text, '\x1b') == NULL);
	top_frame_free(&f);
	done();
}

TEST(without_a_trace_the_rest_is_shown_and_the_reason)
{
	struct top_view v = {.columns = 80, .rows = 24};
	struct top_frame f;

	REQUIRE(look(NULL, false));
	top_frame_make(&f, &model, &sites, &v);
	CHECK(shows(&f, "No lines: no trace in it"));
	CHECK(shows(&f, "RSS "));
	CHECK(shows(&f, "REUSED"));
	top_frame_free(&f);
	done();
}

TEST(a_second_look_at_the_same_state_sees_rates_of_zero)
{
	REQUIRE(look(NULL, true));
	CHECK(model.rates.since_start);
	CHECK(model.rates.requests > 0);
	done();
}

TEST(rates_are_of_all_the_time_that_was_counted)
{
	double requests;

	REQUIRE(look(NULL, true));
	requests = model.rates.requests;
	done();
	/* Just before its last write, as that of a process that asks for little. */
	made_late_ns = 99 * UINT64_C(1000000000);
	REQUIRE(look(NULL, true));
	CHECK(model.rates.requests == requests);
	done();
	made_late_ns = 0;
}

/* The slope, or what no slope is. */
static double
slope(void)
{
	double bytes_per_s;

	return top_model_rss_slope(&model, &bytes_per_s) ? bytes_per_s : -1;
}

TEST(the_slope_is_of_now_not_of_the_start)
{
	REQUIRE(look(NULL, true));
	/* 10 MB a second for ten seconds, then nothing. */
	model.n_history = 40;
	for (uint64_t i = 0; i < 40; i++) {
		model.history[i] = (i < 10 ? i : 10) * 10000000;
		model.history_ns[i] = STORY_START_UNIX + i * 1000000000;
	}
	CHECK(slope() == 0);
	/* The same going on, and in an old process only the last minute. */
	for (uint64_t i = 0; i < 40; i++)
		model.history[i] = i * 10000000;
	CHECK(slope() == 10000000);
	for (uint64_t i = 0; i < 40; i++)
		model.history_ns[i] += i < 20 ? 0 : 1000 * UINT64_C(1000000000);
	model.history[19] = 0;
	CHECK(slope() == 10000000);
	/* A program that has just started: what that took is no rate. */
	model.n_history = 3;
	for (uint64_t i = 0; i < 3; i++) {
		model.history[i] = i * 60000000;
		model.history_ns[i] = STORY_START_UNIX + i * 300000000;
	}
	CHECK(slope() == -1);
	done();
}

TEST(text_is_cut_between_characters)
{
	char buf[64];

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		SKIP("no locale C.UTF-8");
	CHECK_EQ(top_text_fit(buf, sizeof(buf), "añb", 2, true), 2);
	CHECK_STR(buf, "añ");
	CHECK_EQ(top_text_fit(buf, sizeof(buf), "añb", 9, false), 3);
	CHECK_STR(buf, "a?b");
	CHECK_EQ(top_text_fit(buf, sizeof(buf), "世界", 3, true), 2);
	CHECK_STR(buf, "世");
	CHECK_EQ(top_text_fit(buf, 4, "abcdef", 9, true), 3);
	CHECK_STR(buf, "abc");
	CHECK_EQ(top_text_tail(buf, sizeof(buf), "/a/long/path", 5, true), 5);
	CHECK_STR(buf, "…path");
	CHECK_EQ(top_text_tail(buf, sizeof(buf), "/a/long/path", 6, false), 6);
	CHECK_STR(buf, "..path");
	CHECK_EQ(top_text_tail(buf, sizeof(buf), "short", 5, false), 5);
	CHECK_STR(buf, "short");
	CHECK_EQ(top_text_tail(buf, sizeof(buf), "/a/long/path", 1, false), 1);
}

TEST(a_place_keeps_its_function_and_its_file)
{
	static const char place[] = "audit /srv/app/lib/audit.js:4:23";
	static const char words[] = "(no JavaScript on the stack: V8's compilers)";
	char buf[64];

	CHECK_EQ(top_text_place(buf, sizeof(buf), place, 32, true), 32);
	CHECK_STR(buf, place);
	CHECK_EQ(top_text_place(buf, sizeof(buf), place, 24, true), 24);
	CHECK_STR(buf, "audit \u2026lib/audit.js:4:23");
	CHECK_EQ(top_text_place(buf, sizeof(buf), place, 24, false), 24);
	CHECK_STR(buf, "audit ..ib/audit.js:4:23");
	/* The file comes first where not both have room. */
	CHECK_EQ(top_text_place(buf, sizeof(buf), place, 16, true), 16);
	CHECK_STR(buf, "\u2026b/audit.js:4:23");
	CHECK_EQ(top_text_place(buf, sizeof(buf), "emit node:internal/a/b:1:2", 18, true),
		 18);
	CHECK_STR(buf, "emit \u2026rnal/a/b:1:2");
	CHECK_EQ(top_text_place(buf, sizeof(buf), words, 20, true), 20);
	CHECK_STR(buf, "(no JavaScript on t\u2026");
	/* Below the program's folder, where no path begins with a slash. */
	CHECK_EQ(top_text_place(buf, sizeof(buf), "put services/store.js:14:3", 24, true),
		 24);
	CHECK_STR(buf, "put \u2026vices/store.js:14:3");
	CHECK_EQ(top_text_place(buf, sizeof(buf), "vips_new libvips.so.8", 10, true), 10);
	CHECK_STR(buf, "\u2026vips.so.8");
}

TEST(bars_stand_between_the_lowest_and_the_highest)
{
	static const uint64_t values[] = {100, 0, 50, 100};
	static const uint64_t flat[] = {7, 7};
	char buf[64];

	top_text_spark(buf, sizeof(buf), values, 4, 3, true);
	CHECK_STR(buf, "▁▅█");
	top_text_spark(buf, sizeof(buf), values, 4, 10, false);
	CHECK_STR(buf, "#_=#");
	top_text_spark(buf, sizeof(buf), flat, 2, 10, false);
	CHECK_STR(buf, "__");
	top_text_spark(buf, sizeof(buf), flat, 0, 10, true);
	CHECK_STR(buf, "");
}

#define TAP_TESTS                                                                        \
	T(every_size_is_kept_to)                                                         \
	T(a_usual_terminal_shows_all_parts)                                              \
	T(lines_that_hold_nothing_are_counted)                                           \
	T(a_small_one_keeps_the_end_of_names_and_the_first_site)                         \
	T(the_order_is_the_one_asked_for)                                                \
	T(what_a_program_is_called_cannot_steer_the_terminal)                            \
	T(without_a_trace_the_rest_is_shown_and_the_reason)                              \
	T(a_second_look_at_the_same_state_sees_rates_of_zero)                            \
	T(rates_are_of_all_the_time_that_was_counted)                                    \
	T(the_slope_is_of_now_not_of_the_start)                                          \
	T(text_is_cut_between_characters)                                                \
	T(a_place_keeps_its_function_and_its_file)                                       \
	T(bars_stand_between_the_lowest_and_the_highest)

TAP_MAIN()
