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

TEST(resident_memory_is_split_and_never_negative)
{
	struct derive_memory m;

	sidecar_sample_make(&sample);
	REQUIRE(parse_whole() == 0);
	m = derive_memory(&parsed, &(struct measure){.rss_known = true});
	CHECK_EQ(m.rss_bytes, 150000000);
	CHECK_EQ(m.cached_bytes, 16777216);
	CHECK_EQ(m.live_bytes, 80000000 - 16777216);
	CHECK_EQ(m.rest_bytes, 70000000);
	/* More cached than is resident: purged since; more resident than all: sampled before. */
	m = derive_memory(&parsed, &(struct measure){true, true, 100, 60});
	CHECK_EQ(m.cached_bytes, 60);
	CHECK_EQ(m.live_bytes, 0);
	CHECK_EQ(m.rest_bytes, 40);
	m = derive_memory(&parsed, &(struct measure){true, true, 100, 200});
	CHECK_EQ(m.rest_bytes, 0);
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
	T(resident_memory_is_split_and_never_negative)
TAP_MAIN()
