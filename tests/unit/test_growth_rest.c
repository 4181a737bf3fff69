/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hundred threads of one line, of which a row names two: what the others held is known by their sum.
 */
#include "tools/model/growth_rest.h"

#include "tests/tap.h"

#define SITES 100
#define EACH  300000.0

static uint64_t sites[SITES][WEIR_N_SITE_FIELDS];
static struct {
	struct weir_trace_row row;
	struct weir_trace_point points[2];
} r;
static double live[SITES], most[SITES];

/* Site i came in second i; those before `ended` are gone now. The row is of second `then`. */
static double
held(uint32_t then, uint32_t ended, uint64_t rest)
{
	struct trace_view v = {.sites = sites, .n_sites = SITES};
	double sum = 0;

	for (uint32_t i = 0; i < SITES; i++) {
		sites[i][WEIR_S_first_ns] = i;
		sites[i][WEIR_S_peak_bytes] = (uint64_t)EACH;
		sites[i][WEIR_S_live_bytes] = i < ended ? 0 : (uint64_t)EACH;
	}
	r.row = (struct weir_trace_row){.monotonic_ns = then,
					.n_points = 2,
					.n_sites = 2 + (uint32_t)(rest / EACH),
					.rest_bytes = rest};
	for (uint32_t i = 0; i < 2; i++)
		r.points[i] = (struct weir_trace_point){.site = then - i,
							.live_bytes = (uint64_t)EACH};
	growth_rest(&v, &r.row, live, most);
	for (uint32_t i = 0; i < SITES; i++)
		sum += live[i];
	CHECK(live[then] == 0 && live[then - 1] == 0);
	return sum / EACH;
}

TEST(what_is_kept_was_there_since_it_came)
{
	CHECK(held(49, 0, 48 * (uint64_t)EACH) > 47.99);
	CHECK(live[0] == EACH && live[47] == EACH && live[50] == 0);
	/* No more than the row says. */
	CHECK(held(49, 0, 24 * (uint64_t)EACH) < 24.01);
}

TEST(what_comes_and_goes_was_as_much_before)
{
	/* At any time ten live: the row names two, and the other eight have ended since. */
	double then = held(50, 90, 8 * (uint64_t)EACH),
	       now = held(99, 90, 8 * (uint64_t)EACH);

	CHECK(then > 7.99 && then < 8.01);
	CHECK(now > 7.99 && now < 8.01);
	CHECK(live[97] == EACH);
}

TEST(a_row_that_names_all_has_no_rest)
{
	r.row.n_sites = 2;
	CHECK(!growth_rest_is(&r.row));
	CHECK(held(99, 0, 0) == 0);
}

#define TAP_TESTS                                                                        \
	T(what_is_kept_was_there_since_it_came)                                          \
	T(what_comes_and_goes_was_as_much_before)                                        \
	T(a_row_that_names_all_has_no_rest)
TAP_MAIN()
