/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scratch API over the pool: capacities, references, strangers, growth. test_magazine.c has what
 * threads and the clock do to it.
 */
#include "pool/scratch_pool.h"

#include <errno.h>
#include <unistd.h>

#include "tests/unit/pool_model.h"

/* Sanitizers touch memory of their own as they go. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { NOISE = 1 << 20 };
#else
enum { NOISE = 0 };
#endif

static long
resident(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f != NULL && fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	if (f != NULL)
		fclose(f);
	return pages * 4096;
}

TEST(capacity_is_the_class_s)
{
	model_init();
	for (size_t bytes = 0; bytes <= (size_t)10 << 20; bytes += 70001) {
		void *p = model_scratch(bytes);
		size_t capacity = weir_scratch_size(p);

		REQUIRE(p != NULL && capacity >= bytes);
		int known = 0;
		for (int i = 0; i < MODEL_CLASSES; i++)
			known += capacity == model_classes[i];
		CHECK_EQ(known, 1);
		memset(p, 1, capacity);
		CHECK_EQ(weir_scratch_drop(p), 1);
	}
}

/* What is known of a block stands elsewhere, in a record that a lookup reads with one miss. */
TEST(blocks_have_no_header_and_records_one_line)
{
	model_init();
	char *p = model_scratch(8192);

	REQUIRE(p != NULL);
	CHECK_EQ((uintptr_t)p % WEIR_PAGE_BYTES, 0);
	CHECK_EQ(weir_scratch_size(p), 8192); /* all of it the caller's */
	CHECK_EQ(sizeof(struct weir_span), 64);
	CHECK_EQ(weir_scratch_drop(p), 1);
}

TEST(above_the_largest_class_is_served_and_not_pooled)
{
	model_init();
	size_t bytes = ((size_t)10 << 20) + 1;
	void *p = model_scratch(bytes);

	REQUIRE(p != NULL);
	CHECK_EQ(weir_scratch_size(p), ((size_t)10 << 20) + WEIR_PAGE_BYTES);
	memset(p, 1, bytes);
	CHECK_EQ(weir_span_at(p)->grade, WEIR_SPAN_NO_GRADE);
	CHECK_EQ(weir_scratch_drop(p), 1);
	model_check();
	CHECK(model_scratch(SIZE_MAX - 5) == NULL);
}

TEST(references_count)
{
	model_init();
	void *p = model_scratch(1000);

	REQUIRE(p != NULL);
	CHECK_EQ(weir_scratch_share(p), 0);
	CHECK_EQ(weir_scratch_share(p), 0);
	CHECK_EQ(weir_scratch_drop(p), 0);
	CHECK_EQ(weir_scratch_drop(p), 0);
	CHECK_EQ(weir_scratch_drop(p), 1);
	CHECK_EQ(weir_scratch_drop(p), -EINVAL);
	CHECK_EQ(weir_scratch_share(p), -EINVAL);
	CHECK_EQ(weir_scratch_size(p), 0);
}

TEST(strangers_are_refused)
{
	struct weir_ask ask = {.requested = 5000};
	char local[16];

	model_init();
	CHECK_EQ(weir_scratch_drop(NULL), -EINVAL);
	CHECK_EQ(weir_scratch_drop(local), -EINVAL);
	CHECK_EQ(weir_scratch_size(local), 0);
	char *p = model_scratch(20000);
	REQUIRE(p != NULL);
	CHECK_EQ(weir_scratch_drop(p + 16), -EINVAL);
	CHECK_EQ(weir_scratch_drop(p + 4096), -EINVAL);
	struct weir_span *s =
		weir_pool_take(MODEL_CLASS_8K, &ask).span; /* not by the API */
	REQUIRE(s != NULL);
	CHECK_EQ(weir_scratch_drop((void *)s->base), -EINVAL);
	CHECK(weir_span_claim(s));
	weir_pool_give(s, 1);
	CHECK_EQ(weir_scratch_drop(p), 1);
}

TEST(a_thousand_megabytes_leave_little)
{
	model_init();
	long before = resident();
	REQUIRE(before > 0);

	for (int i = 0; i < 1000; i++) {
		char *p = model_scratch(1 << 20);
		REQUIRE(p != NULL);
		memset(p, i, 1 << 20);
		CHECK_EQ(weir_scratch_drop(p), 1);
	}
	CHECK(resident() - before < 10 << 20);
}

static void
ten_thousand_rounds(void)
{
	for (int i = 0; i < 10000; i++) {
		size_t bytes = (size_t)(i % 60) * 1000;
		void *p = model_scratch(bytes);

		REQUIRE(p != NULL);
		memset(p, i, bytes);
		weir_scratch_drop(p);
	}
}

TEST(ten_thousand_rounds_leave_nothing)
{
	model_init();
	ten_thousand_rounds();
	long before = resident();
	REQUIRE(before > 0);
	ten_thousand_rounds();
	CHECK(resident() - before <= NOISE);
	model_check();
}

#define TAP_TESTS                                                                        \
	T(capacity_is_the_class_s)                                                       \
	T(blocks_have_no_header_and_records_one_line)                                    \
	T(above_the_largest_class_is_served_and_not_pooled)                              \
	T(references_count)                                                              \
	T(strangers_are_refused)                                                         \
	T(a_thousand_megabytes_leave_little)                                             \
	T(ten_thousand_rounds_leave_nothing)
TAP_MAIN()
