/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the next allocator is told to give back what it keeps free while the host works: it keeps much, has
 * done so for a while, and the last time was worth it. Asking it and telling it take processor time, and what
 * is given back has to be touched again: all three are kept rare. Pure: all times are arguments.
 */
#ifndef POLICY_HOARD_H
#define POLICY_HOARD_H

#include <stdbool.h>
#include <stdint.h>

/* Less than this is not worth it under load. */
#define WEIR_HOARD_LEAST ((uint64_t)64 << 20)

/* All zero at first. */
struct weir_hoard {
	int64_t asked_ns,
		ask_cost_ns; /* when it was asked last, 0: never; and what that took */
	bool much;	     /* and whether it kept much */
	int64_t trimmed_ns, trim_cost_ns;
	uint64_t left_bytes; /* what was resident, and not weir's, after the last trim */
	unsigned vain;	     /* trims in a row that gave little */
	bool collected;	     /* the runtime has let go of much since the last trim */
};

/*
 * Nanoseconds until the next look; 0: ask it now, and tell weir_hoard_told. `other_bytes`: what is resident and not
 * weir's.
 */
int64_t weir_hoard_look(const struct weir_hoard *h, int64_t now_ns, uint64_t other_bytes);

/* What it said, and the processor time that it took to say so. True: trim now, and call weir_hoard_trimmed. */
bool weir_hoard_told(struct weir_hoard *h, int64_t now_ns, int64_t cost_ns,
		     uint64_t free_bytes, uint64_t used_bytes);

/* It could not be asked: nobody would serve the host meanwhile. */
void weir_hoard_put_off(struct weir_hoard *h, int64_t now_ns);

/* The trim is over, and took so much processor time; `before` and `after`: what was resident and not weir's. */
void weir_hoard_trimmed(struct weir_hoard *h, int64_t now_ns, int64_t cost_ns,
			uint64_t before_bytes, uint64_t after_bytes);

/* The runtime has collected garbage: much of what it let go of is free there now, and will not be asked for soon. */
void weir_hoard_collected(struct weir_hoard *h);

#endif
