/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time by which free memory, and the memory of a peak, grow older: the clock's, less the pauses
 * of a host that works in bursts, which needs the pages of one burst again in the next. Pure: time and
 * the host's requests are arguments. Kept by the background thread's work.
 */
#ifndef POLICY_AGING_H
#define POLICY_AGING_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A pause lasts from a quarter of the decay time to twice the decay time after a request: a longer one
 * is a rest, of which all counts. All zero at first.
 */
struct weir_aging {
	int64_t asked_ns;   /* when the host was last seen to ask for memory */
	int64_t looked_ns;  /* the last look, on the clock that stands still in a pause */
	int64_t pause_ns;   /* how long the last pause was that is over */
	int64_t resumed_ns; /* and when it was over */
	bool paused;
};

struct weir_aged {
	/*
	 * Free memory is as old as if it were this time now. The pause that is over is left out for one
	 * decay time of work, and the one that the host is in: with two of them, memory is kept for up to
	 * four decay times longer than its own. A host that asks now and then and reuses nothing has
	 * more pauses than that.
	 */
	int64_t now_ns;
	int64_t worked_ns; /* since the last look: by so much a peak is older */
	bool stands;	   /* nothing grows older before the host works or rests */
};

/* `asked`: the host has asked for memory since the last look. */
struct weir_aged weir_aging_look(struct weir_aging *a, int64_t now_ns, bool asked,
				 uint64_t decay_ms);

#endif
