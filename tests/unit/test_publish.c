/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is published reads back by the command's reader, which was written from the layout alone:
 * sites and stacks, rows and marks, rings that have gone round, and disks that fill up.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/tools/sidecar_sample.h"
#include "tools/trace_view.h"
#include "trace/capture.h"
#include "trace/cost.h"
#include "trace/intern.h"
#include "trace/ledger.h"
#include "trace/publish.h"
#include "trace/sites.h"

#define SECOND 1000000000ull
#define AREA   32768u

/* A file in memory; write number `fails_at` finds the disk full, -1: none does. */
static struct {
	unsigned char *bytes;
	size_t size;
	long fails_at, writes;
} file;

static int
write_file(void *context, uint64_t offset, const void *from, size_t bytes)
{
	(void)context;
	if (file.writes++ == file.fails_at)
		return -ENOSPC;
	if (AREA + offset + bytes > file.size)
		return -EFBIG;
	memcpy(file.bytes + AREA + offset, from, bytes);
	return 0;
}

static const struct weir_trace_sink sink = {write_file, NULL};
static struct weir_trace_facts facts;

/* An instant later; 0 or the error. */
static int
publish(uint64_t after_ns)
{
	facts.monotonic_ns += after_ns;
	facts.unix_ns = facts.monotonic_ns + 5 * SECOND;
	weir_trace_still();
	return weir_trace_publish(&facts, &sink);
}

static void
begin(void)
{
	struct weir_stats_header *h;

	if (file.bytes == NULL) {
		file.size = AREA + weir_trace_area_bytes();
		file.bytes = calloc(1, file.size);
		sidecar_sample_make((struct sidecar_sample *)file.bytes);
		h = (struct weir_stats_header *)file.bytes;
		h->trace_offset = AREA;
		h->trace_bytes = weir_trace_area_bytes();
		facts.monotonic_ns = 1000 * SECOND;
	}
	file.fails_at = -1;
}

static bool
read_back(struct trace_view *v)
{
	char why[TRACE_VIEW_WHY];
	int rc = trace_view_parse(v, file.bytes, file.size, why);

	if (rc != 0)
		printf("# %s\n", why);
	return rc == 0;
}

/* A site whose stack is one JavaScript frame in another. */
static uint32_t
site_of(const char *function, uint32_t line)
{
	weir_lock(&ledger_lock);
	uint32_t file_name = intern_string("/app/server.js", 14);
	uint32_t outer = intern_frame(&(struct weir_trace_frame){
		.kind = WEIR_FRAME_JS, .file = file_name, .line = 1});
	uint32_t inner = intern_frame(&(struct weir_trace_frame){
		.kind = WEIR_FRAME_JS,
		.function = intern_string(function, strlen(function)),
		.file = file_name,
		.line = line});
	uint32_t site = sites_of(intern_node(intern_node(0, outer), inner), 1, 0);
	weir_unlock(&ledger_lock);
	return site;
}

TEST(sites_and_stacks_read_back)
{
	struct trace_view v;
	uint32_t site, frames[WEIR_TRACE_MAX_DEPTH];

	begin();
	site = site_of("fill", 42);
	weir_trace_born(site, 300000, 1);
	weir_trace_born(0, 5000, 1);
	CHECK_EQ(publish(SECOND), 0);
	REQUIRE(read_back(&v));
	CHECK_EQ(v.head.monotonic_ns, facts.monotonic_ns);
	CHECK_EQ(v.head.exact_bytes, 4096);
	CHECK_EQ(v.n_sites, site + 1);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), 300000);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_caller_kind), 1);
	CHECK_EQ(trace_view_site(&v, 0, WEIR_S_live_bytes), 5000);
	CHECK_EQ(trace_view_stack(&v, trace_view_site(&v, site, WEIR_S_stack), frames),
		 2);
	CHECK_STR(trace_view_string(&v, v.frames[frames[0]].function), "fill");
	CHECK_STR(trace_view_string(&v, v.frames[frames[1]].file), "/app/server.js");
	CHECK_EQ(v.frames[frames[0]].line, 42);
	trace_view_free(&v);
}

TEST(what_stacks_took_reads_back)
{
	struct trace_view v;

	begin();
	for (uint64_t i = 1; i <= 3; i++) {
		cost_count(true, 300, 16);
		cost_count(false, 9000, 1);
		CHECK_EQ(publish(SECOND), 0);
		REQUIRE(read_back(&v));
		REQUIRE(v.n_costs == WEIR_TRACE_COSTS);
		CHECK_EQ(v.costs[cost_bucket(300)].known_stacks, 16 * i);
		CHECK_EQ(v.costs[cost_bucket(9000)].new_stacks, i);
		CHECK_EQ(v.costs[cost_bucket(300)].new_stacks, 0);
		trace_view_free(&v);
	}
}

/* Two copies take turns: what changed must reach both, and nothing else must be lost. */
TEST(both_copies_follow)
{
	struct trace_view v;
	uint32_t a = site_of("a", 1), b = site_of("b", 2);
	uint64_t live[2] = {0, 0};

	begin();
	for (uint32_t i = 0; i < 20; i++) {
		uint32_t which = i / 3 % 2;

		weir_trace_born(which ? b : a, i + 1, 1);
		live[which] += i + 1;
		CHECK_EQ(publish(SECOND / 10), 0);
		REQUIRE(read_back(&v));
		CHECK_EQ(trace_view_site(&v, a, WEIR_S_live_bytes), live[0]);
		CHECK_EQ(trace_view_site(&v, b, WEIR_S_live_bytes), live[1]);
		trace_view_free(&v);
	}
	/* Nothing has changed: hardly anything is written. */
	publish(1);
	publish(1);
	file.writes = 0;
	publish(1);
	CHECK_EQ(file.writes, 1);
}

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

/* However far a publish gets, the file shows the state before it or after it. */
TEST(a_full_disk_leaves_what_was_there)
{
	struct trace_view v;
	uint32_t site = site_of("full", 3);
	uint64_t live = 0, before;
	int failed = 0;

	begin();
	publish(SECOND);
	for (long room = 0; room < 12; room++) {
		char name[16];

		snprintf(name, sizeof(name), "new%ld", room);
		before = live;
		weir_trace_born(site, 100, 1);
		weir_trace_born(site_of(name, 1), 100, 1);
		live += 100;
		file.fails_at = room;
		file.writes = 0;
		int rc = publish(SECOND);
		failed += rc != 0;
		REQUIRE(read_back(&v));
		if (rc != 0)
			CHECK(trace_view_site(&v, site, WEIR_S_live_bytes) <= before);
		else
			CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), live);
		trace_view_free(&v);
	}
	CHECK(failed >= 4 && failed < 12);
	begin();
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(publish(SECOND), 0);
		REQUIRE(read_back(&v));
		CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), live);
		CHECK(v.head.drops[WEIR_DROP_rows] > 0);
		trace_view_free(&v);
	}
}

/* The heads' numbers, copy 0 first; 0: that one is not whole. */
static void
heads(uint64_t seq[2])
{
	for (int i = 0; i < 2; i++) {
		struct weir_trace_head h;

		memcpy(&h, file.bytes + AREA + i * WEIR_TRACE_HEAD_BYTES, sizeof(h));
		seq[i] = h.seq_begin == h.seq_end ? h.seq_begin : 0;
	}
}

/* A runtime that takes three periods to free all it has, then a last write. */
TEST(an_exit_that_takes_long_does_not_hide_what_was_held)
{
	uint32_t site = site_of("hold", 5);
	struct weir_birth births[40];
	struct trace_view v;
	uint64_t kept, seq[2], live = 0;

	begin();
	publish(SECOND);
	publish(SECOND);
	for (int i = 0; i < 40; i++)
		births[i] = weir_trace_born(site, 50000000, 1);
	publish(SECOND / 10);
	REQUIRE(read_back(&v));
	kept = v.head.seq_begin;
	for (uint32_t i = 1; i < v.n_sites; i++)
		live += trace_view_site(&v, i, WEIR_S_live_bytes);
	trace_view_free(&v);
	for (int i = 0; i < 40; i++) {
		weir_trace_gone(&births[i], 50000000, 1);
		if (i % 10 == 9)
			CHECK_EQ(publish(SECOND / 10), 0);
	}
	/* It broke off in the midst of one: what was kept is whole, what it replaced is not. */
	file.writes = 0;
	file.fails_at = 1;
	births[0] = weir_trace_born(site, 1000, 1);
	CHECK(publish(SECOND / 10) != 0);
	heads(seq);
	CHECK_EQ(seq[kept % 2], kept);
	CHECK_EQ(seq[1 - kept % 2], 0);
	file.fails_at = -1;
	weir_trace_gone(&births[0], 1000, 1);
	CHECK_EQ(publish(SECOND / 10), 0);
	heads(seq);
	CHECK_EQ(seq[kept % 2], kept);
	CHECK(seq[1 - kept % 2] > kept);
	REQUIRE(read_back(&v));
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), 0);
	trace_view_free(&v);
	/* Once it works again, heads take turns as before, and nothing is lost. */
	for (int i = 0; i < 3; i++) {
		weir_trace_born(site, live, 1);
		CHECK_EQ(publish(SECOND / 10), 0);
		REQUIRE(read_back(&v));
		CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes),
			 live * (uint64_t)(i + 1));
		trace_view_free(&v);
	}
	heads(seq);
	CHECK_EQ(seq[0] > seq[1] ? seq[0] - seq[1] : seq[1] - seq[0], 1);
}

TEST(a_child_begins_its_own_file)
{
	struct trace_view v;
	uint32_t site = site_of("child", 4);

	begin();
	weir_trace_born(site, 700, 1);
	publish(SECOND);
	weir_trace_freeze();
	weir_trace_after_fork();
	memset(file.bytes + AREA, 0, file.size - AREA);
	CHECK_EQ(publish(SECOND), 0);
	REQUIRE(read_back(&v));
	CHECK_EQ(v.head.seq_begin, 1);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_live_bytes), 700);
	CHECK_EQ(trace_view_site(&v, site, WEIR_S_alloc_bytes), 0);
	CHECK_EQ(trace_view_ring(&v, WEIR_PART_ROWS_1S)->written, 1);
	CHECK(trace_view_site(&v, 0, WEIR_S_live_bytes) > 0);
	trace_view_free(&v);
}

#define TAP_TESTS                                                                        \
	T(what_stacks_took_reads_back)                                                   \
	T(sites_and_stacks_read_back)                                                    \
	T(both_copies_follow)                                                            \
	T(the_largest_sites_are_in_a_row)                                                \
	T(rows_come_when_they_are_due)                                                   \
	T(a_ring_goes_round)                                                             \
	T(marks_have_their_label)                                                        \
	T(a_full_disk_leaves_what_was_there)                                             \
	T(an_exit_that_takes_long_does_not_hide_what_was_held)                           \
	T(a_child_begins_its_own_file)

int
main(void)
{
	static const struct tap_test tests[] = {TAP_TESTS};

	return weir_trace_start(4096, 0) != 0 ||
	       tap_run(tests, (int)(sizeof(tests) / sizeof(tests[0])));
}
