/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and marks, trace/sites/rows.c: when they come, what they hold, and rings that have gone round. */
#include "tests/unit/published.h"

#include "tests/tap.h"
#include "trace/runtimes/lefts.h"

TEST(the_largest_sites_are_in_a_row)
{
	enum { SITES = 200 };
	struct trace_view v;
	uint64_t sum = 0, shown = 0, last = UINT64_MAX;

	begin();
	for (uint32_t i = 0; i < SITES; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%u", i);
		weir_trace_born(site_of(name, i), 1000000 + i * 7919 % SITES * 1000, 1);
	}
	facts.rss_bytes = 77;
	facts.live_bytes = 88;
	CHECK_EQ(publish(SECOND), 0);
	REQUIRE(read_back(&v));
	for (uint32_t i = 0; i < v.n_sites; i++)
		sum += trace_view_site(&v, i, WEIR_S_live_bytes);
	const struct trace_ring *ring = trace_view_ring(&v, WEIR_PART_ROWS_1S);
	REQUIRE(ring->n > 0);
	const struct weir_trace_row *row = ring->rows[ring->n - 1];
	CHECK_EQ(row->rss_bytes, 77);
	CHECK_EQ(row->live_bytes, 88);
	CHECK_EQ(row->monotonic_ns, facts.monotonic_ns);
	CHECK_EQ(row->n_points, 64);
	CHECK(row->n_sites >= SITES);
	for (uint32_t i = 0; i < row->n_points; i++) {
		const struct weir_trace_point *p = &trace_view_points(row)[i];

		CHECK(p->live_bytes <= last);
		CHECK_EQ(p->live_bytes, trace_view_site(&v, p->site, WEIR_S_live_bytes));
		last = p->live_bytes;
		shown += p->live_bytes;
	}
	CHECK_EQ(shown + row->rest_bytes, sum);
	CHECK_EQ(last, 1000000 + 136000); /* the 64th of 1000000 + 0 ... 199000 */
	trace_view_free(&v);
}

TEST(rows_come_when_they_are_due)
{
	struct trace_view v;

	begin();
	publish(10 * SECOND);
	REQUIRE(read_back(&v));
	uint64_t seconds = trace_view_ring(&v, WEIR_PART_ROWS_1S)->written;
	uint64_t tens = trace_view_ring(&v, WEIR_PART_ROWS_10S)->written;
	uint64_t minutes = trace_view_ring(&v, WEIR_PART_ROWS_60S)->written;
	trace_view_free(&v);
	for (int i = 0; i < 1200; i++)
		publish(SECOND / 10);
	REQUIRE(read_back(&v));
	CHECK_EQ(trace_view_ring(&v, WEIR_PART_ROWS_1S)->written - seconds, 120);
	CHECK_EQ(trace_view_ring(&v, WEIR_PART_ROWS_10S)->written - tens, 12);
	CHECK_EQ(trace_view_ring(&v, WEIR_PART_ROWS_60S)->written - minutes, 2);
	CHECK_EQ(trace_view_ring(&v, WEIR_PART_ROWS_GC)->written, 0);
	trace_view_free(&v);
}

TEST(a_ring_goes_round)
{
	struct trace_view v;

	begin();
	for (int i = 0; i < CAPACITY_ROWS_1S + 50; i++)
		publish(SECOND);
	REQUIRE(read_back(&v));
	const struct trace_ring *ring = trace_view_ring(&v, WEIR_PART_ROWS_1S);
	CHECK_EQ(ring->n, CAPACITY_ROWS_1S);
	for (uint32_t i = 1; i < ring->n; i++)
		CHECK_EQ(ring->rows[i]->monotonic_ns - ring->rows[i - 1]->monotonic_ns,
			 SECOND);
	CHECK_EQ(ring->rows[ring->n - 1]->monotonic_ns, facts.monotonic_ns);
	trace_view_free(&v);
}

TEST(a_month_is_kept_by_the_hour)
{
	const int hours = 24 * 31;
	struct trace_view v;

	begin();
	publish(3600 * SECOND);
	for (int i = 0; i < 2 * hours; i++)
		publish(1800 * SECOND);
	REQUIRE(read_back(&v));
	const struct trace_ring *ring = trace_view_ring(&v, WEIR_PART_ROWS_3600S);
	REQUIRE(ring->n == 24 * 30);
	CHECK(ring->written > (uint64_t)hours);
	CHECK_EQ(ring->rows[ring->n - 1]->monotonic_ns - ring->rows[0]->monotonic_ns,
		 (24 * 30 - 1) * 3600 * SECOND);
	CHECK_EQ(ring->rows[ring->n - 1]->monotonic_ns, facts.monotonic_ns);
	trace_view_free(&v);
}

TEST(marks_have_their_label)
{
	static const char unended[] =
		"a label that fills the whole of its place and more";
	struct trace_view v;

	begin();
	uint64_t id = weir_trace_mark(5, "before", 7);
	CHECK(weir_trace_due());
	CHECK(!weir_trace_marked(id));
	publish(1);
	CHECK(weir_trace_marked(id));
	CHECK(!weir_trace_due());
	weir_trace_mark(6, unended, sizeof(unended));
	publish(1);
	REQUIRE(read_back(&v));
	const struct trace_ring *ring = trace_view_ring(&v, WEIR_PART_MARKS);
	REQUIRE(ring->n == 2);
	CHECK_STR(ring->rows[0]->label, "before");
	CHECK_EQ(ring->rows[0]->request, 5);
	CHECK_EQ(ring->rows[0]->id, id);
	CHECK_EQ(strlen(ring->rows[1]->label), 47);
	CHECK(ring->rows[1]->n_points > 64); /* more than in the other rings */
	trace_view_free(&v);
}

/* All that lived is gone; a new record begins, in the same places of the file. */
TEST(attached_again_it_begins_anew)
{
	struct trace_view v;
	uint32_t site;

	begin();
	site = site_of("again", 4711);
	struct weir_birth b = weir_trace_born(site, 9000, 3);
	for (int i = 0; i < CAPACITY_ROWS_1S + 5; i++)
		publish(SECOND);
	REQUIRE(read_back(&v));
	uint64_t started = v.head.started_ns;
	CHECK_EQ(trace_view_ring(&v, WEIR_PART_ROWS_1S)->n, CAPACITY_ROWS_1S);
	trace_view_free(&v);
	weir_trace_gone(&b, 9000, 3);
	weir_trace_again();
	publish(SECOND);
	b = weir_trace_born(site, 700, 1);
	publish(SECOND);
	REQUIRE(read_back(&v));
	CHECK(v.head.started_ns >= started);
	CHECK_EQ(v.head.started_ns, sites_settings.started_ns);
	const struct trace_ring *ring = trace_view_ring(&v, WEIR_PART_ROWS_1S);
	CHECK_EQ(ring->written, 2);
	REQUIRE(ring->n == 2);
	CHECK_EQ(ring->rows[0]->monotonic_ns, facts.monotonic_ns - SECOND);
	CHECK_EQ(trace_view_ring(&v, WEIR_PART_MARKS)->n, 0);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), 700);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_count), 1);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_alloc_bytes), 700);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_alloc_count), 1);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_peak_bytes), 700);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_trough_bytes), 0);
	CHECK(trace_view_site(&v, site, WEIR_S_first_ns) >= v.head.started_ns);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_first_ns),
		 trace_view_site(&v, site, WEIR_S_last_ns));
	weir_trace_gone(&b, 700, 1);
	trace_view_free(&v);
}

/* V8 collected before there was anything to write: each is a row, with what it left and nothing else. */
TEST(collections_before_the_first_row_have_rows)
{
	struct trace_view v;

	begin();
	weir_trace_again();
	for (uint64_t i = 1; i <= LEFTS + 3; i++)
		lefts_note(&(struct left){facts.monotonic_ns + i, i * 1000, i, i, i - 1});
	/* Out of order: half written when it was overtaken. */
	lefts_note(&(struct left){facts.monotonic_ns + 7, 1, 1, 1, 1});
	publish(SECOND);
	/* Later ones have rows of their own. */
	lefts_note(&(struct left){facts.monotonic_ns + 1, 1, 1, 1, 1});
	publish(SECOND);
	REQUIRE(read_back(&v));
	const struct trace_ring *ring = trace_view_ring(&v, WEIR_PART_ROWS_GC);
	REQUIRE(ring->n == LEFTS - 1);
	for (uint32_t i = 0; i < ring->n; i++) {
		const struct weir_trace_row *row = ring->rows[i];

		CHECK_EQ(row->monotonic_ns, facts.monotonic_ns - 2 * SECOND + i + 5);
		CHECK_EQ(row->unix_ns, row->monotonic_ns + 5 * SECOND);
		CHECK_EQ(row->js_heap_bytes, (i + 5) * 1000);
		CHECK_EQ(row->js_external_bytes, i + 5);
		CHECK_EQ(row->major_gcs, i + 5);
		CHECK_EQ(row->main_major_gcs, i + 4);
		CHECK_EQ(row->n_points, 0);
		CHECK_EQ(row->rss_bytes, 0);
	}
	trace_view_free(&v);
}

#define TAP_TESTS                                                                        \
	T(the_largest_sites_are_in_a_row)                                                \
	T(rows_come_when_they_are_due)                                                   \
	T(a_ring_goes_round)                                                             \
	T(a_month_is_kept_by_the_hour)                                                   \
	T(marks_have_their_label)                                                        \
	T(attached_again_it_begins_anew)                                                 \
	T(collections_before_the_first_row_have_rows)

int
main(void)
{
	static const struct tap_test tests[] = {TAP_TESTS};

	return weir_trace_start(4096) != 0 ||
	       tap_run(tests, (int)(sizeof(tests) / sizeof(tests[0])));
}
