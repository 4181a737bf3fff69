/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From bytes to a checked struct sidecar. Called by every subcommand that shows numbers and by
 * the fuzzer; never trusts the bytes, never looks at the file system (sidecar_load.c does).
 */
#include "tools/read/sidecar.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const section_names[] = {
#define X(id, text) #id,
	WEIR_STATS_SECTION_LIST(X)
#undef X
};

#define FAIL(error, ...) (snprintf(why, SIDECAR_WHY, __VA_ARGS__), -(error))

int
sidecar_check_identity(const struct weir_stats_header *h, uint64_t n,
		       char why[SIDECAR_WHY])
{
	static const char nothing[sizeof(h->magic)];

	/* The file was made, but its process has ended before, or has not yet written to it. */
	if (n >= sizeof(h->magic) && memcmp(h->magic, nothing, sizeof(nothing)) == 0)
		return FAIL(ENODATA, "nothing has been written to it yet");
	if (n < sizeof(h->magic) ||
	    memcmp(h->magic, WEIR_STATS_MAGIC, sizeof(h->magic)) != 0)
		return FAIL(EINVAL, "not a sidecar: it does not begin with \"%s\"",
			    WEIR_STATS_MAGIC);
	if (n < sizeof(*h))
		return FAIL(ENODATA,
			    "truncated: %" PRIu64 " bytes, the header alone has %d", n,
			    WEIR_STATS_HEADER_BYTES);
	if (h->endian == __builtin_bswap32(WEIR_STATS_ENDIAN))
		return FAIL(ENOTSUP, "written on a machine of the other byte order");
	if (h->endian != WEIR_STATS_ENDIAN)
		return FAIL(EBADMSG, "damaged: no byte order has the mark 0x%08" PRIx32,
			    h->endian);
	if (h->version > WEIR_STATS_VERSION)
		return FAIL(ENOTSUP,
			    "written by a newer weir: layout %u, this one reads %d",
			    h->version, WEIR_STATS_VERSION);
	if (h->version < 1)
		return FAIL(EBADMSG, "damaged: layout version 0");
	if (h->word_bytes != 8)
		return FAIL(ENOTSUP, "words of %u bytes, this weir reads 8",
			    h->word_bytes);
	return 0;
}

static int
check_geometry(const struct weir_stats_header *h, char *why)
{
	size_t least = sizeof(struct weir_stats_slot_head) + sizeof(uint64_t);
	size_t table = offsetof(struct weir_stats_header, sections);

	if (h->header_bytes < sizeof(*h) || h->header_bytes % 8 != 0 ||
	    h->header_bytes > SIDECAR_MAX_BYTES)
		return FAIL(EBADMSG, "damaged: a header of %" PRIu32 " bytes",
			    h->header_bytes);
	if (h->slot_bytes < least || h->slot_bytes % 8 != 0 ||
	    h->slot_bytes > SIDECAR_MAX_BYTES)
		return FAIL(EBADMSG, "damaged: a slot of %" PRIu32 " bytes",
			    h->slot_bytes);
	if (h->n_slots < 1 || h->n_slots > 16)
		return FAIL(EBADMSG, "damaged: %" PRIu32 " slots", h->n_slots);
	if (h->n_sections > (h->header_bytes - table) / sizeof(struct weir_stats_section))
		return FAIL(EBADMSG,
			    "damaged: %" PRIu32 " sections in a header of %" PRIu32
			    " bytes",
			    h->n_sections, h->header_bytes);
	return 0;
}

/*
 * Offset of the whole slot with the larger number. A slot never written is all zeros and
 * counts as neither whole nor torn.
 */
static int
pick_slot(struct sidecar *s, const unsigned char *bytes, size_t n, size_t *offset,
	  char *why)
{
	const struct weir_stats_header *h = &s->header;
	uint32_t present = 0;
	uint64_t best = 0;

	s->torn_slots = 0;
	for (uint32_t i = 0; i < h->n_slots; i++) {
		size_t at = h->header_bytes + (size_t)i * h->slot_bytes;
		uint64_t begin, end;

		if (at > n || n - at < h->slot_bytes)
			break; /* cut: an earlier slot may do */
		present++;
		memcpy(&begin, bytes + at, sizeof(begin));
		memcpy(&end, bytes + at + h->slot_bytes - sizeof(end), sizeof(end));
		if (begin != end) {
			s->torn_slots++;
		} else if (begin > best) {
			best = begin;
			*offset = at;
		}
	}
	if (best != 0)
		return 0;
	if (present == 0)
		return FAIL(ENODATA, "truncated: %zu bytes, no room for a whole slot", n);
	if (s->torn_slots == 0)
		return FAIL(ENODATA, "nothing has been written to it yet");
	if (present < h->n_slots)
		return FAIL(ENODATA, "truncated: %zu bytes, and the slot left is torn",
			    n);
	return FAIL(EBADMSG, "damaged: no slot was written to its end");
}

static int
find_sections(struct sidecar *s, char *why)
{
	const struct weir_stats_header *h = &s->header;
	uint64_t usable = h->slot_bytes / 8 - 1; /* seq_end is the last word */

	for (uint32_t i = 0; i < h->n_sections && i < WEIR_N_SECTIONS; i++) {
		const struct weir_stats_section *sec = &h->sections[i];
		uint64_t words = (uint64_t)sec->records * sec->record_words;

		if (words == 0)
			continue;
		if (sec->word_offset < sizeof(struct weir_stats_slot_head) / 8 ||
		    sec->word_offset > usable || words > usable - sec->word_offset)
			return FAIL(EBADMSG, "damaged: section %s lies outside its slot",
				    section_names[i]);
		s->rows[i].words = s->words + sec->word_offset;
		s->rows[i].records = sec->records;
		s->rows[i].record_words = sec->record_words;
	}
	return 0;
}

int
sidecar_parse(struct sidecar *s, const void *data, size_t n, char why[SIDECAR_WHY])
{
	const unsigned char *bytes = data;
	size_t offset = 0;
	int rc;

	memset(s, 0, sizeof(*s));
	if (n > 0)
		memcpy(&s->header, bytes, n < sizeof(s->header) ? n : sizeof(s->header));
	s->header.weir_version[sizeof(s->header.weir_version) - 1] = '\0';
	s->header.exe[sizeof(s->header.exe) - 1] = '\0';
	s->header.command[sizeof(s->header.command) - 1] = '\0';
	rc = sidecar_check_identity(&s->header, n, why);
	if (rc == 0)
		rc = check_geometry(&s->header, why);
	if (rc == 0)
		rc = pick_slot(s, bytes, n, &offset, why);
	if (rc != 0)
		return rc;
	s->words = malloc(s->header.slot_bytes);
	if (s->words == NULL)
		return FAIL(ENOMEM, "out of memory");
	memcpy(s->words, bytes + offset, s->header.slot_bytes);
	memcpy(&s->slot, s->words, sizeof(s->slot));
	rc = find_sections(s, why);
	if (rc != 0)
		sidecar_free(s);
	return rc;
}

void
sidecar_free(struct sidecar *s)
{
	free(s->words);
	memset(s, 0, sizeof(*s));
}

bool
sidecar_has(const struct sidecar *s, enum weir_stats_section_id section, uint32_t row,
	    uint32_t field)
{
	const struct sidecar_rows *r = &s->rows[section];

	return r->words != NULL && row < r->records && field < r->record_words;
}

uint64_t
sidecar_at(const struct sidecar *s, enum weir_stats_section_id section, uint32_t row,
	   uint32_t field)
{
	const struct sidecar_rows *r = &s->rows[section];

	if (!sidecar_has(s, section, row, field))
		return 0;
	return r->words[(size_t)row * r->record_words + field];
}

uint64_t
sidecar_sum(const struct sidecar *s, enum weir_stats_section_id section, uint32_t field)
{
	uint64_t sum = 0;

	for (uint32_t row = 0; row < s->rows[section].records; row++)
		if (__builtin_add_overflow(sum, sidecar_at(s, section, row, field), &sum))
			return UINT64_MAX;
	return sum;
}
