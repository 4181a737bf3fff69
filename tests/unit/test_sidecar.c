/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing of a sidecar from bytes: what is taken, what is refused, and with which error.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/tools/sidecar_sample.h"
#include "tools/model/derive.h"
#include "tools/model/resident.h"
#include "tools/read/sidecar.h"

static struct sidecar_sample sample;
static struct sidecar parsed;
static char why[SIDECAR_WHY];

/* From a copy of exactly n bytes, so that a sanitizer sees any read beyond them. */
static int
parse(size_t n)
{
	void *copy = malloc(n > 0 ? n : 1);

	memcpy(copy, &sample, n);
	int rc = sidecar_parse(&parsed, copy, n, why);

	free(copy);
	return rc;
}

static int
parse_whole(void)
{
	return parse(sizeof(sample));
}

TEST(takes_the_slot_with_the_larger_number)
{
	sidecar_sample_make(&sample);
	REQUIRE(parse_whole() == 0);
	CHECK_EQ(parsed.slot.seq_begin, 42);
	CHECK_EQ(sidecar_counter(&parsed, WEIR_C_sidecar_writes), 42);
	CHECK_EQ(parsed.torn_slots, 0);
	CHECK_STR(parsed.header.exe, "/usr/bin/sample");
	sidecar_free(&parsed);
	sidecar_sample_slot(&sample, 0)->seq_begin = *sidecar_sample_seq_end(&sample, 0) =
		43;
	REQUIRE(parse_whole() == 0);
	CHECK_EQ(parsed.slot.seq_begin, 43);
	CHECK_EQ(sidecar_counter(&parsed, WEIR_C_sidecar_writes), 41);
	sidecar_free(&parsed);
}

TEST(falls_back_to_the_older_slot_when_the_newer_is_torn)
{
	sidecar_sample_make(&sample);
	sidecar_sample_slot(&sample, 1)->seq_begin = 43;
	REQUIRE(parse_whole() == 0);
	CHECK_EQ(parsed.slot.seq_begin, 41);
	CHECK_EQ(parsed.torn_slots, 1);
	sidecar_free(&parsed);
	*sidecar_sample_seq_end(&sample, 0) = 0;
	CHECK_EQ(parse_whole(), -EBADMSG);
}

TEST(every_prefix_is_taken_or_refused)
{
	size_t slot0_end = WEIR_STATS_HEADER_BYTES + WEIR_STATS_SLOT_BYTES;

	sidecar_sample_make(&sample);
	for (size_t n = 0; n < sizeof(sample); n += n < 1100 ? 1 : 97) {
		int rc = parse(n);

		if (n < 8)
			CHECK_EQ(rc, -EINVAL);
		else if (n < slot0_end)
			CHECK_EQ(rc, -ENODATA);
		else
			CHECK_EQ(rc, 0);
		if (rc == 0) {
			CHECK_EQ(parsed.slot.seq_begin, 41);
			sidecar_free(&parsed);
		}
		/* Nor with the rest lying behind it. */
		CHECK_EQ(sidecar_parse(&parsed, &sample, n, why), rc);
		sidecar_free(&parsed);
	}
}

TEST(refuses_foreign_files)
{
	struct weir_stats_header *h = sidecar_sample_header(&sample);

	sidecar_sample_make(&sample);
	h->magic[7] = 'T';
	CHECK_EQ(parse_whole(), -EINVAL);
	sidecar_sample_make(&sample);
	h->endian = __builtin_bswap32(WEIR_STATS_ENDIAN);
	CHECK_EQ(parse_whole(), -ENOTSUP);
	sidecar_sample_make(&sample);
	h->version = WEIR_STATS_VERSION + 1;
	CHECK_EQ(parse_whole(), -ENOTSUP);
	sidecar_sample_make(&sample);
	h->word_bytes = 4;
	CHECK_EQ(parse_whole(), -ENOTSUP);
}

TEST(strings_are_terminated)
{
	sidecar_sample_make(&sample);
	memset(sidecar_sample_header(&sample)->exe, 'x', WEIR_STATS_EXE_BYTES);
	memset(sidecar_sample_header(&sample)->weir_version, '9', 16);
	REQUIRE(parse_whole() == 0);
	CHECK_EQ(strlen(parsed.header.exe), WEIR_STATS_EXE_BYTES - 1);
	CHECK_EQ(strlen(parsed.header.weir_version), 15);
	sidecar_free(&parsed);
}

TEST(a_larger_header_and_longer_records_are_taken)
{
	/* A later layout of the same version: the slots begin later, records are longer. */
	struct weir_stats_header *h = sidecar_sample_header(&sample);
	struct weir_stats_section *kinds = &h->sections[WEIR_SECTION_KINDS];

	sidecar_sample_make(&sample);
	kinds->records = 1;
	kinds->record_words = WEIR_N_KINDS * WEIR_N_KIND_FIELDS;
	REQUIRE(parse_whole() == 0);
	CHECK_EQ(sidecar_at(&parsed, WEIR_SECTION_KINDS, 0, WEIR_KF_requests), 10);
	CHECK(!sidecar_has(&parsed, WEIR_SECTION_KINDS, 1, WEIR_KF_requests));
	sidecar_free(&parsed);
	memmove((char *)&sample + WEIR_STATS_HEADER_BYTES + 64,
		(char *)&sample + WEIR_STATS_HEADER_BYTES, WEIR_STATS_SLOT_BYTES);
	h->header_bytes = WEIR_STATS_HEADER_BYTES + 64;
	REQUIRE(parse_whole() == 0);
	CHECK_EQ(parsed.slot.seq_begin, 41);
	sidecar_free(&parsed);
}

TEST(sections_at_the_very_end_are_taken_one_word_more_is_refused)
{
	struct weir_stats_section *f =
		&sidecar_sample_header(&sample)->sections[WEIR_SECTION_FALLBACKS];

	sidecar_sample_make(&sample);
	f->word_offset = WEIR_SLOT_END - f->records;
	REQUIRE(parse_whole() == 0);
	sidecar_free(&parsed);
	f->word_offset++;
	CHECK_EQ(parse_whole(), -EBADMSG);
	f->word_offset = UINT32_MAX;
	CHECK_EQ(parse_whole(), -EBADMSG);
	f->word_offset = 3;
	CHECK_EQ(parse_whole(), -EBADMSG);
	f->word_offset = WEIR_SLOT_COUNTERS;
	f->records = f->record_words = UINT32_MAX;
	CHECK_EQ(parse_whole(), -EBADMSG);
}

TEST(what_is_not_there_reads_as_zero)
{
	sidecar_sample_make(&sample);
	sidecar_sample_header(&sample)->n_sections = 2;
	REQUIRE(parse_whole() == 0);
	CHECK_EQ(sidecar_at(&parsed, WEIR_SECTION_SIZES, 17, 0), 0);
	CHECK_EQ(sidecar_sum(&parsed, WEIR_SECTION_SIZES, 0), 0);
	CHECK(!sidecar_has(&parsed, WEIR_SECTION_SIZES, 0, 0));
	CHECK(!sidecar_has(&parsed, WEIR_SECTION_COUNTERS, 0, WEIR_N_COUNTERS));
	CHECK(!sidecar_has(&parsed, WEIR_SECTION_COUNTERS, 1, 0));
	sidecar_free(&parsed);
}

TEST(sums_stop_at_the_largest_number)
{
	sidecar_sample_make(&sample);
	*sidecar_sample_named(&sample, "classes.0.gets") = UINT64_MAX - 10;
	REQUIRE(parse_whole() == 0);
	CHECK(sidecar_sum(&parsed, WEIR_SECTION_CLASSES, WEIR_K_gets) == UINT64_MAX);
	CHECK(derive_totals(&parsed).gets == UINT64_MAX);
	sidecar_free(&parsed);
}

static uint64_t
sum_of_rows(const struct resident *r)
{
	struct resident_row rows[WEIR_N_MEMORY_PARTS];
	size_t n = resident_rows(r, rows);
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += rows[i].bytes;
	return sum;
}

/* One instant, measured or recorded, whatever the counters of another one say. */
TEST(the_parts_of_resident_memory_are_of_one_instant_and_add_up)
{
	struct measure now = {.rss_known = true, .parts_known = true, .rss_bytes = 700};
	struct resident r;
	uint64_t bytes;

	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		now.part_bytes[i] = i < 7 ? 100 : 0;
	sidecar_sample_make(&sample);
	for (unsigned i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		*sidecar_sample_word(&sample, WEIR_SECTION_COUNTERS, 0,
				     WEIR_C_part_live_bytes + i) = 10 * i;
	*sidecar_sample_word(&sample, WEIR_SECTION_COUNTERS, 0, WEIR_C_account_ns) =
		sidecar_sample_slot(&sample, 1)->monotonic_ns - 5;
	REQUIRE(parse_whole() == 0);
	r = resident_of(&parsed, &now);
	CHECK(r.now);
	CHECK_EQ(r.rss_bytes, 700);
	CHECK_EQ(r.js_heap_bytes, 100);
	CHECK_EQ(sum_of_rows(&r), 700);
	r = resident_of(&parsed, &(struct measure){0});
	CHECK(!r.now);
	CHECK(r.parts_known);
	CHECK_EQ(r.age_ns, 5);
	CHECK_EQ(r.rss_bytes, 10 * 55);
	CHECK_EQ(sum_of_rows(&r), 10 * 55);
	CHECK(!resident_next_free(&r, &bytes));
	sidecar_free(&parsed);
}

TEST(a_part_that_is_not_known_is_no_nothing)
{
	struct resident r = resident_split(1000, 500, 100, 200);

	CHECK_EQ(r.live_bytes + r.cached_bytes + r.js_heap_bytes + r.other_bytes, 1000);
	CHECK_EQ(sum_of_rows(&r), 1000);
	CHECK(!r.parts_known);
	r = resident_split(1000, 5000, 100, 200);
	CHECK_EQ(r.live_bytes, 900);
	CHECK_EQ(r.other_bytes, 0);
	r = resident_split(50, 5000, 100, 200);
	CHECK_EQ(r.cached_bytes, 50);
}

TEST(resident_memory_is_split_and_never_negative)
{
	struct resident m;

	sidecar_sample_make(&sample);
	REQUIRE(parse_whole() == 0);
	m = resident_of(&parsed, &(struct measure){0});
	CHECK(!m.now);
	CHECK(!m.parts_known);
	CHECK_EQ(m.rss_bytes, 150000000);
	CHECK_EQ(m.cached_bytes, 16777216);
	CHECK_EQ(m.live_bytes, 80000000 - 16777216);
	CHECK_EQ(m.other_bytes, 70000000);
	/* More resident than all: sampled before. */
	m = resident_of(&parsed, &(struct measure){.rss_known = true, .rss_bytes = 100});
	CHECK_EQ(m.cached_bytes, 100);
	CHECK_EQ(m.live_bytes, 0);
	CHECK_EQ(m.other_bytes, 0);
	sidecar_free(&parsed);
}

#define TAP_TESTS                                                                        \
	T(takes_the_slot_with_the_larger_number)                                         \
	T(falls_back_to_the_older_slot_when_the_newer_is_torn)                           \
	T(every_prefix_is_taken_or_refused)                                              \
	T(refuses_foreign_files)                                                         \
	T(strings_are_terminated)                                                        \
	T(a_larger_header_and_longer_records_are_taken)                                  \
	T(sections_at_the_very_end_are_taken_one_word_more_is_refused)                   \
	T(what_is_not_there_reads_as_zero)                                               \
	T(sums_stop_at_the_largest_number)                                               \
	T(the_parts_of_resident_memory_are_of_one_instant_and_add_up)                    \
	T(a_part_that_is_not_known_is_no_nothing)                                        \
	T(resident_memory_is_split_and_never_negative)
TAP_MAIN()
