/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a series of memory does: rises, slows down, has stopped. Judged over each window of
 * growth_window.h; called by growth_facts.c. Pure.
 */
#ifndef TOOLS_GROWTH_COURSE_H
#define TOOLS_GROWTH_COURSE_H

#include "tools/model/growth_window.h"

enum growth_course_is {
	COURSE_RISES =
		1 << 0, /* for all of a window, beyond what chance or a wave does */
	COURSE_OFTEN = 1 << 1,	 /* ... as many instants have shown */
	COURSE_SLOWS = 1 << 2,	 /* rises, but ever slower: may be about to stop */
	COURSE_STOPPED = 1 << 3, /* has risen, not lately */
	COURSE_LEANS = 1 << 4,	 /* is higher than it was, and nothing proves it */
};

struct growth_course {
	unsigned is;		  /* of enum growth_course_is */
	size_t window;		  /* that rises */
	double slope_bytes_per_s; /* in it */
};

/* `floor` says which series; a rise below `least` bytes is none. */
struct growth_course growth_course(const struct growth_windows *w, bool floor,
				   double least);

/* How much it is above its lowest, since when, and until when it rose; in seconds before the end. */
struct growth_climb {
	double bytes, from_s, to_s;
};

struct growth_climb growth_climb(const struct growth_windows *w, bool floor);

#endif
