/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A C test harness of one header that speaks TAP. A test file defines its tests with
 * TEST(name), lists them in TAP_TESTS and ends with TAP_MAIN(). CHECK(condition) and
 * CHECK_EQ(got, want) note a failure and go
 * on; REQUIRE(condition) leaves the test; SKIP("why") skips it.
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct tap_test {
	const char *name;
	void (*run)(void);
};

static int tap_failures;	 /* in the running test */
static const char *tap_skip_why; /* set by SKIP */

#define TEST(name) static void test_##name(void)

#define CHECK(condition)                                                                 \
	do {                                                                             \
		if (!(condition)) {                                                      \
			tap_failures++;                                                  \
			printf("# %s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
		}                                                                        \
	} while (0)

#define CHECK_EQ(got, want)                                                              \
	do {                                                                             \
		int64_t tap_got = (int64_t)(got), tap_want = (int64_t)(want);            \
		if (tap_got != tap_want) {                                               \
			tap_failures++;                                                  \
			printf("# %s:%d: %s is %" PRId64 ", want %" PRId64 "\n",         \
			       __FILE__, __LINE__, #got, tap_got, tap_want);             \
		}                                                                        \
	} while (0)

#define CHECK_STR(got, want)                                                             \
	do {                                                                             \
		const char *tap_got = (got), *tap_want = (want);                         \
		if (strcmp(tap_got, tap_want) != 0) {                                    \
			tap_failures++;                                                  \
			printf("# %s:%d: %s is \"%s\", want \"%s\"\n", __FILE__,         \
			       __LINE__, #got, tap_got, tap_want);                       \
		}                                                                        \
	} while (0)

#define REQUIRE(condition)                                                               \
	do {                                                                             \
		if (!(condition)) {                                                      \
			CHECK(condition);                                                \
			return;                                                          \
		}                                                                        \
	} while (0)

#define SKIP(why)                                                                        \
	do {                                                                             \
		tap_skip_why = (why);                                                    \
		return;                                                                  \
	} while (0)

static inline int
tap_run(const struct tap_test *tests, int n)
{
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		tap_failures = 0;
		tap_skip_why = NULL;
		tests[i].run();
		if (tap_skip_why != NULL)
			printf("ok %d - %s # SKIP %s\n", i + 1, tests[i].name,
			       tap_skip_why);
		else
			printf("%sok %d - %s\n", tap_failures ? "not " : "", i + 1,
			       tests[i].name);
		failed += tap_failures != 0;
	}
	return failed != 0;
}

/* TAP_TESTS is a list of T(name), e.g. #define TAP_TESTS T(empty) T(full) */
#define TAP_MAIN()                                                                       \
	int main(void)                                                                   \
	{                                                                                \
		static const struct tap_test tests[] = {TAP_TESTS};                      \
		return tap_run(tests, (int)(sizeof(tests) / sizeof(tests[0])));          \
	}
#define T(name) {#name, test_##name},

#endif
