/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where resident memory is: the one account that `stat`, `growth`, `top`, `report` and `export` show. Its
 * parts are of one instant and add up. Pure.
 */
#ifndef TOOLS_RESIDENT_H
#define TOOLS_RESIDENT_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/read/measure.h"
#include "tools/read/sidecar.h"
#include "weir/trace.h"

struct resident {
	bool now; /* measured now, else as the process has recorded it */
	uint64_t rss_bytes;
	/* Always: live + cached + js_heap + other = rss. */
	uint64_t live_bytes;   /* resident part of what weir serves */
	uint64_t cached_bytes; /* freed, kept by weir */
	uint64_t
		js_heap_bytes; /* V8's; without parts, what of it was in use, 0: not known */
	uint64_t other_bytes;
	/* The other parts as well, which add up to rss with the first two. */
	bool parts_known;
	uint64_t age_ns; /* of the parts, before the last write; 0: measured now */
	uint64_t part_bytes[WEIR_N_MEMORY_PARTS];
	/* Of what weir serves and keeps, measured now, so much at least came after the last write: no line has it. */
	uint64_t unrecorded_bytes;
	bool v8;
	uint64_t js_used_bytes; /* of V8's heap, at its last collection; 0: not known */
	bool next_known;	/* the next allocator has told what of it is in use */
	uint64_t next_used_bytes, next_age_ns;
	uint64_t limit_bytes; /* of its control group; 0: none */
};

/*
 * As measured now; as of the file where that is not known. Figures taken at slightly different
 * moments are clamped, never negative.
 */
struct resident resident_of(const struct sidecar *s, const struct measure *now);

/* As a row has it. */
struct resident resident_of_row(const struct weir_trace_row *row);

/* Without parts. */
struct resident resident_split(uint64_t rss, uint64_t live, uint64_t cached,
			       uint64_t js_used);

/* What is in use of V8's heap, where the sidecar itself does not tell. */
void resident_set_script(struct resident *r, uint64_t used_bytes);

/* Of the next allocator, what is resident and not in use; false: not known. */
bool resident_next_free(const struct resident *r, uint64_t *bytes);

/* "live", and what that means. */
const char *resident_part_name(enum weir_memory_part part);
const char *resident_part_meaning(enum weir_memory_part part);

/*
 * What is to be shown, in order: the first two always, of the others what holds anything. They add up to
 * rss. Where the parts are not known the last is all that nobody has looked at. Returns how many.
 */
struct resident_row {
	const char *name, *meaning;
	uint64_t bytes;
};
size_t resident_rows(const struct resident *r,
		     struct resident_row rows[WEIR_N_MEMORY_PARTS]);

#endif
