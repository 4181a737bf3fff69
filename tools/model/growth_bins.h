/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be asked of one window's bins: values that are even in time, each the least of its time. For
 * growth_course.c alone; pure.
 */
#ifndef TOOLS_GROWTH_BINS_H
#define TOOLS_GROWTH_BINS_H

#include "tools/model/growth_window.h"

/* Of these, no order would be rare. */
#define GROWTH_MIN_BINS 6

struct growth_bins {
	double v[GROWTH_BINS], span_s;
	size_t n;
	size_t settled; /* the first one that is no start-up any more */
	double rise;	/* from the mean of its first ones to that of its last */
};

/* Sets `rise`. */
void growth_bins_measure(struct growth_bins *b);

/* The bin in which the rise begins. */
size_t growth_bins_onset(const struct growth_bins *b);

/* The deepest fall, start-up aside. */
double growth_bins_fall(const struct growth_bins *b);

/* In several steps, none of them too much of it: once is an event. */
bool growth_bins_spread(const struct growth_bins *b);

/* Rises by few steps, and the next one may be to come. `floor`: of what collections leave. */
bool growth_bins_wait(const struct growth_bins *b, bool floor);

/* The last third brings some of its share. */
bool growth_bins_go_on(const struct growth_bins *b);

/*
 * Ever less comes, and not by chance: a cache that fills does so, and the day's wave, which for the first
 * day and a half (`known_s`) nothing tells from a leak but that.
 */
bool growth_bins_slow(const struct growth_bins *b, double known_s);

/* What slows down at this pace has less than `least` to come. */
bool growth_bins_full(const struct growth_bins *b, double least);

#endif
