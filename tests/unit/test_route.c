/* SPDX-License-Identifier: Apache-2.0 */
/* Where requests go, policy/route.h: every place, its boundaries, and odd options. */
#include "include/weir/stats.h"
#include "policy/route.h"
#include "tests/tap.h"

#define KB 1024ull
#define MB (1024 * KB)

static struct weir_options
options(const char *text)
{
	struct weir_options o;
	struct weir_option_issue issue;

	weir_options_defaults(&o);
	CHECK_EQ(weir_options_parse(&o, text, &issue, 1), 0);
	return o;
}

#define CHECK_NEXT(route, request, why)                                                  \
	do {                                                                             \
		struct weir_route r_ = (route);                                          \
		CHECK_EQ(r_.place, WEIR_PLACE_NEXT);                                     \
		CHECK_EQ(r_.reason, why);                                                \
		CHECK_EQ(r_.bytes, request);                                             \
	} while (0)

#define CHECK_POOL(route, o, capacity)                                                   \
	do {                                                                             \
		struct weir_route r_ = (route);                                          \
		CHECK_EQ(r_.place, WEIR_PLACE_POOL);                                     \
		CHECK_EQ(r_.bytes, capacity);                                            \
		CHECK(r_.grade < (o)->classes.n);                                        \
		CHECK_EQ((o)->classes.bytes[r_.grade % WEIR_GRADES_MAX], capacity);      \
	} while (0)

#define CHECK_MAP(route, capacity)                                                       \
	do {                                                                             \
		struct weir_route r_ = (route);                                          \
		CHECK_EQ(r_.place, WEIR_PLACE_MAP);                                      \
		CHECK_EQ(r_.bytes, capacity);                                            \
	} while (0)

TEST(pool_up_to_the_threshold)
{
	struct weir_options o = options("");

	CHECK_POOL(weir_route(&o, 128 * KB, 0, 0), &o, 128 * KB);
	CHECK_POOL(weir_route(&o, 128 * KB + 1, 0, 0), &o, 160 * KB);
	CHECK_POOL(weir_route(&o, 2 * MB + 1, 16, 0), &o, 2560 * KB);
	CHECK_POOL(weir_route(&o, 10 * MB, 0, 0), &o, 10 * MB);
	CHECK_MAP(weir_route(&o, 10 * MB + 1, 0, 0), 10 * MB + 64 * KB);
}

TEST(pool_serves_alignments_up_to_a_page)
{
	struct weir_options o = options("");

	CHECK_POOL(weir_route(&o, 300 * KB, 1, 0), &o, 320 * KB);
	CHECK_POOL(weir_route(&o, 300 * KB, 4096, 0), &o, 320 * KB);
	CHECK_MAP(weir_route(&o, 300 * KB, 8192, 0), 300 * KB);
	CHECK_MAP(weir_route(&o, 300 * KB + 1, 8192, 0), 304 * KB);
}

TEST(map_serves_alignments_up_to_its_maximum)
{
	struct weir_options o = options("");

	CHECK_MAP(weir_route(&o, 20 * MB, WEIR_ALIGN_MAX, 0), 20 * MB);
	CHECK_NEXT(weir_route(&o, 20 * MB, 2 * WEIR_ALIGN_MAX, 0), 20 * MB,
		   WEIR_F_ALIGNMENT);
	CHECK_NEXT(weir_route(&o, 200 * KB, 1ull << 63, 0), 200 * KB, WEIR_F_ALIGNMENT);
}

TEST(map_rounds_to_pages_below_1m)
{
	struct weir_options o = options("threshold=128K");

	CHECK_MAP(weir_route(&o, 128 * KB + 1, 0, 0), 132 * KB);
	CHECK_MAP(weir_route(&o, 132 * KB, 0, 0), 132 * KB);
	CHECK_MAP(weir_route(&o, 1 * MB - 4096, 0, 0), 1 * MB - 4096);
	CHECK_MAP(weir_route(&o, 1 * MB - 4095, 0, 0), 1 * MB);
	CHECK_MAP(weir_route(&o, 1 * MB - 1, 0, 0), 1 * MB);
}

TEST(map_rounds_to_64k_from_1m)
{
	struct weir_options o = options("threshold=128K");

	CHECK_MAP(weir_route(&o, 1 * MB, 0, 0), 1 * MB);
	CHECK_MAP(weir_route(&o, 1 * MB + 1, 0, 0), 1 * MB + 64 * KB);
	CHECK_MAP(weir_route(&o, 1 * MB + 64 * KB, 0, 0), 1 * MB + 64 * KB);
	CHECK_MAP(weir_route(&o, 1 * MB + 64 * KB + 1, 0, 0), 1 * MB + 128 * KB);
	CHECK_MAP(weir_route(&o, 100 * MB - 1, 0, 0), 100 * MB);
}

TEST(map_adds_at_most_a_sixteenth)
{
	struct weir_options o = options("threshold=128K");

	for (uint64_t bytes = 128 * KB + 1; bytes < 40 * MB; bytes += 1009) {
		struct weir_route r = weir_route(&o, bytes, 0, 0);

		CHECK_EQ(r.place, WEIR_PLACE_MAP);
		CHECK(r.bytes >= bytes);
		CHECK_EQ(r.bytes % 4096, 0);
		CHECK(16 * (r.bytes - bytes) <= bytes);
	}
}

TEST(too_large)
{
	struct weir_options o = options("");

	CHECK_MAP(weir_route(&o, WEIR_MAP_MAX, 0, 0), WEIR_MAP_MAX);
	CHECK_MAP(weir_route(&o, WEIR_MAP_MAX - 1, 0, 0), WEIR_MAP_MAX);
	CHECK_NEXT(weir_route(&o, WEIR_MAP_MAX + 1, 0, 0), WEIR_MAP_MAX + 1,
		   WEIR_F_TOO_LARGE);
	CHECK_NEXT(weir_route(&o, UINT64_MAX, 4096, 0), UINT64_MAX, WEIR_F_TOO_LARGE);
}

TEST(kinds)
{
	struct weir_options o = options("kinds=backing_store:encoder");

	CHECK_POOL(weir_route(&o, MB, 0, WEIR_KIND_BACKING_STORE), &o, MB);
	CHECK_POOL(weir_route(&o, MB, 0, WEIR_KIND_ENCODER), &o, MB);
	CHECK_NEXT(weir_route(&o, MB, 0, WEIR_KIND_OTHER), MB, WEIR_F_KIND);
	o = options("kinds=all");
	for (uint32_t kind = 0; kind < WEIR_KIND_MMAP; kind++)
		CHECK_POOL(weir_route(&o, MB, 0, kind), &o, MB);
	CHECK_NEXT(weir_route(&o, MB, 0, WEIR_KIND_MMAP), MB, WEIR_F_KIND);
	CHECK_NEXT(weir_route(&o, MB, 0, 32), MB, WEIR_F_KIND);
	CHECK_NEXT(weir_route(&o, MB, 0, UINT32_MAX), MB, WEIR_F_KIND);
}

/* One request is counted under one reason: the first of these. */
TEST(reasons_in_order)
{
	struct weir_options o = options("kinds=encoder");

	CHECK_NEXT(weir_route(&o, UINT64_MAX, 1ull << 40, WEIR_KIND_OTHER), UINT64_MAX,
		   WEIR_F_KIND);
	CHECK_NEXT(weir_route(&o, UINT64_MAX, 1ull << 40, WEIR_KIND_ENCODER), UINT64_MAX,
		   WEIR_F_TOO_LARGE);
}

TEST(threshold_below_the_floor)
{
	struct weir_options o = options("threshold=8K,floor=1M");

	CHECK_MAP(weir_route(&o, 1 * MB, 0, 0), 1 * MB);
	CHECK_POOL(weir_route(&o, 8 * KB, 0, 0), &o, 8 * KB);
}

TEST(threshold_above_the_largest_class)
{
	struct weir_options o = options("threshold=1G");

	CHECK_POOL(weir_route(&o, 10 * MB, 0, 0), &o, 10 * MB);
	CHECK_MAP(weir_route(&o, 10 * MB + 1, 0, 0), 10 * MB + 64 * KB);
	CHECK_MAP(weir_route(&o, 1024 * MB, 0, 0), 1024 * MB);
}

/* The class may be larger than the threshold: what counts is the request. */
TEST(threshold_between_two_classes)
{
	struct weir_options o = options("threshold=300K");

	CHECK_POOL(weir_route(&o, 300 * KB, 0, 0), &o, 320 * KB);
	CHECK_MAP(weir_route(&o, 300 * KB + 1, 0, 0), 304 * KB);
}

TEST(one_class)
{
	struct weir_options o = options("classes=256K");

	CHECK_POOL(weir_route(&o, 1, 0, 0), &o, 256 * KB);
	CHECK_POOL(weir_route(&o, 256 * KB, 0, 0), &o, 256 * KB);
	CHECK_MAP(weir_route(&o, 256 * KB + 1, 0, 0), 260 * KB);
}

TEST(no_options_at_all)
{
	struct weir_options o;

	memset(&o, 0, sizeof(o));
	CHECK_NEXT(weir_route(&o, MB, 0, 0), MB, WEIR_F_KIND);
	o.kinds = UINT32_MAX;
	o.page = 4096;
	CHECK_MAP(weir_route(&o, MB, 0, 0), MB);
	CHECK_MAP(weir_route(&o, 1, 0, 0), 4096);
	CHECK_MAP(weir_route(&o, 0, 0, 0), 4096);
	CHECK_NEXT(weir_route(&o, MB, 0, WEIR_N_KINDS), MB, WEIR_F_KIND);
	o.threshold = UINT64_MAX;
	CHECK_MAP(weir_route(&o, 9 * KB, 0, 0), 12 * KB);
}

/* Near a memory limit, a block takes its pages and no more, wherever it would have gone. */
TEST(tightly)
{
	struct weir_options o = options("");
	struct weir_route r = weir_route(&o, 300 * KB + 1, 0, 0);

	weir_route_tightly(&o, &r, 300 * KB + 1);
	CHECK_MAP(r, 304 * KB);
	r = weir_route(&o, 20 * MB + 1, 0, 0);
	weir_route_tightly(&o, &r, 20 * MB + 1);
	CHECK_MAP(r, 20 * MB + 4 * KB);
	r = weir_route(&o, 128 * KB, 0, 0);
	weir_route_tightly(&o, &r, 128 * KB);
	CHECK_MAP(r, 128 * KB);
	r = weir_route(&o, MB, 0, WEIR_N_KINDS);
	weir_route_tightly(&o, &r, MB);
	CHECK_NEXT(r, MB, WEIR_F_KIND);
}

TEST(larger_pages)
{
	struct weir_options o = options("");

	weir_options_fit(&o, 16 * KB);
	CHECK_POOL(weir_route(&o, 1, 0, 0), &o, 16 * KB);
	CHECK_POOL(weir_route(&o, 33 * KB, 0, 0), &o, 48 * KB);
	CHECK_POOL(weir_route(&o, 10 * MB, 0, 0), &o, 10 * MB);
	CHECK_MAP(weir_route(&o, 300 * KB, 8192, 0), 304 * KB);
	o = options("threshold=128K");
	weir_options_fit(&o, 64 * KB);
	CHECK_POOL(weir_route(&o, 65 * KB, 0, 0), &o, 128 * KB);
	CHECK_MAP(weir_route(&o, 128 * KB + 1, 0, 0), 192 * KB);
	CHECK_MAP(weir_route(&o, 2 * MB + 1, 0, 0), 2 * MB + 64 * KB);
	for (uint32_t i = 0; i < o.classes.n; i++) {
		CHECK_EQ(o.classes.bytes[i] % (64 * KB), 0);
		CHECK(i == 0 || o.classes.bytes[i] > o.classes.bytes[i - 1]);
	}
	struct weir_route r = weir_route(&o, MB, 0, 0);
	weir_route_tightly(&o, &r, MB + 1);
	CHECK_EQ(r.bytes, MB + 64 * KB);
}

#define TAP_TESTS                                                                        \
	T(pool_up_to_the_threshold)                                                      \
	T(pool_serves_alignments_up_to_a_page)                                           \
	T(map_serves_alignments_up_to_its_maximum)                                       \
	T(map_rounds_to_pages_below_1m)                                                  \
	T(map_rounds_to_64k_from_1m)                                                     \
	T(map_adds_at_most_a_sixteenth)                                                  \
	T(too_large)                                                                     \
	T(kinds)                                                                         \
	T(tightly)                                                                       \
	T(larger_pages)                                                                  \
	T(reasons_in_order)                                                              \
	T(threshold_below_the_floor)                                                     \
	T(threshold_above_the_largest_class)                                             \
	T(threshold_between_two_classes)                                                 \
	T(one_class)                                                                     \
	T(no_options_at_all)
TAP_MAIN()
