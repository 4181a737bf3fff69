/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading of a trace: what is taken, what is refused and with which error, what is confined.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/tools/sidecar_sample.h"
#include "tests/tools/trace_sample.h"
#include "tools/trace_view.h"

static struct trace_sample *sample;
static struct trace_view view;
static char why[TRACE_VIEW_WHY];

/* From a copy of exactly n bytes, so that a sanitizer sees any read beyond them. */
static int
parse(size_t n)
{
	size_t all;
	const void *bytes = trace_sample_bytes(sample, &all);
	void *copy;
	int rc;

	n = n < all ? n : all;
	copy = malloc(n > 0 ? n : 1);
	memcpy(copy, bytes, n);
	rc = trace_view_parse(&view, copy, n, why);
	free(copy);
	return rc;
}

static void
story(void)
{
	if (sample != NULL)
		trace_sample_free(sample);
	sample = trace_sample_new();
	trace_sample_story(sample);
}

TEST(takes_what_is_there)
{
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	const struct weir_trace_frame *f;
	const struct trace_ring *marks, *seconds;

	story();
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK_EQ(view.n_sites, STORY_SITES);
	CHECK_STR(trace_view_tier(&view), "v8");
	CHECK_STR(trace_view_string(&view, view.head.runtime), "node");
	CHECK_EQ(trace_view_site(&view, STORY_HELD, WEIR_S_live_bytes), 119 << 20);
	CHECK_EQ(trace_view_stack(&view, trace_view_site(&view, STORY_HELD, WEIR_S_stack),
				  frames),
		 7);
	f = &view.frames[frames[2]];
	CHECK_STR(trace_view_string(&view, f->function), "remember");
	CHECK_EQ(f->line, 12);
	CHECK(trace_view_module(&view, &view.frames[frames[0]]) == &view.modules[0]);
	CHECK(trace_view_module(&view, f) == NULL);
	CHECK_STR(trace_view_kind_name(
			  trace_view_site(&view, STORY_HELD, WEIR_S_caller_kind)),
		  "backing_store");
	marks = trace_view_ring(&view, WEIR_PART_MARKS);
	REQUIRE(marks->n == 2);
	CHECK_STR(marks->rows[0]->label, "before");
	CHECK_EQ(trace_view_point(marks->rows[1], STORY_HELD)->live_bytes, 100 << 20);
	CHECK(trace_view_point(marks->rows[1], STORY_SITES) == NULL);
	seconds = trace_view_ring(&view, WEIR_PART_ROWS_1S);
	CHECK_EQ(seconds->n, STORY_SECONDS);
	CHECK_EQ(seconds->rows[0]->id, 1);
	trace_view_free(&view);
}

TEST(a_ring_that_went_round_is_sorted_and_torn_rows_are_left_out)
{
	const struct trace_ring *ring;

	story();
	for (int i = 0; i < 20; i++)
		trace_sample_row(sample, WEIR_PART_MARKS)->monotonic_ns = (uint64_t)i;
	REQUIRE(parse(SIZE_MAX) == 0);
	ring = trace_view_ring(&view, WEIR_PART_MARKS);
	REQUIRE(ring->n == 4);
	CHECK_EQ(ring->written, 22);
	CHECK_EQ(ring->rows[0]->id, 19);
	CHECK_EQ(ring->rows[3]->id, 22);
	trace_view_free(&view);
	/* Row 21 lies first in the ring: (21 - 1) % 4. */
	((struct weir_trace_row *)trace_sample_part(sample, WEIR_PART_MARKS))->id_again--;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK_EQ(ring->n, 3);
	trace_view_free(&view);
	/* A row that the head does not count yet. */
	trace_sample_head(sample)->parts[WEIR_PART_MARKS].used--;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK_EQ(ring->n, 2);
	trace_view_free(&view);
}

TEST(the_whole_head_with_the_larger_number_counts)
{
	struct weir_trace_head *one, *zero;

	story();
	one = trace_sample_head(sample);
	zero = (void *)((char *)one - WEIR_TRACE_HEAD_BYTES);
	*zero = *one;
	zero->seq_begin = zero->seq_end = 8;
	zero->parts[WEIR_PART_SITES0].used = 2;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK_EQ(view.n_sites, 2);
	trace_view_free(&view);
	zero->seq_end = 6;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK_EQ(view.n_sites, STORY_SITES);
	trace_view_free(&view);
	one->seq_end++;
	CHECK_EQ(parse(SIZE_MAX), -EBADMSG);
	memset(zero, 0, 2 * WEIR_TRACE_HEAD_BYTES);
	CHECK_EQ(parse(SIZE_MAX), -ENODATA);
}

/* The write before the last as the story has it, the last with nothing live. */
static struct weir_trace_head *
exit_story(uint64_t state)
{
	struct sidecar_sample *slots;
	struct weir_trace_head *last, *before;

	story();
	slots = (struct sidecar_sample *)trace_sample_header(sample);
	sidecar_sample_slot(slots, 1)->state = state;
	last = trace_sample_head(sample);
	before = (void *)((char *)last - WEIR_TRACE_HEAD_BYTES);
	*before = *last;
	before->seq_begin = before->seq_end = last->seq_begin - 1;
	before->monotonic_ns -= 1000;
	before->parts[WEIR_PART_SITES0].used = last->parts[WEIR_PART_SITES1].used;
	memcpy(trace_sample_part(sample, WEIR_PART_SITES0),
	       trace_sample_part(sample, WEIR_PART_SITES1),
	       (size_t)STORY_SITES * WEIR_N_SITE_FIELDS * 8);
	for (uint32_t i = 0; i < STORY_SITES; i++)
		*trace_sample_field(sample, i, WEIR_S_live_bytes) = 0;
	return before;
}

TEST(an_exit_that_freed_all_is_seen_as_it_was_before)
{
	struct weir_trace_head *before = exit_story(WEIR_STATE_EXITED);

	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(view.exited && view.before_exit);
	CHECK_EQ(trace_view_site(&view, STORY_HELD, WEIR_S_live_bytes), 119 << 20);
	CHECK_EQ(view.head.seq_begin, 6);
	trace_view_free(&view);
	/* Half of it is still there: that is no exit that freed all. */
	*trace_sample_field(sample, STORY_HELD, WEIR_S_live_bytes) = 118 << 20;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(view.exited && !view.before_exit);
	CHECK_EQ(trace_view_site(&view, STORY_HELD, WEIR_S_live_bytes), 118 << 20);
	CHECK_EQ(view.head.seq_begin, 7);
	trace_view_free(&view);
	/* Rows count what nobody is blamed for; that is no reason to believe one instead. */
	exit_story(WEIR_STATE_EXITED);
	uint64_t(*sites)[WEIR_N_SITE_FIELDS] =
		trace_sample_part(sample, WEIR_PART_SITES0);
	sites[0][WEIR_S_live_bytes] = 119 << 20;
	sites[STORY_HELD][WEIR_S_live_bytes] = 0;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(view.before_exit);
	CHECK_EQ(trace_view_site(&view, STORY_HELD, WEIR_S_live_bytes), 0);
	CHECK_EQ(trace_view_site(&view, 0, WEIR_S_live_bytes), 119 << 20);
	CHECK_EQ(view.head.seq_begin, 6);
	trace_view_free(&view);
	/* What was kept while several writes came. */
	before = exit_story(WEIR_STATE_EXITED);
	before->seq_begin = before->seq_end = 2;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(view.before_exit);
	CHECK_EQ(view.head.seq_begin, 2);
	trace_view_free(&view);
	/* Not in its place, torn, or wild; and no rows: the last write stands. */
	for (int i = 0; i < 3; i++) {
		before = exit_story(WEIR_STATE_EXITED);
		trace_sample_head(sample)->parts[WEIR_PART_ROWS_1S].used = 0;
		trace_sample_head(sample)->parts[WEIR_PART_ROWS_GC].used = 0;
		if (i == 0)
			before->seq_begin = before->seq_end = 5;
		else if (i == 1)
			before->seq_end = 4;
		else
			before->parts[WEIR_PART_SITES0].used = 1u << 30;
		REQUIRE(parse(SIZE_MAX) == 0);
		CHECK(!view.before_exit && !view.cut);
		CHECK_EQ(trace_view_site(&view, STORY_HELD, WEIR_S_live_bytes), 0);
		trace_view_free(&view);
	}
	/* A process that runs, or was killed, may free what it likes. */
	exit_story(WEIR_STATE_RUNNING);
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(!view.exited && !view.before_exit);
	trace_view_free(&view);
}

TEST(when_both_writes_came_too_late_the_rows_tell)
{
	struct weir_trace_head *before = exit_story(WEIR_STATE_EXITED);
	const uint64_t *f;

	before->seq_begin = before->seq_end = 5;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(view.before_exit);
	f = view.sites[STORY_HELD];
	CHECK_EQ(f[WEIR_S_live_bytes], 119 << 20);
	CHECK_EQ(f[WEIR_S_live_count], 476);
	/* At 119 s; major GCs were at 10, 20, ... 110, and the row before each is a second older. */
	CHECK_EQ(f[WEIR_S_age0_bytes], 10 << 20);
	CHECK_EQ(f[WEIR_S_age1_bytes], 10 << 20);
	CHECK_EQ(f[WEIR_S_age2_bytes], 10 << 20);
	CHECK_EQ(f[WEIR_S_old_bytes], 89 << 20);
	CHECK(f[WEIR_S_birth_gc_sum] / (119 << 10) == 5);
	CHECK(f[WEIR_S_birth_ms_sum] / (119 << 10) == 60000 ||
	      f[WEIR_S_birth_ms_sum] / (119 << 10) == 59500);
	/* What came and went is young. */
	f = view.sites[STORY_GC_LAG];
	CHECK_EQ(f[WEIR_S_live_bytes], 28 << 20);
	CHECK_EQ(f[WEIR_S_age0_bytes], 27 << 20);
	CHECK_EQ(f[WEIR_S_old_bytes], 1 << 20);
	trace_view_free(&view);
	/* Rows of long ago tell nothing of an exit. */
	before = exit_story(WEIR_STATE_EXITED);
	before->seq_begin = before->seq_end = 5;
	trace_sample_head(sample)->monotonic_ns += UINT64_C(10000000000);
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK(!view.before_exit);
	trace_view_free(&view);
}

TEST(says_what_is_wrong_with_a_file)
{
	struct weir_stats_header *h;

	story();
	h = trace_sample_header(sample);
	h->trace_offset = 0;
	CHECK_EQ(parse(SIZE_MAX), -ENODATA);
	CHECK(strstr(why, "no trace in it") != NULL);
	story();
	h = trace_sample_header(sample);
	h->magic[0] = 'x';
	CHECK_EQ(parse(SIZE_MAX), -EINVAL);
	story();
	trace_sample_header(sample)->version = WEIR_STATS_VERSION + 1;
	CHECK_EQ(parse(SIZE_MAX), -ENOTSUP);
	story();
	trace_sample_head(sample)->version = WEIR_TRACE_VERSION + 1;
	CHECK_EQ(parse(SIZE_MAX), -ENOTSUP);
	story();
	trace_sample_header(sample)->trace_offset = UINT64_MAX - 7;
	CHECK_EQ(parse(SIZE_MAX), -EBADMSG);
	story();
	trace_sample_head(sample)->parts[WEIR_PART_NODES].offset = UINT64_MAX - 7;
	CHECK_EQ(parse(SIZE_MAX), -EBADMSG);
	CHECK(strstr(why, "NODES") != NULL);
	story();
	trace_sample_head(sample)->parts[WEIR_PART_FRAMES].used = 1u << 30;
	CHECK_EQ(parse(SIZE_MAX), -EBADMSG);
	story();
	trace_sample_head(sample)->parts[WEIR_PART_ROWS_1S].record_bytes = 8;
	CHECK_EQ(parse(SIZE_MAX), -EBADMSG);
}

TEST(ids_out_of_range_are_confined)
{
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];
	struct weir_trace_node *nodes;
	struct weir_trace_row *row;

	story();
	*trace_sample_field(sample, 1, WEIR_S_stack) = UINT64_MAX;
	*trace_sample_field(sample, 2, WEIR_S_thread) = 16;
	*trace_sample_field(sample, 3, WEIR_S_caller_kind) = 77;
	nodes = trace_sample_part(sample, WEIR_PART_NODES);
	nodes[5].parent = 5;
	nodes[6].frame = 4000000000;
	((struct weir_trace_frame *)trace_sample_part(sample, WEIR_PART_FRAMES))[1]
		.module = 900;
	row = trace_sample_part(sample, WEIR_PART_ROWS_1S);
	row->n_points = UINT32_MAX;
	((struct weir_trace_point *)(row + 1))[0].site = 9999;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK_EQ(trace_view_site(&view, 1, WEIR_S_stack), 0);
	CHECK_EQ(trace_view_site(&view, 2, WEIR_S_thread), 0);
	CHECK_EQ(trace_view_site(&view, 3, WEIR_S_caller_kind), WEIR_KIND_OTHER);
	CHECK_EQ(view.nodes[5].parent, 0);
	CHECK_EQ(view.nodes[6].frame, 0);
	CHECK_EQ(view.frames[1].module, 0);
	row = (void *)(uintptr_t)trace_view_ring(&view, WEIR_PART_ROWS_1S)->rows[0];
	CHECK_EQ(row->n_points, 8);
	CHECK_EQ(trace_view_points(row)[0].site, 0);
	CHECK_EQ(trace_view_stack(&view, UINT64_MAX, frames), 0);
	CHECK_STR(trace_view_string(&view, UINT32_MAX), "");
	trace_view_free(&view);
}

TEST(strings_end_where_the_table_ends)
{
	struct weir_trace_part *p;

	story();
	p = &trace_sample_head(sample)->parts[WEIR_PART_STRINGS];
	memset(trace_sample_part(sample, WEIR_PART_STRINGS), 'x', p->capacity);
	p->used = 10;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK_STR(trace_view_string(&view, 7), "xxx");
	CHECK_STR(trace_view_string(&view, 10), "");
	trace_view_free(&view);
}

TEST(shorter_and_longer_records_are_taken)
{
	struct weir_trace_part *p;

	story();
	p = &trace_sample_head(sample)->parts[WEIR_PART_SITES1];
	/* The same bytes, as records of half and of twice the fields. */
	p->record_bytes /= 2;
	p->used = 2;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK_EQ(view.n_sites, 2);
	CHECK_EQ(trace_view_site(&view, 0, WEIR_S_last_ns), 0);
	trace_view_free(&view);
	p->record_bytes *= 4;
	p->capacity /= 4;
	p->used = 3;
	REQUIRE(parse(SIZE_MAX) == 0);
	CHECK_EQ(trace_view_site(&view, 1, WEIR_S_live_bytes),
		 *trace_sample_field(sample, 2, WEIR_S_live_bytes));
	trace_view_free(&view);
}

TEST(every_prefix_is_taken_or_refused)
{
	size_t n;

	story();
	trace_sample_bytes(sample, &n);
	for (size_t cut = 0; cut < n; cut += cut < 2048 ? 1 : 997) {
		int rc = parse(cut);

		if (rc == 0)
			trace_view_free(&view);
		else
			CHECK(why[0] != '\0');
		CHECK(rc == 0 || rc == -ENODATA || rc == -EINVAL);
	}
	/* Without its last rings, as a copy that was cut short. */
	REQUIRE(parse(n - 3000) == 0);
	CHECK(view.cut);
	CHECK_EQ(view.n_sites, STORY_SITES);
	trace_view_free(&view);
}

TEST(files_that_are_none_are_refused)
{
	char dir[] = "/tmp/weir-trace-XXXXXX", path[64], link[64];
	size_t n;
	const void *bytes;
	int fd;

	story();
	REQUIRE(mkdtemp(dir) != NULL);
	snprintf(path, sizeof(path), "%s/a.weir", dir);
	snprintf(link, sizeof(link), "%s/b.weir", dir);
	bytes = trace_sample_bytes(sample, &n);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	CHECK(write(fd, bytes, n) == (ssize_t)n);
	CHECK(trace_view_load(&view, AT_FDCWD, path, why) == 0);
	CHECK_EQ(view.n_sites, STORY_SITES);
	trace_view_free(&view);
	CHECK(symlink(path, link) == 0);
	CHECK_EQ(trace_view_load(&view, AT_FDCWD, link, why), -ELOOP);
	unlink(link);
	CHECK(mkfifo(link, 0600) == 0);
	CHECK_EQ(trace_view_load(&view, AT_FDCWD, link, why), -ENOTSUP);
	unlink(link);
	CHECK_EQ(trace_view_load(&view, AT_FDCWD, link, why), -ENOENT);
	CHECK(ftruncate(fd, TRACE_VIEW_MAX_FILE + 1l) == 0);
	CHECK_EQ(trace_view_load(&view, AT_FDCWD, path, why), -EINVAL);
	close(fd);
	unlink(path);
	rmdir(dir);
}

#define TAP_TESTS                                                                        \
	T(takes_what_is_there)                                                           \
	T(a_ring_that_went_round_is_sorted_and_torn_rows_are_left_out)                   \
	T(the_whole_head_with_the_larger_number_counts)                                  \
	T(an_exit_that_freed_all_is_seen_as_it_was_before)                               \
	T(when_both_writes_came_too_late_the_rows_tell)                                  \
	T(says_what_is_wrong_with_a_file)                                                \
	T(ids_out_of_range_are_confined)                                                 \
	T(strings_end_where_the_table_ends)                                              \
	T(shorter_and_longer_records_are_taken)                                          \
	T(every_prefix_is_taken_or_refused)                                              \
	T(files_that_are_none_are_refused)
TAP_MAIN()
