/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often to look at what the system says about memory: each look costs the host processor time,
 * some of them (memory.stat on a large machine) milliseconds. Called by preload/clock/chores.c and group.c.
 */
#ifndef POLICY_LOOKS_H
#define POLICY_LOOKS_H

#include <stdbool.h>
#include <stdint.h>

/* A clock that went back is a reason as well. */
bool weir_look_due(int64_t now_ns, int64_t last_ns, int64_t every_ns);

/* The last look at what of a group's memory can be dropped at any time, and what is known since. */
struct weir_unused_look {
	int64_t now_ns, last_ns, cost_ns;
	uint64_t limit_bytes, current_bytes, unused_bytes;
};

/*
 * Once a second. Near the limit with much of it, the kernel drops it while others grow, and nobody is told:
 * then as often as a two-thousandth of a processor allows.
 */
bool weir_unused_due(const struct weir_unused_look *look);

/* The last look at where memory is (preload/clock/parts.c): all mappings of the process. All zero at first. */
struct weir_parts_look {
	int64_t last_ns, cost_ns;
	int64_t owed_ns; /* looks took so much more than their share of a processor */
	uint64_t rss_bytes;
};

/*
 * While resident memory changes once a second, as long as a twentieth of a second of processor time and a
 * four-hundredth of a processor allow: of a growth that has just begun more is seen. Else a tenth of that.
 */
bool weir_parts_due(const struct weir_parts_look *look, int64_t now_ns,
		    uint64_t rss_bytes);

/*
 * Whether a host's own thread may make it: it takes no more than two milliseconds, by what the last one took and by the pages that came since; or ten, and a
 * two-thousandth of the time since.
 */
bool weir_parts_brief(const struct weir_parts_look *look, int64_t now_ns,
		      uint64_t rss_bytes);

/*
 * After so much processor time a host's own thread gives up a look that was to be brief: what many mappings cost is not known before. It then
 * counts for so dear that no other one is brief.
 */
#define WEIR_PARTS_BRIEF_NS    INT64_C(2000000)
#define WEIR_PARTS_GIVEN_UP_NS INT64_C(20000000)

/* A look was made, and took so much processor time. */
void weir_parts_looked(struct weir_parts_look *look, int64_t now_ns, int64_t cost_ns,
		       uint64_t rss_bytes);

#endif
