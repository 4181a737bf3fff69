/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sidecar with traffic whose numbers add up, and ways to spoil it. For the tests of the
 * command and for the seeds of its fuzzer.
 */
#ifndef TESTS_TOOLS_SIDECAR_SAMPLE_H
#define TESTS_TOOLS_SIDECAR_SAMPLE_H

#include <stdint.h>

#include "weir/stats.h"

/* As words, so that it is aligned for all that lies in it. */
struct sidecar_sample {
	uint64_t words[WEIR_STATS_FILE_BYTES / 8];
};

/* Both slots filled, slot 1 the newer by one; written by pid 1234, start 5678. */
void sidecar_sample_make(struct sidecar_sample *s);

struct weir_stats_header *sidecar_sample_header(struct sidecar_sample *s);
struct weir_stats_slot_head *sidecar_sample_slot(struct sidecar_sample *s, int slot);
uint64_t *sidecar_sample_seq_end(struct sidecar_sample *s, int slot);

/* A word of the newer slot. */
uint64_t *sidecar_sample_word(struct sidecar_sample *s,
			      enum weir_stats_section_id section, uint32_t row,
			      uint32_t field);

/*
 * The word of the newer slot that a name means: "large_requests", "classes.0.gets",
 * "fallbacks.2.requests"; NULL if there is none of that name.
 */
uint64_t *sidecar_sample_named(struct sidecar_sample *s, const char *name);

#endif
