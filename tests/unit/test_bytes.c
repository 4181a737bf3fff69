/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations on bytes, against models that are too simple to be wrong.
 */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/bytes_model.h"
#include "tests/unit/guard.h"
#include "tests/unit/uppers.h"
#include "tests/tap.h"

#include "encode/codec.h"
#include "encode/two_way.h"
#include "weir/bytes.h"
#include "weir/encode.h"
#include "weir/scratch.h"

static uint32_t seed = 3;

static void
fill(uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)guard_random(&seed);
}

static void
check_copy(struct guard *a, struct guard *b, size_t n, int ends)
{
	uint8_t *src = guard_at(a, n, ends & 1), *dst = guard_at(b, n, ends >> 1);

	fill(src, n);
	memset(b->first, 0xa5, b->bytes);
	CHECK(weir_copy(dst, src, n) == dst);
	CHECK(memcmp(dst, src, n) == 0);
	for (uint8_t *p = b->first; p < b->first + b->bytes; p++)
		if ((p < dst || p >= dst + n) && *p != 0xa5) {
			CHECK(!"wrote outside");
			break;
		}
}

TEST(copy_small)
{
	struct guard a = guard_new(4096), b = guard_new(4096);

	for (size_t n = 0; n <= 300; n++)
		for (int ends = 0; ends < 4; ends++)
			check_copy(&a, &b, n, ends);
}

/* Every tier's two ways, at every distance that is near modulo a page. */
static void
copy_near_modulo_a_page_in(int own)
{
	static uint8_t src[3 * 4096], dst[3 * 4096 + 128], want[3 * 4096 + 128];

	copy_own_ways(own);
	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++) {
		CHECK_EQ(codec_force((*t)->name), 0);
		for (size_t skew = 0; skew < 70; skew++)
			for (int way = 0; way < 3; way++) {
				size_t n = 2048 + guard_random(&seed) % 4096,
				       at = guard_random(&seed) % 64;
				size_t to = (at + skew) % 128;

				fill(src, sizeof(src));
				fill(dst, sizeof(dst));
				memcpy(want, dst, sizeof(dst));
				memcpy(want + to, src + at, n);
				if (way == 0)
					weir_copy(dst + to, src + at, n);
				else
					(way == 1 ? (*t)->copy : (*t)->copy_stream)(
						dst + to, src + at, n);
				CHECK(!uppers_dirty());
				CHECK(memcmp(dst, want, sizeof(dst)) == 0);
			}
	}
}

/* The ways that only some processors take are taken here on all. */
TEST(copy_near_modulo_a_page)
{
	for (int own = 0; own < 2; own++)
		copy_near_modulo_a_page_in(own);
	copy_own_ways(-1);
}

static void
copy_overlapping_in(int own)
{
	static uint8_t bytes[20000], want[20000];

	copy_own_ways(own);
	for (int i = 0; i < 3000; i++) {
		size_t n = guard_random(&seed) % (i % 3 ? 100 : 9000);
		size_t from = guard_random(&seed) % 10000,
		       to = from + guard_random(&seed) % 200;

		if (i % 2) {
			size_t swap = from;

			from = to;
			to = swap;
		}
		fill(bytes, sizeof(bytes));
		memcpy(want, bytes, sizeof(bytes));
		memmove(want + to, want + from, n);
		weir_copy(bytes + to, bytes + from, n);
		CHECK(memcmp(bytes, want, sizeof(bytes)) == 0);
	}
}

TEST(copy_overlapping)
{
	for (int own = 0; own < 2; own++)
		copy_overlapping_in(own);
	copy_own_ways(-1);
}

static void
copy_large_in(int own)
{
	enum { N = 40 << 20 };
	uint8_t *src = malloc(N), *dst = malloc(N + 1);

	copy_own_ways(own);
	REQUIRE(src != NULL && dst != NULL);
	for (size_t i = 0; i < N; i++)
		src[i] = (uint8_t)(i ^ i >> 8 ^ i >> 16);
	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++) {
		codec_force((*t)->name);
		memset(dst, 0, N + 1);
		weir_copy(dst, src + 3, N - 3);
		CHECK(!uppers_dirty());
		CHECK(memcmp(dst, src + 3, N - 3) == 0);
		CHECK_EQ(dst[N - 3], 0);
	}
	free(src);
	free(dst);
}

TEST(copy_large)
{
	for (int own = 0; own < 2; own++)
		copy_large_in(own);
	copy_own_ways(-1);
}

TEST(extract)
{
	uint8_t out[8] = "........";

	CHECK_EQ(weir_extract(out, 8, "abcdef", 6, 1, 4), 3);
	CHECK(memcmp(out, "bcd.", 4) == 0);
	CHECK_EQ(weir_extract(out, 8, "abcdef", 6, 4, SIZE_MAX), 2);
	CHECK_EQ(weir_extract(out, 8, "abcdef", 6, 7, SIZE_MAX), 0);
	CHECK_EQ(weir_extract(out, 8, "abcdef", 6, 5, 2), 0);
	CHECK_EQ(weir_extract(out, 2, "abcdef", 6, 0, 6), 2);
	CHECK_EQ(weir_extract(NULL, 0, NULL, 0, 0, 9), 0);
	size_t length;
	uint8_t *block = weir_extract_scratch("abcdef", 6, 2, 5, &length);
	REQUIRE(block != NULL);
	CHECK(length == 3 && memcmp(block, "cde", 3) == 0);
	CHECK_EQ(weir_scratch_unref(block), 1);
}

TEST(compare)
{
	CHECK_EQ(weir_compare("a", 1, "b", 1), -1);
	CHECK_EQ(weir_compare("\xff", 1, "b", 1), 1);
	CHECK_EQ(weir_compare("ab", 2, "a", 1), 1);
	CHECK_EQ(weir_compare("a", 1, "ab", 2), -1);
	CHECK_EQ(weir_compare("ab", 2, "ab", 2), 0);
	CHECK_EQ(weir_compare(NULL, 0, NULL, 0), 0);
	CHECK_EQ(weir_compare(NULL, 0, "a", 1), -1);
}

/* Few different bytes, so that much nearly matches and Two-Way has its turn. */
TEST(index_of)
{
	struct guard g = guard_new(4096), h = guard_new(4096);

	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++) {
		codec_force((*t)->name);
		for (int i = 0; i < 20000; i++) {
			size_t n = guard_random(&seed) % (i % 50 ? 300 : 4000);
			size_t m = guard_random(&seed) % (i % 7 ? 12 : 120);
			uint32_t letters = 1 + guard_random(&seed) % 3;
			uint8_t *bytes = guard_at(&g, n, i & 1),
				*needle = guard_at(&h, m, i & 2);
			size_t from = guard_random(&seed) % 4
					      ? 0
					      : guard_random(&seed) % (n + 2);

			for (size_t j = 0; j < n; j++)
				bytes[j] = (uint8_t)('a' + guard_random(&seed) % letters);
			for (size_t j = 0; j < m; j++)
				needle[j] =
					(uint8_t)('a' + guard_random(&seed) % letters);
			if (m < n && i % 3)
				memcpy(bytes + guard_random(&seed) % (n - m), needle, m);
			if (m > 4 && i % 5 == 0)
				memset(needle, 'a', m - 1);
			size_t found = weir_index_of(bytes, n, needle, m, from);
			CHECK(!uppers_dirty());
			CHECK_EQ(found, bytes_model_find(bytes, n, needle, m, from));
		}
	}
}

/* All needles of up to nine of two letters, in texts made of their own pieces. */
TEST(two_way)
{
	uint8_t needle[9], bytes[64];

	for (size_t m = 1; m <= sizeof(needle); m++)
		for (uint32_t bits = 0; bits < 1u << m; bits++) {
			for (size_t i = 0; i < m; i++)
				needle[i] = (uint8_t)('a' + (bits >> i & 1));
			for (int round = 0; round < 40; round++) {
				size_t n = 0;

				while (n + m < sizeof(bytes)) {
					size_t part =
						guard_random(&seed) % (m + (round & 1));

					memcpy(bytes + n, needle, part);
					n += part;
					bytes[n++] =
						(uint8_t)('a' + guard_random(&seed) % 2);
				}
				CHECK_EQ(two_way_find(bytes, n, needle, m),
					 bytes_model_find(bytes, n, needle, m, 0));
			}
		}
}

/* A text that lets the filter pass everything, longer than it is let to. */
TEST(index_of_worst_case)
{
	enum { N = 100000, M = 400 };
	static uint8_t bytes[N], needle[M];

	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++) {
		codec_force((*t)->name);
		memset(bytes, 'a', N);
		memset(needle, 'a', M);
		needle[300] = 'b'; /* beyond what is looked at to choose */
		CHECK_EQ(weir_index_of(bytes, N, needle, M, 0), WEIR_NOT_FOUND);
		memcpy(bytes + N - M - 7, needle, M);
		CHECK_EQ(weir_index_of(bytes, N, needle, M, 0), N - M - 7);
	}
}

TEST(views)
{
	uint8_t *block = weir_scratch_get(10000);
	size_t capacity = weir_scratch_capacity(block);
	struct weir_view view, part;

	REQUIRE(block != NULL);
	memcpy(block, "0123456789", 10);
	CHECK_EQ(weir_view_of(&view, block, 0, capacity + 1), -ERANGE);
	CHECK_EQ(weir_view_of(&view, block, SIZE_MAX, 2), -ERANGE);
	CHECK_EQ(weir_view_of(&view, block + 1, 0, 1), -EINVAL);
	CHECK_EQ(weir_view_of(&view, block, 2, 8), 0);
	CHECK_EQ(weir_scratch_unref(block), 0);
	CHECK_EQ(weir_view_slice(&part, &view, 1, 3), 0);
	CHECK(part.n == 2 && memcmp(part.bytes, "34", 2) == 0);
	struct weir_view borrowed = weir_view_borrow(&part, 1, 99);
	CHECK(borrowed.n == 1 && borrowed.bytes[0] == '4' && borrowed.parent == NULL);
	CHECK_EQ(weir_view_borrow(&part, 5, 9).n, 0);
	CHECK_EQ(weir_view_release(&view), 0);
	CHECK_EQ(part.bytes[0], '3');
	CHECK_EQ(weir_view_release(&part), 1);
	CHECK_EQ(weir_view_release(&part), 0);
}

static void
check_snapshots(size_t bytes)
{
	struct weir_cow block;
	struct weir_snapshot a, b, c;

	REQUIRE(weir_cow_new(&block, bytes) == 0);
	uint8_t *p = weir_cow_write(&block);
	REQUIRE(p != NULL);
	memset(p, 1, bytes);
	CHECK_EQ(weir_snapshot_take(&a, &block), 0);
	CHECK_EQ(weir_snapshot_take(&b, &block), 0);
	CHECK(a.n == bytes && a.bytes[0] == 1 && a.bytes[bytes - 1] == 1);
	a.bytes[0] = 2; /* is its own */
	CHECK(block.bytes[0] == 1 && b.bytes[0] == 1);
	p = weir_cow_write(&block);
	REQUIRE(p != NULL);
	p[0] = 3;
	p[bytes - 1] = 4;
	CHECK(a.bytes[0] == 2 && b.bytes[0] == 1 && b.bytes[bytes - 1] == 1);
	CHECK_EQ(weir_snapshot_take(&c, &block), 0);
	CHECK(c.bytes[0] == 3 && c.bytes[1] == 1 && c.bytes[bytes - 1] == 4);
	p = weir_cow_write(&block);
	p[1] = 9;
	CHECK(c.bytes[1] == 1 && b.bytes[1] == 1);
	weir_cow_free(&block);
	CHECK(c.bytes[0] == 3 && b.bytes[0] == 1);
	CHECK_EQ(a.mapped != 0, bytes >= WEIR_COW_MIN);
	weir_snapshot_release(&a);
	weir_snapshot_release(&b);
	weir_snapshot_release(&c);
}

TEST(snapshots)
{
	check_snapshots(3);
	check_snapshots(100000);
	check_snapshots(WEIR_COW_MIN - 1);
	check_snapshots(WEIR_COW_MIN);
	check_snapshots(WEIR_COW_MIN + 12345);
}

/* A write that was not announced after a snapshot would be missing in the next one: it faults. */
TEST(unannounced_write_faults)
{
	struct weir_cow block;
	struct weir_snapshot s;
	int status = 0;

	REQUIRE(weir_cow_new(&block, WEIR_COW_MIN) == 0);
	REQUIRE(weir_snapshot_take(&s, &block) == 0);
	pid_t child = fork();
	if (child == 0) {
		signal(SIGSEGV, SIG_DFL); /* no sanitizer's report */
		setrlimit(RLIMIT_CORE, &(struct rlimit){0});
		*(volatile uint8_t *)block.bytes = 1;
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child &&
	      !(WIFEXITED(status) && WEXITSTATUS(status) == 0));
	weir_snapshot_release(&s);
	weir_cow_free(&block);
}

static size_t
cut(size_t n, size_t start, size_t *end)
{
	*end = *end < n ? *end : n;
	return start < *end ? start : *end;
}

/* Hex text, search, comparison and copy of ranges that nobody checked: cut to what is there. */
TEST(ranges)
{
	static const size_t edges[] = {
		0, 1, 2, 31, 32, 33, 63, 64, SIZE_MAX / 2, SIZE_MAX - 1, SIZE_MAX};
	enum { N = 64, EDGES = sizeof(edges) / sizeof(edges[0]) };
	struct guard g = guard_new(4096);
	uint8_t *bytes = guard_at(&g, N, 1), out[N];
	struct weir_view all = {bytes, N, NULL};

	fill(bytes, N);
	for (size_t i = 0; i < EDGES * EDGES; i++) {
		size_t start = edges[i % EDGES], given = edges[i / EDGES], end = given;
		size_t from = cut(N, start, &end), n = end - from;
		struct weir_view v = weir_view_borrow(&all, start, given);
		char text[2 * N], want[2 * N + 1];

		for (size_t j = 0; j < n; j++)
			snprintf(want + 2 * j, 3, "%02x", bytes[from + j]);
		CHECK_EQ(weir_encode(WEIR_HEX, text, sizeof(text), v.bytes, v.n).written,
			 2 * n);
		CHECK(memcmp(text, want, 2 * n) == 0);
		CHECK_EQ(weir_index_of(v.bytes, v.n, bytes + 40, 2, 0),
			 bytes_model_find(bytes + from, n, bytes + 40, 2, 0));
		CHECK_EQ(weir_compare(v.bytes, v.n, bytes + from, n), 0);
		CHECK_EQ(weir_extract(out, N, bytes, N, start, given), n);
		CHECK(memcmp(out, bytes + from, n) == 0);
	}
}

#define TAP_TESTS                                                                        \
	T(copy_small)                                                                    \
	T(copy_near_modulo_a_page)                                                       \
	T(copy_overlapping)                                                              \
	T(copy_large)                                                                    \
	T(extract)                                                                       \
	T(compare)                                                                       \
	T(index_of)                                                                      \
	T(two_way)                                                                       \
	T(index_of_worst_case)                                                           \
	T(views)                                                                         \
	T(snapshots)                                                                     \
	T(unannounced_write_faults)                                                      \
	T(ranges)
TAP_MAIN()
