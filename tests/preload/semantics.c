/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What malloc and its family promise, at sizes below and above weir's floor and threshold. Must
 * pass without any preload (against glibc) and with weir: the same program asserts the same.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/old_glibc.h"
#include "tests/tap.h"

/* Below the floor, pool, boundary of classes, map, large map. */
static const size_t sizes[] = {24,	 100000,   131071,   131072,  131073,
			       200000,	 1048576,  1048577,  5000000, 10485760,
			       10485761, 40000000, 4097 * 33};
enum { N_SIZES = sizeof(sizes) / sizeof(sizes[0]) };

/* Not optimised away, not reasoned about. */
static void *volatile escape;

static void *
launder(void *p)
{
	escape = p;
	return escape;
}

static void
write_ends(unsigned char *p, size_t size)
{
	p[0] = 0x11;
	p[size / 2] = 0x22;
	p[size - 1] = 0x33;
}

TEST(malloc_gives_aligned_writable_usable_bytes)
{
	for (int i = 0; i < N_SIZES; i++) {
		unsigned char *p = malloc(sizes[i]);

		REQUIRE(p != NULL);
		CHECK_EQ((uintptr_t)p % alignof(max_align_t), 0);
		size_t usable = malloc_usable_size(p);
		CHECK(usable >= sizes[i]);
		memset(p, 0xa5, usable);
		free(p);
	}
}

TEST(calloc_is_zero_after_dirty_frees)
{
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < N_SIZES; i++) {
			unsigned char *p = launder(malloc(sizes[i]));
			REQUIRE(p != NULL);
			memset(p, 0xff, malloc_usable_size(p));
			free(p);
			p = calloc(round == 1 ? 1 : sizes[i], round == 1 ? sizes[i] : 1);
			REQUIRE(p != NULL);
			size_t bad = 0, usable = malloc_usable_size(p);
			for (size_t at = 0; at < usable; at++)
				bad += p[at] != 0;
			CHECK_EQ(bad, 0);
			memset(p, 0xee, usable);
			free(p);
		}
}

TEST(overflow_and_absurd_sizes)
{
	volatile size_t half = SIZE_MAX / 2 + 1, huge = PTRDIFF_MAX, all = SIZE_MAX;
	void *p = (void *)1;

	errno = 0;
	CHECK(launder(calloc(half, 2)) == NULL && errno == ENOMEM);
	errno = 0;
	CHECK(launder(calloc(half, 3)) == NULL && errno == ENOMEM);
	errno = 0;
	CHECK(launder(malloc(huge)) == NULL && errno == ENOMEM);
	errno = 0;
	CHECK(launder(malloc(all)) == NULL && errno == ENOMEM);
	errno = 0;
	CHECK(launder(reallocarray(NULL, half, 2)) == NULL && errno == ENOMEM);
	errno = 0;
	CHECK(launder(aligned_alloc(64, huge - 63)) == NULL && errno == ENOMEM);
	errno = 0;
	CHECK(launder(pvalloc(all - 100)) == NULL && errno == ENOMEM);
	CHECK_EQ(posix_memalign(&p, 64, huge), ENOMEM);
	CHECK(p == (void *)1);
}

TEST(failed_realloc_keeps_the_block)
{
	for (int i = 0; i < N_SIZES; i++) {
		unsigned char *p = launder(malloc(sizes[i]));
		volatile size_t huge = PTRDIFF_MAX;

		REQUIRE(p != NULL);
		write_ends(p, sizes[i]);
		errno = 0;
		CHECK(launder(realloc(p, huge)) == NULL && errno == ENOMEM);
		CHECK(p[0] == 0x11 && p[sizes[i] - 1] == 0x33);
		free(p);
	}
}

TEST(realloc_keeps_content_from_every_size_to_every_size)
{
	for (int from = 0; from < N_SIZES; from++)
		for (int to = 0; to < N_SIZES; to++) {
			size_t keep = sizes[from] < sizes[to] ? sizes[from] : sizes[to];
			unsigned char *p = malloc(sizes[from]);
			size_t bad = 0;

			REQUIRE(p != NULL);
			for (size_t at = 0; at < sizes[from]; at += 61)
				p[at] = (unsigned char)(at * 7);
			p = realloc(p, sizes[to]);
			REQUIRE(p != NULL);
			for (size_t at = 0; at < keep; at += 61)
				bad += p[at] != (unsigned char)(at * 7);
			CHECK_EQ(bad, 0);
			CHECK(malloc_usable_size(p) >= sizes[to]);
			p[sizes[to] - 1] = 1;
			free(p);
		}
}

/* Redis fills what malloc_usable_size promises, and has it moved by realloc. */
TEST(realloc_keeps_every_byte_that_was_usable)
{
	for (int from = 0; from < N_SIZES; from++)
		for (int to = 0; to < N_SIZES; to++) {
			unsigned char *p = malloc(sizes[from]);
			size_t bad = 0;

			REQUIRE(p != NULL);
			size_t usable = malloc_usable_size(p);
			size_t keep = usable < sizes[to] ? usable : sizes[to];
			memset(p + sizes[from], 0x5b, usable - sizes[from]);
			p = realloc(p, sizes[to]);
			REQUIRE(p != NULL);
			for (size_t at = sizes[from]; at < keep; at++)
				bad += p[at] != 0x5b;
			CHECK_EQ(bad, 0);
			free(p);
		}
}

TEST(realloc_edges)
{
	for (int i = 0; i < N_SIZES; i++) {
		void *p = realloc(NULL, sizes[i]);

		REQUIRE(p != NULL);
		errno = 0;
		CHECK(launder(realloc(p, 0)) == NULL); /* glibc: frees */
		CHECK_EQ(errno, 0);
		p = reallocarray(NULL, sizes[i], 1);
		REQUIRE(p != NULL);
		free(p);
	}
}

TEST(realloc_grows_step_by_step)
{
	size_t size = 1000;
	unsigned char *p = malloc(size);

	REQUIRE(p != NULL);
	for (size_t at = 0; at < size; at++)
		p[at] = (unsigned char)at;
	while (size < 60000000) {
		size_t more = size + size / 8 + 1;

		p = realloc(p, more);
		REQUIRE(p != NULL);
		CHECK(p[size - 1] == (unsigned char)(size - 1));
		for (size_t at = size; at < more; at++)
			p[at] = (unsigned char)at;
		size = more;
	}
	size_t bad = 0;
	for (size_t at = 0; at < size; at++)
		bad += p[at] != (unsigned char)at;
	CHECK_EQ(bad, 0);
	while (size > 1000) {
		size_t less = size * 2 / 3;

		p = realloc(p, less);
		REQUIRE(p != NULL);
		CHECK(p[less - 1] == (unsigned char)(less - 1));
		size = less;
	}
	free(p);
}

TEST(alignment)
{
	static const size_t aligns[] = {8,     16,	64,	 4096,	 8192,
					65536, 1 << 20, 2 << 20, 4 << 20};

	for (size_t a = 0; a < sizeof(aligns) / sizeof(aligns[0]); a++)
		for (int i = 0; i < N_SIZES; i++) {
			void *p = NULL;

			CHECK_EQ(posix_memalign(&p, aligns[a], sizes[i]), 0);
			REQUIRE(p != NULL && (uintptr_t)p % aligns[a] == 0);
			write_ends(p, sizes[i]);
			p = realloc(p, sizes[i] * 2);
			REQUIRE(p != NULL && *(unsigned char *)p == 0x11);
			free(p);
			p = aligned_alloc(aligns[a],
					  sizes[i]); /* size need not be a multiple */
			REQUIRE(p != NULL && (uintptr_t)p % aligns[a] == 0);
			write_ends(p, sizes[i]);
			free(p);
			p = memalign(aligns[a], sizes[i]);
			REQUIRE(p != NULL && (uintptr_t)p % aligns[a] == 0);
			write_ends(p, sizes[i]);
			free(p);
		}
}

TEST(posix_memalign_refuses_bad_alignments)
{
	static const size_t bad[] = {0, 1, 2, 3, 4, 7, 12, 24, 100, 4095};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (int s = 0; s < N_SIZES; s += 5) {
			void *p = (void *)0x77;

			CHECK_EQ(posix_memalign(&p, bad[i], sizes[s]), EINVAL);
			CHECK(p == (void *)0x77);
		}
}

TEST(odd_alignments_are_served_like_glibc)
{
	volatile size_t odd = 24; /* glibc rounds up to a power of two */

	for (int i = 0; i < N_SIZES; i += 4) {
		void *p = memalign(odd, sizes[i]);

		CHECK(p != NULL && (uintptr_t)p % 16 == 0);
		free(p);
	}
}

TEST(valloc_and_pvalloc)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (int i = 0; i < N_SIZES; i++) {
		void *p = valloc(sizes[i]);
		REQUIRE(p != NULL && (uintptr_t)p % page == 0);
		free(p);
		p = pvalloc(sizes[i]);
		REQUIRE(p != NULL && (uintptr_t)p % page == 0);
		CHECK(malloc_usable_size(p) >= (sizes[i] + page - 1) / page * page);
		free(p);
	}
}

TEST(free_keeps_errno)
{
	for (int i = 0; i < N_SIZES; i++) {
		void *p = malloc(sizes[i]);

		REQUIRE(p != NULL);
		errno = 0xdead;
		free(p);
		CHECK_EQ(errno, 0xdead);
	}
	errno = 0xdead;
	free(NULL);
	CHECK_EQ(errno, 0xdead);
}

TEST(success_keeps_errno)
{
	for (int i = 0; i < N_SIZES; i++) {
		errno = 0xbeef;
		void *p = realloc(malloc(sizes[i]), sizes[i] * 2);
		CHECK_EQ(errno, 0xbeef);
		free(p);
	}
}

TEST(usable_size_of_null_is_zero)
{
	CHECK_EQ(malloc_usable_size(NULL), 0);
}

static void *
free_there(void *p)
{
	free(p);
	return NULL;
}

TEST(freed_on_another_thread)
{
	for (int i = 0; i < 200; i++) {
		pthread_t thread;
		void *p = malloc(sizes[i % N_SIZES]);

		REQUIRE(p != NULL);
		write_ends(p, sizes[i % N_SIZES]);
		REQUIRE(pthread_create(&thread, NULL, free_there, p) == 0);
		pthread_join(thread, NULL);
	}
}

TEST(trim_and_info)
{
#ifdef HAS_NO_MALLINFO2
	SKIP("this C library has no mallinfo2");
#endif
	void *p = malloc(30000000);

	REQUIRE(p != NULL);
	memset(p, 1, 30000000);
	struct mallinfo2 with = mallinfo2();
	free(p);
	malloc_trim(0);
	struct mallinfo2 without = mallinfo2();
	CHECK(with.hblkhd + with.uordblks >=
	      without.hblkhd + without.uordblks + 30000000);
}

#define TAP_TESTS                                                                        \
	T(malloc_gives_aligned_writable_usable_bytes)                                    \
	T(calloc_is_zero_after_dirty_frees)                                              \
	T(overflow_and_absurd_sizes)                                                     \
	T(failed_realloc_keeps_the_block)                                                \
	T(realloc_keeps_every_byte_that_was_usable)                                      \
	T(realloc_keeps_content_from_every_size_to_every_size)                           \
	T(realloc_edges)                                                                 \
	T(realloc_grows_step_by_step)                                                    \
	T(alignment)                                                                     \
	T(posix_memalign_refuses_bad_alignments)                                         \
	T(odd_alignments_are_served_like_glibc)                                          \
	T(valloc_and_pvalloc)                                                            \
	T(free_keeps_errno)                                                              \
	T(success_keeps_errno)                                                           \
	T(usable_size_of_null_is_zero)                                                   \
	T(freed_on_another_thread)                                                       \
	T(trim_and_info)
TAP_MAIN()
