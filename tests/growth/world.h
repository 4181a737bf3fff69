/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that never ran: what one line of code of theirs holds at each instant, by formula and seed,
 * so that a month takes no longer than a minute. world.c makes of it what a sidecar would have
 * recorded, and asks for the verdict.
 */
#ifndef TESTS_GROWTH_WORLD_H
#define TESTS_GROWTH_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/model/growth_verdict.h"

#define KB   1024.0
#define MB   1048576.0
#define GB   (1024 * MB)
#define MIN  60.0
#define HOUR 3600.0
#define DAY  86400.0

/* Verdicts that are right, as a set. */
#define HELD	  (1u << GROWTH_HELD)
#define PLATEAU	  (1u << GROWTH_PLATEAU)
#define LAG	  (1u << GROWTH_GC_LAG)
#define GONE	  (1u << GROWTH_RELEASED)
#define UNDECIDED (1u << GROWTH_UNDECIDED)
#define NO_LEAK	  (PLATEAU | LAG | GONE | UNDECIDED)
#define LEAK	  (HELD | UNDECIDED) /* too early to be sure, and no word of comfort */

#define PATH 4096

struct world;

struct story {
	const char *name;
	unsigned right;
	double (*holds)(const struct world *w, double t); /* bytes that are no garbage */
	double age_s;	    /* of the process when it is looked at */
	double level, rate; /* bytes, bytes a second: as `holds` takes them */
	double noise;	    /* bytes */
	double period_s, start_s, end_s;
	double churn;  /* bytes a second that are garbage at once */
	double gc_s;   /* from one major collection to the next; 0: none can be seen */
	double block;  /* bytes; 0: 256 KB */
	double jitter; /* of age_s, by seed: a share of it */
};

struct world {
	const struct story *s;
	uint64_t seed;
	double age_s, phase;
	bool asked; /* for two collections at once, ten seconds before the last second, and in it */
	double path[PATH + 1]; /* of wander() */
};

/* 0 to 1, the same for the same arguments. */
double world_chance(const struct world *w, uint64_t what, uint64_t which);

/* About normal, mean 0 and deviation 1. */
double world_normal(const struct world *w, uint64_t what, uint64_t which);

/* Noise of `amplitude` that is another one each `hold_s`. */
double world_noise(const struct world *w, double t, double amplitude, double hold_s);

/* A walk that is drawn back to 0 within about `period_s`, of deviation 1. */
double world_wander(const struct world *w, double t);

/* Or eleven seconds later, and after `weir collect` has been told to ask twice. */
struct growth_finding world_judge(const struct story *s, uint64_t seed);
struct growth_finding world_judge_asked(const struct story *s, uint64_t seed);

/* Collections of it can be asked for, and tell something within seconds. */
bool world_is_asked(const struct story *s);

struct stories {
	const struct story *all;
	unsigned n;
};

/* Those a review judged weir by, and others. */
struct stories stories_known(void);
struct stories stories_own(void);
struct stories stories_young(void);

#endif
