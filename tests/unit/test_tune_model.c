/* SPDX-License-Identifier: Apache-2.0 */
/* What `weir tune` makes of a recording: classes, threshold, decay, bound, and the forecast. */
#include "tools/model/tune_model.h"

#include "policy/profile.h"
#include "tests/tap.h"
#include "tests/tools/sidecar_sample.h"

#define KB 1024ull
#define MB (1024 * KB)

static struct sidecar_sample sample;
static struct tune t;

static uint64_t *
word(uint32_t row, enum weir_profile_field field)
{
	return sidecar_sample_word(&sample, WEIR_SECTION_PROFILE, row, field);
}

static void
begin(void)
{
	sidecar_sample_make(&sample);
	for (uint32_t row = 0; row < WEIR_STATS_PROFILE_ROWS; row++)
		for (uint32_t f = 0; f < WEIR_N_PROFILE_FIELDS; f++)
			*word(row, f) = 0;
	*sidecar_sample_named(&sample, "cgroup_limit_bytes") = 0;
	*sidecar_sample_named(&sample, "map_live_held_peak_bytes") = 0;
}

/* n requests of this size, reused after such a time, but for one of them, which is fresh. */
static void
record(uint64_t bytes, uint64_t n, enum weir_profile_field idle)
{
	uint32_t row = weir_profile_row(bytes);

	*word(row, WEIR_P_requests) += n;
	*word(row, WEIR_P_bytes) += n * bytes;
	*word(row, WEIR_P_fresh) += 1;
	*word(row, idle) += n - 1;
}

static enum tune_error
tune(void)
{
	struct sidecar s;
	char why[SIDECAR_WHY];

	CHECK_EQ(sidecar_parse(&s, &sample, sizeof(sample), why), 0);
	enum tune_error error = tune_from(&t, &s);
	sidecar_free(&s);
	return error;
}

static bool
has_class(uint64_t bytes)
{
	for (uint32_t i = 0; i < t.options.classes.n; i++)
		if (t.options.classes.bytes[i] == bytes)
			return true;
	return false;
}

TEST(one_size_gets_a_class_of_its_own)
{
	begin();
	record(320 * KB, 1000, WEIR_P_idle_125ms);
	CHECK_EQ(tune(), TUNE_OK);
	CHECK_EQ(t.n_chosen, 1);
	CHECK(has_class(320 * KB));
	CHECK(has_class(8 * KB)); /* the scratch API's are always there */
	CHECK_EQ(t.options.threshold, 1 * MB);
	CHECK_EQ(t.options.decay_ms, 500);
	CHECK_EQ(t.expected.pool_rounding_bytes, 0);
	CHECK_EQ(t.expected.requests, 1000);
	CHECK_EQ(t.expected.hits, 999);
}

/* The rows end at 320 and 960 KB; one class for both would cost far more. */
TEST(classes_are_where_the_sizes_are)
{
	begin();
	record(300 * KB, 1000, WEIR_P_idle_125ms);
	record(900 * KB, 1000, WEIR_P_idle_125ms);
	CHECK_EQ(tune(), TUNE_OK);
	CHECK_EQ(t.n_chosen, 2);
	CHECK(has_class(320 * KB) && has_class(960 * KB));
	CHECK_EQ(t.expected.pool_bytes, 1200 * KB * 1000);
	CHECK_EQ(t.expected.pool_rounding_bytes, (20 + 60) * KB * 1000);
}

TEST(rare_sizes_are_not_the_pool_s)
{
	begin();
	record(2 * MB, 10000, WEIR_P_idle_125ms);
	record(48 * MB, 40, WEIR_P_idle_125ms); /* below one in 200 */
	CHECK_EQ(tune(), TUNE_OK);
	CHECK_EQ(t.options.threshold, 2 * MB);
	begin();
	record(2 * MB, 1000, WEIR_P_idle_125ms);
	record(48 * MB, 40, WEIR_P_idle_125ms);
	record(128 * MB, 500, WEIR_P_idle_125ms); /* never: too large */
	CHECK_EQ(tune(), TUNE_OK);
	CHECK_EQ(t.options.threshold, 48 * MB);
}

TEST(decay_is_as_long_as_reuse_takes)
{
	begin();
	record(1 * MB, 900, WEIR_P_idle_125ms);
	record(1 * MB, 101, WEIR_P_idle_2s);
	CHECK_EQ(tune(), TUNE_OK);
	CHECK_EQ(t.options.decay_ms, 2000);
	CHECK_EQ(t.expected.hits, 999);
	begin();
	record(1 * MB, 995, WEIR_P_idle_125ms);
	record(1 * MB, 6, WEIR_P_idle_2s); /* less than one in a hundred: not worth it */
	record(1 * MB, 300, WEIR_P_idle_more);
	CHECK_EQ(tune(), TUNE_OK);
	CHECK_EQ(t.options.decay_ms, 500);
	CHECK_EQ(t.expected.hits, 994);
}

TEST(the_bound_is_what_was_in_use_at_most_unless_there_is_a_limit)
{
	begin();
	record(1 * MB, 1000, WEIR_P_idle_125ms);
	*sidecar_sample_named(&sample, "map_live_held_peak_bytes") = 400 * MB;
	CHECK_EQ(tune(), TUNE_OK);
	CHECK(t.options.cache_max >= 500 * MB && t.options.cache_max < 600 * MB);
	*sidecar_sample_named(&sample, "cgroup_limit_bytes") = 800 * MB;
	CHECK_EQ(tune(), TUNE_OK);
	CHECK_EQ(t.options.cache_max, 0);
}

TEST(little_or_nothing_recorded_is_refused)
{
	begin();
	record(1 * MB, TUNE_LEAST_REQUESTS - 1, WEIR_P_idle_125ms);
	CHECK_EQ(tune(), TUNE_TOO_FEW);
	record(1 * MB, 1, WEIR_P_idle_125ms);
	CHECK_EQ(tune(), TUNE_OK);
	sidecar_sample_header(&sample)->n_sections = WEIR_SECTION_PROFILE;
	CHECK_EQ(tune(), TUNE_NO_PROFILE);
}

/* A file that lies may mislead, but neither overflow nor crash. */
TEST(absurd_numbers_give_options_all_the_same)
{
	begin();
	for (uint32_t row = 0; row < WEIR_STATS_PROFILE_ROWS; row++)
		for (uint32_t f = 0; f < WEIR_N_PROFILE_FIELDS; f++)
			*word(row, f) =
				row % 3 == 0 ? UINT64_MAX : row * 0x123456789abcdefull;
	*sidecar_sample_named(&sample, "map_live_held_peak_bytes") = UINT64_MAX;
	CHECK_EQ(tune(), TUNE_OK);
	CHECK(t.options.classes.n >= 1 && t.options.classes.n <= WEIR_GRADES_MAX);
	CHECK(t.options.threshold <= 64 * MB);
	CHECK(t.options.cache_max <= 1ull << 40);
	CHECK(t.expected.hits <= t.expected.requests);
}

TEST(a_gain_is_more_than_a_forecast_s_error)
{
	t = (struct tune){.recorded = {1000, 900, 80 * MB, 20 * MB, 50 * MB}};
	t.expected = t.recorded;
	CHECK(!tune_gains(&t));
	t.expected.hits = 909;
	CHECK(!tune_gains(&t));
	t.expected.hits = 911;
	CHECK(tune_gains(&t));
	t.expected = t.recorded;
	t.expected.pool_rounding_bytes = 14 * MB; /* 14.9 % of 20 */
	CHECK(tune_gains(&t));
	t.expected.pool_rounding_bytes = 15 * MB;
	CHECK(!tune_gains(&t));
	t.expected = t.recorded;
	t.expected.idle_bytes = 44 * MB;
	CHECK(tune_gains(&t));
	t.expected.idle_bytes = 46 * MB;
	CHECK(!tune_gains(&t));
	t.expected.hits = 1000;
	CHECK(tune_gains(&t));
	t.in_force = true;
	CHECK(!tune_gains(&t));
	t = (struct tune){0};
	CHECK(!tune_gains(&t));
}

TEST(options_in_force_are_told)
{
	begin();
	record(300 * KB, 1000, WEIR_P_idle_125ms);
	CHECK_EQ(tune(), TUNE_OK);
	CHECK(!t.in_force);
	struct weir_stats_header *h = sidecar_sample_header(&sample);

	h->options_bytes[1] = t.options.threshold;
	h->options_bytes[2] = t.options.cache_max;
	h->options_bytes[3] = t.options.decay_ms;
	CHECK_EQ(tune(), TUNE_OK);
	CHECK(!t.in_force); /* the classes are others */
	for (uint32_t i = 0; i < 40; i++) {
		char name[40];
		snprintf(name, sizeof(name), "classes.%u.capacity_bytes", i);
		uint64_t *word = sidecar_sample_named(&sample, name);
		if (word != NULL && i < t.options.classes.n)
			*word = t.options.classes.bytes[i];
	}
	h->sections[WEIR_SECTION_CLASSES].records = t.options.classes.n;
	CHECK_EQ(tune(), TUNE_OK);
	CHECK(t.in_force);
}

#define TAP_TESTS                                                                        \
	T(one_size_gets_a_class_of_its_own)                                              \
	T(classes_are_where_the_sizes_are)                                               \
	T(rare_sizes_are_not_the_pool_s)                                                 \
	T(decay_is_as_long_as_reuse_takes)                                               \
	T(the_bound_is_what_was_in_use_at_most_unless_there_is_a_limit)                  \
	T(little_or_nothing_recorded_is_refused)                                         \
	T(absurd_numbers_give_options_all_the_same)                                      \
	T(a_gain_is_more_than_a_forecast_s_error)                                        \
	T(options_in_force_are_told)
TAP_MAIN()
