/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading of a trace: what is taken, what is refused and with which error, what is confined.
 */
#include "tests/unit/trace_parsed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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
	const char *bytes = trace_sample_bytes(sample, &n);
	for (size_t cut = 0; cut < n; cut += cut < 2048 ? 1 : 997) {
		int rc = parse(cut);

		if (rc == 0)
			trace_view_free(&view);
		else
			CHECK(why[0] != '\0');
		CHECK(rc == 0 || rc == -ENODATA || rc == -EINVAL);
	}
	/* Without its last rings, as a copy that was cut short. */
	const char *marks = trace_sample_part(sample, WEIR_PART_MARKS);
	REQUIRE(parse((size_t)(marks - bytes)) == 0);
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
	T(says_what_is_wrong_with_a_file)                                                \
	T(ids_out_of_range_are_confined)                                                 \
	T(strings_end_where_the_table_ends)                                              \
	T(shorter_and_longer_records_are_taken)                                          \
	T(every_prefix_is_taken_or_refused)                                              \
	T(files_that_are_none_are_refused)
TAP_MAIN()
