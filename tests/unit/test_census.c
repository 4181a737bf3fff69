/* SPDX-License-Identifier: Apache-2.0 */
/* Small blocks by samples: that the margin is what estimates really miss by, and which sizes are named. */
#include <math.h>
#include <stdio.h>

#include "tests/tap.h"
#include "tests/tools/sidecar_sample.h"
#include "tools/model/census.h"
#include "tools/view/census_view.h"

#define SECOND UINT64_C(1000000000)

static uint64_t state = 1234567;

static double
random_share(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

/* `n` blocks, sampled many times: how far off the estimates are, and how far they say that they may be. */
static void
compare(double mean, double bytes, int n)
{
	double p = -expm1(-bytes / mean), square = 0, said = 0;
	enum { TIMES = 3000 };

	for (int i = 0; i < TIMES; i++) {
		double sum = 0;

		for (int k = 0; k < n; k++)
			if (random_share() < p)
				sum += bytes / p;
		square += (sum - n * bytes) * (sum - n * bytes);
		said += census_variance(sum, sum / bytes, mean);
	}
	if (fabs(said / square - 1) > 0.1)
		printf("# of %g bytes: %g, said %g\n", bytes, sqrt(square / TIMES),
		       sqrt(said / TIMES));
	CHECK(fabs(said / square - 1) <= 0.1);
}

TEST(the_margin_is_what_estimates_miss_by)
{
	compare(524288, 176, 20000);
	compare(524288, 65536, 500);
	compare(524288, 131072, 300);
	compare(16384, 65536, 1000);
}

TEST(an_error_is_a_share)
{
	/* 64 samples of the mean: an eighth. */
	double bytes = 64.0 * 524288;

	CHECK(fabs(census_error(census_variance(bytes, bytes / 16, 524288), bytes) -
		   0.125) < 0.001);
	CHECK(census_error(0, bytes) == 0);
	CHECK(census_error(0, 0) == 0);
	CHECK(census_variance(bytes, 0, 524288) == 0);
	CHECK(census_variance(bytes, 1, 0) == 0);
	CHECK(census_variance(1e12, 1, 524288) == 0);
}

static struct sidecar_sample sample;

static void
put(enum weir_counter c, uint64_t value)
{
	*sidecar_sample_word(&sample, WEIR_SECTION_COUNTERS, 0, c) = value;
}

static void
put_row(uint32_t row, uint64_t most, uint64_t live, uint64_t bytes)
{
	*sidecar_sample_word(&sample, WEIR_SECTION_SMALL, row, WEIR_M_most_bytes) = most;
	*sidecar_sample_word(&sample, WEIR_SECTION_SMALL, row, WEIR_M_live) = live;
	*sidecar_sample_word(&sample, WEIR_SECTION_SMALL, row, WEIR_M_live_bytes) = bytes;
}

static struct census
census(void)
{
	char why[SIDECAR_WHY];
	struct sidecar s;
	struct census c = {0};

	if (sidecar_parse(&s, sample.words, sizeof(sample.words), why) == 0) {
		c = census_of(&s, 524288);
		sidecar_free(&s);
	}
	return c;
}

static const char *
told(const struct census *c, bool gone)
{
	static char text[2048];
	text[0] = '\0';
	FILE *out = fmemopen(text, sizeof(text), "w");

	census_text_print(c, gone, 2 * SECOND, "", out);
	fclose(out);
	return text;
}

TEST(the_size_of_most_bytes_is_named)
{
	sidecar_sample_make(&sample);
	uint64_t now = 100 * SECOND;
	sidecar_sample_slot(&sample, 1)->monotonic_ns = now;
	put(WEIR_C_sampling_mode, 1);
	put(WEIR_C_sampling_starts, 1);
	put(WEIR_C_sampling_on_ns, now - 10 * SECOND);
	put(WEIR_C_sampling_grown_bytes, 40 << 20);
	put_row(9, 160, 1000, 150000);
	put_row(10, 176, 1200000, 211200000);
	put_row(11, 192, 1550000, 294500000);
	put_row(12, 208, 100, 20000);
	struct census c = census();
	CHECK(c.mode == CENSUS_AUTO && c.on);
	CHECK_EQ(c.on_ago_ns, 10 * SECOND);
	CHECK_EQ(c.least, 177);
	CHECK_EQ(c.most, 192);
	CHECK_EQ(c.row_live, 1550000);
	CHECK_EQ(c.live, 2751100);
	CHECK(c.error > 0.03 && c.error < 0.05);
	CHECK_STR(
		told(&c, false),
		"small blocks are sampled since 12.0 s ago, when what weir does not "
		"serve had grown by 40 MB; older ones are not seen\n"
		"482.4 MB +-3 % of these are live, about 2.8 million blocks; 58 % of it: "
		"1.6 million blocks of 177 to 192 bytes\n");
	put(WEIR_C_sampling_off_ns, now - 4 * SECOND);
	c = census();
	CHECK(!c.on);
	CHECK_EQ(c.off_ago_ns, 4 * SECOND);
	CHECK(strstr(told(&c, true),
		     "were sampled from 12.0 s to 6.0 s before its end,") != NULL);
}

TEST(what_is_not_known_is_not_said)
{
	sidecar_sample_make(&sample);
	put(WEIR_C_sampling_mode, 1);
	struct census c = census();
	CHECK(strstr(told(&c, false),
		     "not sampled: since its fourth second what weir does") != NULL);
	put(WEIR_C_sampling_mode, 0);
	c = census();
	CHECK(strstr(told(&c, false), "not sampled: trace_sample=off") != NULL);
	put(WEIR_C_sampling_mode, 77);
	c = census();
	CHECK_STR(told(&c, false), "");
	sidecar_sample_header(&sample)->sections[WEIR_SECTION_COUNTERS].record_words =
		WEIR_C_sampling_on_ns;
	c = census();
	CHECK(c.mode == CENSUS_UNKNOWN);
	/* A handful of samples is no share, a mixture no size. */
	sidecar_sample_make(&sample);
	put(WEIR_C_sampling_mode, 1);
	put(WEIR_C_sampling_starts, 1);
	put(WEIR_C_sampling_on_ns, SECOND);
	put_row(10, 176, 5957, 2 * 524288);
	c = census();
	CHECK(strstr(told(&c, false), "1 MB +-71 % of these are live") != NULL);
	CHECK(strstr(told(&c, false), "bytes\n") == NULL);
}

#define TAP_TESTS                                                                        \
	T(the_margin_is_what_estimates_miss_by)                                          \
	T(an_error_is_a_share)                                                           \
	T(the_size_of_most_bytes_is_named)                                               \
	T(what_is_not_known_is_not_said)
TAP_MAIN()
