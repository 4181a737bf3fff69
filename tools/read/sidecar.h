/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sidecar in memory: checked, copied, reached through accessors that answer 0 for what the
 * file does not have. The file is untrusted: nothing here believes an offset, a count or a
 * string before it is checked, and the file is read, never mapped.
 */
#ifndef TOOLS_SIDECAR_H
#define TOOLS_SIDECAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weir/stats.h"

/* The most that is read, of a file of at most that length. Header and slots take 60 KB today. */
#define SIDECAR_MAX_BYTES (4u << 20)
#define SIDECAR_MAX_FILE  (64u << 20)
#define SIDECAR_WHY	  160

struct sidecar_rows {
	const uint64_t *words; /* NULL: the file has no such section */
	uint32_t records;
	uint32_t record_words;
};

struct sidecar {
	struct weir_stats_header header; /* its strings are terminated */
	struct weir_stats_slot_head slot;
	struct sidecar_rows rows[WEIR_N_SECTIONS];
	uint32_t torn_slots; /* of those that have been written */
	uint64_t *words;     /* owned: the slot that was taken */
};

/*
 * Checks `n` bytes and fills `s`, which sidecar_free releases. Returns 0, or with a sentence
 * in `why`: -EINVAL (not a sidecar), -ENOTSUP (a sidecar this build cannot read), -ENODATA
 * (cut short, or nothing written yet), -EBADMSG (damaged).
 */
int sidecar_parse(struct sidecar *s, const void *bytes, size_t n, char why[SIDECAR_WHY]);

/*
 * What must hold before any other field of the header means anything, of a file of `n` bytes; for
 * trace_view.c too. The result is that of sidecar_parse.
 */
int sidecar_check_identity(const struct weir_stats_header *h, uint64_t n,
			   char why[SIDECAR_WHY]);

/*
 * The same as sidecar_parse for a file, which must be a regular one and no symbolic link; `dir` is
 * a folder's descriptor or AT_FDCWD. While the writer is at work the file is read until two reads
 * agree. Other results: -errno of open or read; -ENOTSUP also for other kinds of file.
 */
int sidecar_load(struct sidecar *s, int dir, const char *path, char why[SIDECAR_WHY]);

void sidecar_free(struct sidecar *s);

/* True if record `row` of the section is there and has this field. */
bool sidecar_has(const struct sidecar *s, enum weir_stats_section_id section,
		 uint32_t row, uint32_t field);

/* The word there, or 0. */
uint64_t sidecar_at(const struct sidecar *s, enum weir_stats_section_id section,
		    uint32_t row, uint32_t field);

/* A field over all records; stays at UINT64_MAX instead of wrapping. */
uint64_t sidecar_sum(const struct sidecar *s, enum weir_stats_section_id section,
		     uint32_t field);

static inline uint64_t
sidecar_counter(const struct sidecar *s, enum weir_counter c)
{
	return sidecar_at(s, WEIR_SECTION_COUNTERS, 0, c);
}

static inline uint64_t
sidecar_class(const struct sidecar *s, uint32_t row, enum weir_class_field f)
{
	return sidecar_at(s, WEIR_SECTION_CLASSES, row, f);
}

#endif
