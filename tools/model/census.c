/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block of b bytes is a sample with the chance p = 1 - e^-(b/mean), and stands for b/p. The variance of a
 * sum over such blocks is estimated from those that are samples by the sum of (b/p)^2 (1 - p), which is its
 * bytes times b/p - b: mean times x / (e^x - 1), with x = b/mean.
 */
#include "tools/model/census.h"

static double
x_over_exp_less_one(double x)
{
	double y = x, term = 1, less_one = 0;
	int doublings = 0;

	if (x > 40)
		return 0;
	if (x <= 0)
		return 1;
	for (; y > 0.5; doublings++)
		y /= 2;
	for (int k = 1; k < 16; k++)
		less_one += term *= y / k;
	for (; doublings > 0; doublings--)
		less_one *= less_one + 2;
	return x / less_one;
}

static double
root(double x)
{
	double r = x > 1 ? x : 1;

	for (int i = 0; i < 1100 && r * r > x * (1 + 1e-12); i++)
		r = (r + x / r) / 2;
	return x > 0 ? r : 0;
}

double
census_variance(double bytes, double count, double mean)
{
	if (count <= 0 || mean <= 0)
		return 0;
	return bytes * mean * x_over_exp_less_one(bytes / count / mean);
}

double
census_error(double variance, double bytes)
{
	return bytes > 0 ? root(variance) / bytes : 0;
}

static uint64_t
at(const struct sidecar *s, uint32_t row, enum weir_small_field field)
{
	return sidecar_at(s, WEIR_SECTION_SMALL, row, field);
}

static void
read_rows(struct census *c, const struct sidecar *s)
{
	double mean = (double)c->mean_bytes, all = 0;
	uint64_t before = 0;

	for (uint32_t row = 0; row < s->rows[WEIR_SECTION_SMALL].records; row++) {
		uint64_t bytes = at(s, row, WEIR_M_live_bytes);
		uint64_t live = at(s, row, WEIR_M_live);
		double variance = census_variance((double)bytes, (double)live, mean);

		all += variance;
		if (bytes > c->row_bytes) {
			c->row_bytes = bytes;
			c->row_live = live;
			c->least = before < UINT64_MAX ? before + 1 : before;
			c->most = at(s, row, WEIR_M_most_bytes);
			c->row_error = census_error(variance, (double)bytes);
		}
		before = at(s, row, WEIR_M_most_bytes);
	}
	c->live = sidecar_sum(s, WEIR_SECTION_SMALL, WEIR_M_live);
	c->live_bytes = sidecar_sum(s, WEIR_SECTION_SMALL, WEIR_M_live_bytes);
	c->error = census_error(all, (double)c->live_bytes);
}

static uint64_t
ago(const struct sidecar *s, enum weir_counter c)
{
	uint64_t then = sidecar_counter(s, c), now = s->slot.monotonic_ns;

	return then != 0 && now > then ? now - then : 0;
}

struct census
census_of(const struct sidecar *s, uint64_t mean_bytes)
{
	static const enum census_mode modes[] = {CENSUS_OFF, CENSUS_AUTO, CENSUS_ALWAYS};
	uint64_t mode = sidecar_counter(s, WEIR_C_sampling_mode);
	struct census c = {
		.starts = sidecar_counter(s, WEIR_C_sampling_starts),
		.on_ago_ns = ago(s, WEIR_C_sampling_on_ns),
		.off_ago_ns = ago(s, WEIR_C_sampling_off_ns),
		.grown_bytes = sidecar_counter(s, WEIR_C_sampling_grown_bytes),
		.mean_bytes = mean_bytes,
	};

	if (sidecar_has(s, WEIR_SECTION_COUNTERS, 0, WEIR_C_sampling_mode) &&
	    mode < sizeof(modes) / sizeof(modes[0]))
		c.mode = modes[mode];
	c.on = c.starts != 0 && sidecar_counter(s, WEIR_C_sampling_on_ns) >=
					sidecar_counter(s, WEIR_C_sampling_off_ns);
	read_rows(&c, s);
	return c;
}
