/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody asks of first: processes of twenty seconds to some minutes, of which three or four collections were
 * seen; and habits that take days to show. Innocents and leaks, as in stories_own.c.
 */
#include <math.h>

#include "tests/growth/world.h"

/* Fills evenly up to start_s, then replaces; each entry of another size. */
static double
filled(const struct world *w, double t)
{
	double full = t < w->s->start_s ? t / w->s->start_s : 1;

	return w->s->level * full + world_noise(w, t, w->s->noise, 0.5) +
	       w->s->rate * fmax(0, t - w->s->start_s);
}

static double
wave(const struct world *w, double t)
{
	return MB + w->s->level * (1 + sin(2 * M_PI * (t / w->s->period_s + w->phase))) +
	       w->s->rate * t;
}

/* So many at once, and worked off evenly. */
static double
queue(const struct world *w, double t)
{
	double at = t / w->s->period_s + w->phase;
	double part = 1.4 * (at - floor(at));

	return MB + w->s->level * (part < 1 ? 1 - part : 0) + w->s->rate * t;
}

/* Collected when it is full, dropped at the end of each period. */
static double
job(const struct world *w, double t)
{
	double at = t / w->s->period_s + w->phase, part = at - floor(at);

	return MB + (part < 0.5 ? 2 * part * w->s->level : 0) + w->s->rate * floor(at);
}

/* Up when the load doubles for good, at some time of the middle. */
static double
doubles(const struct world *w, double t)
{
	double when = (0.3 + 0.3 * world_chance(w, 20, 0)) * w->age_s;

	return w->s->level * (t > when ? 2 : 1) + world_noise(w, t, w->s->noise, 30);
}

/* Full each period_s, then emptied but for `rate` of it. */
static double
flushed(const struct world *w, double t)
{
	double n = floor(t / w->s->period_s + w->phase);
	double part = t / w->s->period_s + w->phase - n;

	return w->s->level * part + w->s->rate * n + MB;
}

/* Grows for ten minutes of each two hours. */
static double
spells(const struct world *w, double t)
{
	double n = floor(t / (2 * HOUR) + w->phase);
	double at = (t / (2 * HOUR) + w->phase - n) * 2 * HOUR;

	return 20 * MB + world_noise(w, t, w->s->noise, 30) +
	       w->s->rate * (n + fmin(at / (10 * MIN), 1));
}

/* Five days of seven. */
static double
workdays(const struct world *w, double t)
{
	double weeks = floor(t / (7 * DAY)), day = t / DAY - 7 * weeks;

	return 30 * MB + world_noise(w, t, w->s->noise, 60) +
	       w->s->rate * (5 * weeks + fmin(day, 5));
}

/* Sessions: what came within the last start_s, under a load that changes by the minute. */
static double
sessions(const struct world *w, double t)
{
	double span = fmin(t, w->s->start_s);

	return w->s->level * span / w->s->start_s *
	       (1 + 0.15 * (2 * world_chance(w, 21, (uint64_t)(t / 20)) - 1));
}

/* In four steps to its bound. */
static double
tiers(const struct world *w, double t)
{
	double n = floor(t / w->s->period_s);

	return w->s->level * fmin(n, 4) / 4 + MB + world_noise(w, t, w->s->noise, 20);
}

/* A little, and the last start_s seconds of its life more and more. */
static double
lately(const struct world *w, double t)
{
	return MB + world_noise(w, t, w->s->noise, 5) +
	       w->s->rate * fmax(0, t - w->age_s + w->s->start_s);
}

/* Name, verdicts, what it holds, age, MB of churn a second, seconds from one collection to the next. */
#define S(n, ok, f, age, dirt, gc, ...)                                                  \
	{                                                                                \
		.name = n, .right = ok, .holds = f, .age_s = age, .churn = (dirt)*MB,    \
		.gc_s = gc, .jitter = 0.15, __VA_ARGS__                                  \
	}

static const struct story all[] = {
	/* Innocent. */
	S("a bounded cache, 3 collections in 20 s", PLATEAU, filled, 20, 15, 5,
	  .level = 38 * MB, .start_s = 2.5, .noise = 2 * MB),
	S("a bounded cache, 4 collections in 20 s", PLATEAU, filled, 20, 15, 3.7,
	  .level = 38 * MB, .start_s = 2.5, .noise = 2 * MB),
	S("entries of six seconds, 20 s", NO_LEAK, filled, 20, 6, 4, .level = 36 * MB,
	  .start_s = 6, .noise = MB),
	S("entries of six seconds that nobody collects, 20 s", PLATEAU | UNDECIDED,
	  filled, 20, 0, 0, .level = 36 * MB, .start_s = 6, .noise = MB),
	S("a load of seven seconds, 20 s", NO_LEAK, wave, 20, 2, 2.5, .level = 28 * MB,
	  .period_s = 7),
	S("a load of seven seconds, 1 min", NO_LEAK, wave, MIN, 2, 2.5, .level = 28 * MB,
	  .period_s = 7),
	S("a load of two minutes, 5 min", NO_LEAK, wave, 5 * MIN, 5, 4, .level = 40 * MB,
	  .period_s = 2 * MIN),
	S("bursts each five seconds, 20 s", NO_LEAK, queue, 20, 1, 3, .level = 32 * MB,
	  .period_s = 5),
	S("bursts each five seconds, 2 min", NO_LEAK, queue, 2 * MIN, 1, 3,
	  .level = 32 * MB, .period_s = 5),
	S("a job each three seconds, 20 s", NO_LEAK, job, 20, 0, 2, .level = 50 * MB,
	  .period_s = 3),
	S("a job each 5 min, 40 min", NO_LEAK, job, 40 * MIN, 1, 20, .level = 200 * MB,
	  .period_s = 5 * MIN),
	S("a warm-up of 4 s, 20 s", PLATEAU | LAG | UNDECIDED, filled, 20, 5, 4,
	  .level = 100 * MB, .start_s = 4, .noise = MB),
	S("a pool that warms up in 3 s, 20 s", PLATEAU | UNDECIDED, filled, 20, 0, 9,
	  .level = 40 * MB, .start_s = 3),
	S("the load doubles for good, 6 days", NO_LEAK, doubles, 6 * DAY, 5, 60,
	  .level = 150 * MB, .noise = 5 * MB),
	S("the load doubles for good, 3 h", NO_LEAK, doubles, 3 * HOUR, 5, 15,
	  .level = 150 * MB, .noise = 5 * MB),
	S("a log that is rotated each day, a week", NO_LEAK, flushed, 6.5 * DAY, 1, 60,
	  .level = 300 * MB, .period_s = DAY),
	S("a cache that is emptied each two days, 6 days", NO_LEAK, flushed, 6 * DAY, 2,
	  60, .level = GB, .period_s = 2 * DAY),
	S("sessions of 10 min, 1 h", NO_LEAK, sessions, HOUR, 5, 10, .level = 200 * MB,
	  .start_s = 10 * MIN),
	S("sessions of 20 s, 2 min", NO_LEAK, sessions, 2 * MIN, 5, 4, .level = 80 * MB,
	  .start_s = 20),
	S("four steps to the bound within 20 min, 3 h", PLATEAU | LAG, tiers, 3 * HOUR, 4,
	  15, .level = 200 * MB, .period_s = 5 * MIN, .noise = MB),
	S("entries of nine seconds, 4 collections in 20 s", NO_LEAK, filled, 20, 6, 4.5,
	  .level = 54 * MB, .start_s = 9, .noise = MB),
	S("a cache that fills in 11 s, 4 collections in 20 s", NO_LEAK, filled, 20, 15, 4,
	  .level = 60 * MB, .start_s = 11, .noise = 2 * MB),
	/* Leaks. */
	S("8 MB/s in the last 15 s of ten minutes", LEAK, lately, 10 * MIN, 20, 3,
	  .rate = 8 * MB, .start_s = 15, .noise = MB),
	S("8 MB/s in the last 30 s of five minutes", LEAK, lately, 5 * MIN, 20, 4,
	  .rate = 8 * MB, .start_s = 30, .noise = MB),
	S("8 MB/s in the last 40 s of two hours", LEAK, lately, 2 * HOUR, 20, 4,
	  .rate = 8 * MB, .start_s = 40, .noise = 2 * MB),
	S("3 MB/s under 12, 3 collections in 20 s", LEAK, filled, 20, 12, 5,
	  .rate = 3 * MB, .start_s = 0.1),
	S("3 MB/s under 12, 10 collections in 20 s", LEAK, filled, 20, 12, 2,
	  .rate = 3 * MB, .start_s = 0.1),
	S("one in ten is kept, 20 s", LEAK, filled, 20, 22, 3, .rate = 2.5 * MB,
	  .start_s = 0.1),
	S("one in ten is kept, 2 min", HELD, filled, 2 * MIN, 22, 3, .rate = 2.5 * MB,
	  .start_s = 0.1),
	S("5 MB/s beside a cache, 30 s", LEAK, filled, 30, 10, 4, .level = 40 * MB,
	  .start_s = 3, .rate = 5 * MB, .noise = MB),
	S("0.3 MB/s on 50 +- 2 MB, 10 min", HELD, filled, 10 * MIN, 20, 5,
	  .level = 50 * MB, .start_s = 3, .rate = 0.3 * MB, .noise = 2 * MB),
	S("1 MB/s under a load of 30 s, 8 min", LEAK, wave, 8 * MIN, 5, 4,
	  .level = 15 * MB, .period_s = 30, .rate = MB),
	S("1 MB/s under bursts, 10 min", HELD, queue, 10 * MIN, 1, 3, .level = 32 * MB,
	  .period_s = 5, .rate = MB),
	S("each job leaves 5 MB, 3 h", HELD, job, 3 * HOUR, 1, 20, .level = 100 * MB,
	  .period_s = 5 * MIN, .rate = 5 * MB),
	S("each emptying leaves 20 MB, a day", HELD, flushed, DAY, 2, 30,
	  .level = 100 * MB, .period_s = 30 * MIN, .rate = 20 * MB),
	S("each day leaves 40 MB, 12 days", HELD, flushed, 12 * DAY, 1, 60,
	  .level = 150 * MB, .period_s = DAY, .rate = 40 * MB),
	S("30 MB in ten minutes of each two hours, a day", HELD, spells, DAY, 5, 30,
	  .rate = 30 * MB, .noise = MB),
	S("10 MB each workday, 3 weeks", HELD, workdays, 20 * DAY, 2, 60, .rate = 10 * MB,
	  .noise = 2 * MB),
	S("1 MB/h on 300 +- 3 MB, a week", HELD, filled, 7 * DAY, 2, 60,
	  .level = 300 * MB, .start_s = HOUR, .noise = 3 * MB, .rate = MB / HOUR),
};

struct stories
stories_young(void)
{
	return (struct stories){all, sizeof(all) / sizeof(all[0])};
}
