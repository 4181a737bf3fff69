/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a process is looked at though it asks nothing of weir: what grows may be small blocks, a runtime's
 * heap, or mappings, and the record of it goes on. Pure: all times are arguments.
 */
#ifndef POLICY_BEAT_H
#define POLICY_BEAT_H

#include <stdbool.h>
#include <stdint.h>

/* A process that lives so long and is so large is worth a record, whatever it is made of. */
#define WEIR_BEAT_AGE_NS 3000000000ll
#define WEIR_BEAT_WORTH	 ((uint64_t)64 << 20)

/* All zero at first. */
struct weir_beat {
	int64_t seen_ns;    /* the last look, 0: none */
	uint64_t rss_bytes; /* and what was resident then */
	unsigned
		still; /* looks at which it was about what it was before; fewer as it moves */
};

/* Inline, for each process asks at its end: a call far away is a page fault in a forked child. */
static inline bool
weir_beat_old_enough(int64_t born_ns, int64_t now_ns)
{
	return now_ns - born_ns >= WEIR_BEAT_AGE_NS;
}

/* Nanoseconds until the next look, 0 or less: it is due. Each second while its size changes, else later and later, up to ten. */
int64_t weir_beat_wait(const struct weir_beat *b, int64_t born_ns, int64_t now_ns);

/* A look was made. */
void weir_beat_seen(struct weir_beat *b, int64_t now_ns, uint64_t rss_bytes);

#endif
