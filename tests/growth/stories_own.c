/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs do with memory, as far as it came to mind: those of the first table are innocent, those
 * of the second leak. Looked at at a time that differs by seed.
 */
#include <math.h>

#include "tests/growth/world.h"

static double
ramp(double t, double from, double over)
{
	return t <= from ? 0 : t >= from + over ? 1 : (t - from) / over;
}

/* In units of the level, so that a share of it is a share. */
static double
jitter(const struct world *w, double t, double hold_s)
{
	return w->s->noise > 0 ? world_noise(w, t, w->s->noise, hold_s) : 0;
}

/* Fills evenly up to start_s, then replaces. */
static double
cache(const struct world *w, double t)
{
	return w->s->level * ramp(t, 0, w->s->start_s) + jitter(w, t, 20);
}

static double
fill(const struct world *w, double t)
{
	return w->s->level * (1 - exp(-t / w->s->period_s)) + jitter(w, t, 20);
}

static double
flat(const struct world *w, double t)
{
	return w->s->level + jitter(w, t, 30) + w->s->rate * fmax(0, t - w->s->start_s);
}

/* Batches that are dropped when they are full, and start anywhere. */
static double
teeth(const struct world *w, double t)
{
	double at = t / w->s->period_s + w->phase;

	return w->s->level * (at - floor(at)) + jitter(w, t, 10) + w->s->rate * t + MB;
}

/* Each of another size, by up to 40 %. */
static double
odd_teeth(const struct world *w, double t)
{
	double at = t / w->s->period_s + w->phase;
	double size = 0.6 + 0.4 * world_chance(w, 5, (uint64_t)at);

	return w->s->level * size * (at - floor(at)) + MB;
}

/* Full for a while, then handed on. */
static double
pulses(const struct world *w, double t)
{
	double at = t / w->s->period_s + w->phase, part = at - floor(at);

	return 10 * MB + (part < 0.4 ? w->s->level * part / 0.4 : 0);
}

/* Bursts at any time, of any length up to period_s / 3 and any height up to the level. */
static double
bursts(const struct world *w, double t)
{
	uint64_t n = (uint64_t)(t / w->s->period_s);
	double at = t - (double)n * w->s->period_s;
	double from = world_chance(w, 6, n) * w->s->period_s / 2;
	double over = (0.3 + 0.7 * world_chance(w, 7, n)) * w->s->period_s / 3;
	double height = w->s->level * (0.5 + 0.5 * world_chance(w, 8, n));
	double x = (at - from) / over;

	return 50 * MB + (x > 0 && x < 1 ? height * 4 * x * (1 - x) : 0);
}

static double
day(const struct world *w, double t)
{
	return 1 - cos(2 * M_PI * (t / DAY + w->phase));
}

static double
diurnal(const struct world *w, double t)
{
	return 50 * MB + w->s->level * day(w, t) / 2 + jitter(w, t, 60) + w->s->rate * t;
}

/* Less on two days of seven. */
static double
weekly(const struct world *w, double t)
{
	double weekday = fmod(t / DAY + 7 * w->phase, 7);

	return 50 * MB + w->s->level * day(w, t) / 2 * (weekday < 5 ? 1 : 0.4) +
	       jitter(w, t, 60);
}

static double
wander(const struct world *w, double t)
{
	return w->s->level + w->s->noise * world_wander(w, t) + w->s->rate * t;
}

/* Load for a time, none for a time, of any length. */
static double
on_and_off(const struct world *w, double t)
{
	uint64_t n = (uint64_t)(t / w->s->period_s);
	double at = t - (double)n * w->s->period_s;
	double stop = (0.3 + 0.4 * world_chance(w, 9, n)) * w->s->period_s;
	double full = 1 - exp(-(at < stop ? at : stop) / (w->s->period_s / 20));

	return 20 * MB +
	       w->s->level * full *
		       (at < stop ? 1 : exp(-(at - stop) / (w->s->period_s / 30)));
}

/* One step up at some time of the first 70 %, two if noise says so. */
static double
steps(const struct world *w, double t)
{
	double first = 0.7 * world_chance(w, 10, 0) * w->age_s;
	double second = 0.7 * world_chance(w, 10, 1) * w->age_s;

	return w->s->level * (1 + (t > first) + (w->s->rate > 0 && t > second)) +
	       jitter(w, t, 20);
}

/* A start that takes much, and gives it back after start_s. */
static double
start_up(const struct world *w, double t)
{
	double high = 4 * w->s->level * ramp(t, 0, w->s->start_s / 3);

	return (t < w->s->start_s ? high : w->s->level) + jitter(w, t, 20) +
	       w->s->rate * fmax(0, t - w->s->start_s);
}

/* Grows until start_s, stands until end_s, goes. */
static double
given_back(const struct world *w, double t)
{
	return w->s->level / 8 + jitter(w, t, 20) +
	       (t < w->s->end_s ? w->s->level * ramp(t, 0, w->s->start_s) : 0);
}

/* Entries that live for start_s while load varies. */
static double
sessions(const struct world *w, double t)
{
	double full = ramp(t, 0, w->s->start_s);

	return w->s->level * full * (1 + 0.1 * world_wander(w, t));
}

/* Never gives back what was the most. */
static double
high_water(const struct world *w, double t)
{
	double most = 0;

	for (int i = 0; i <= PATH && i <= t / w->age_s * PATH; i += 16)
		most = fmax(most, w->path[i]);
	return w->s->level + w->s->noise * most;
}

static double
two_levels(const struct world *w, double t)
{
	return w->s->level * ((uint64_t)(t / w->s->period_s) % 2 + 1);
}

static double
until(const struct world *w, double t)
{
	return w->s->level + w->s->rate * fmin(t, w->s->end_s) + jitter(w, t, 20);
}

static double
gone(const struct world *w, double t)
{
	return t < w->s->end_s ? w->s->level * ramp(t, 0, w->s->end_s) : 0;
}

static double
staircase(const struct world *w, double t)
{
	return w->s->level * floor(t / w->s->period_s + w->phase) + jitter(w, t, 20);
}

/* One event in each period_s, at any time of it. */
static double
events(const struct world *w, double t)
{
	uint64_t n = (uint64_t)(t / w->s->period_s);
	double at = t - (double)n * w->s->period_s;

	return w->s->level *
	       ((double)n + (at > world_chance(w, 11, n) * w->s->period_s ? 1 : 0));
}

/* Leaks with the day's load. */
static double
by_day(const struct world *w, double t)
{
	double turn = 2 * M_PI;

	return w->s->rate *
	       (t -
		DAY / turn * (sin(turn * (t / DAY + w->phase)) - sin(turn * w->phase)));
}

/* Doubles its one block when it is full. */
static double
doubling(const struct world *w, double t)
{
	double need = w->s->rate * t, has = MB;

	while (has < need)
		has *= 2;
	return has;
}

static double
square(const struct world *w, double t)
{
	return w->s->level + w->s->rate * t * t;
}

static double
warm_then_leak(const struct world *w, double t)
{
	return w->s->level * (1 - exp(-t / w->s->period_s)) + w->s->rate * t +
	       jitter(w, t, 20);
}

/* Name, verdicts, what it holds, age, MB of churn a second, seconds from one collection to the next. */
#define EXACTLY(n, ok, f, age, dirt, gc, ...)                                            \
	{                                                                                \
		.name = n, .right = ok, .holds = f, .age_s = age, .churn = (dirt)*MB,    \
		.gc_s = gc, __VA_ARGS__                                                  \
	}

/* Looked at about then. */
#define S(...) EXACTLY(__VA_ARGS__, .jitter = 0.15)

#define STILL (PLATEAU | LAG)

static const struct story all[] = {
	/* Innocent. */
	S("warm-up, flat, 10 min", NO_LEAK, fill, 10 * MIN, 10, 5, .level = 80 * MB,
	  .period_s = 15, .noise = MB),
	S("warm-up, flat, 2 h", STILL, fill, 2 * HOUR, 10, 20, .level = 80 * MB,
	  .period_s = 60, .noise = 2 * MB),
	S("warm-up, flat, a day", STILL, fill, DAY, 10, 30, .level = 300 * MB,
	  .period_s = 600, .noise = 5 * MB),
	S("warm-up, flat, a month", STILL, fill, 25 * DAY, 1, 60, .level = 300 * MB,
	  .period_s = HOUR, .noise = 5 * MB),
	S("a ring full after a third, 20 min", NO_LEAK, cache, 20 * MIN, 5, 10,
	  .level = 100 * MB, .start_s = 6 * MIN, .noise = 0.5 * MB),
	S("a ring full after a tenth, 2 h", STILL, cache, 2 * HOUR, 5, 10,
	  .level = 100 * MB, .start_s = 10 * MIN, .noise = MB),
	S("a ring full after a tenth, a day", STILL, cache, DAY, 5, 20, .level = 400 * MB,
	  .start_s = 2 * HOUR, .noise = 4 * MB),
	S("a ring of blocks that nobody collects", STILL, cache, HOUR, 5, 0,
	  .level = 100 * MB, .start_s = 5 * MIN, .noise = MB),
	S("a ring of 30 MB in 100 MB of garbage, 20 s", PLATEAU | UNDECIDED, cache, 20,
	  33, 3, .level = 30 * MB, .start_s = 1),
	S("a ring of 30 MB in 300 MB of garbage, 5 min", PLATEAU | UNDECIDED, cache,
	  5 * MIN, 33, 9, .level = 30 * MB, .start_s = 1, .noise = 0.5 * MB),
	S("a cache at 4 time constants, 40 min", NO_LEAK, fill, 40 * MIN, 10, 15,
	  .level = 400 * MB, .period_s = 10 * MIN, .noise = 4 * MB),
	S("a cache at 7 time constants, 70 min", STILL, fill, 70 * MIN, 10, 15,
	  .level = 400 * MB, .period_s = 10 * MIN, .noise = 4 * MB),
	S("a cache at 3 time constants, 12 h", NO_LEAK, fill, 12 * HOUR, 10, 30,
	  .level = 800 * MB, .period_s = 4 * HOUR, .noise = 4 * MB),
	S("a cache at 8 time constants, a day", STILL, fill, DAY, 10, 30,
	  .level = 800 * MB, .period_s = 3 * HOUR, .noise = 8 * MB),
	S("batches, 7 of them in 20 min", STILL, teeth, 20 * MIN, 0, 10,
	  .level = 200 * MB, .period_s = 3 * MIN),
	S("batches, 6 of them in 6 h", STILL, teeth, 6 * HOUR, 1, 20, .level = 200 * MB,
	  .period_s = HOUR),
	S("batches over collections, 40 in 2 h", STILL, teeth, 2 * HOUR, 5, 60,
	  .level = 100 * MB, .period_s = 3 * MIN),
	S("batches of a minute, 10 min", NO_LEAK, teeth, 10 * MIN, 1, 5, .level = 60 * MB,
	  .period_s = MIN),
	S("batches, no collector", STILL, teeth, HOUR, 0, 0, .level = 60 * MB,
	  .period_s = 5 * MIN),
	S("batches of any size, 8 h", STILL, odd_teeth, 8 * HOUR, 2, 20,
	  .level = 300 * MB, .period_s = HOUR),
	S("batches of any size, a day", STILL, odd_teeth, DAY, 2, 30, .level = 300 * MB,
	  .period_s = 2 * HOUR),
	S("a job each hour, a day", STILL, pulses, DAY, 1, 60, .level = 500 * MB,
	  .period_s = HOUR),
	S("a job each minute, half an hour", STILL, pulses, 30 * MIN, 1, 5,
	  .level = 100 * MB, .period_s = MIN),
	S("a job each night, 12 days", STILL, pulses, 12 * DAY, 1, 60, .level = 500 * MB,
	  .period_s = DAY),
	S("garbage, 10 min", LAG, flat, 10 * MIN, 20, 20, .level = 2 * MB),
	S("garbage, 2 h", LAG, flat, 2 * HOUR, 20, 40, .level = 5 * MB),
	S("garbage that is seldom collected", STILL, flat, HOUR, 0.5, 5 * MIN,
	  .level = 20 * MB, .noise = 2 * MB),
	S("bursts, 12 h", STILL, bursts, 12 * HOUR, 2, 30, .level = 300 * MB,
	  .period_s = HOUR),
	S("bursts, 3 days", STILL, bursts, 3 * DAY, 2, 60, .level = 300 * MB,
	  .period_s = 3 * HOUR),
	S("the day, 3 days", NO_LEAK, diurnal, 3 * DAY, 5, 60, .level = 300 * MB,
	  .noise = 5 * MB),
	S("the day, 10 days", NO_LEAK, diurnal, 10 * DAY, 5, 60, .level = 300 * MB,
	  .noise = 5 * MB),
	S("the day, a month", NO_LEAK, diurnal, 24 * DAY, 5, 60, .level = 300 * MB,
	  .noise = 5 * MB),
	S("the week, 20 days", NO_LEAK, weekly, 20 * DAY, 5, 60, .level = 300 * MB,
	  .noise = 5 * MB),
	S("a walk that comes back, 1 h", NO_LEAK, wander, HOUR, 5, 10, .level = 100 * MB,
	  .noise = 15 * MB),
	S("a walk that comes back, a day", NO_LEAK, wander, DAY, 5, 30, .level = 100 * MB,
	  .noise = 15 * MB),
	S("a walk that comes back, a week", NO_LEAK, wander, 7 * DAY, 5, 60,
	  .level = 100 * MB, .noise = 20 * MB),
	S("a slow walk that comes back, 2 h", NO_LEAK, wander, 2 * HOUR, 5, 10,
	  .level = 100 * MB, .noise = 15 * MB, .period_s = 10 * MIN),
	S("a quick walk, 2 h", STILL | UNDECIDED, wander, 2 * HOUR, 5, 10,
	  .level = 100 * MB, .noise = 15 * MB, .period_s = 30),
	S("a walk that nobody collects", NO_LEAK, wander, 3 * HOUR, 5, 0,
	  .level = 100 * MB, .noise = 15 * MB, .period_s = 5 * MIN),
	S("noise of 30 %, 10 min", NO_LEAK, flat, 10 * MIN, 5, 5, .level = 100 * MB,
	  .noise = 30 * MB),
	S("noise of 30 %, a day", STILL, flat, DAY, 5, 20, .level = 100 * MB,
	  .noise = 30 * MB),
	S("noise of 5 %, no collector", STILL, flat, 2 * HOUR, 5, 0, .level = 100 * MB,
	  .noise = 5 * MB),
	S("load on and off at any time, 12 h", STILL | GONE, on_and_off, 12 * HOUR, 5, 20,
	  .level = 300 * MB, .period_s = 2 * HOUR),
	S("load on and off at any time, 2 h", STILL | GONE, on_and_off, 2 * HOUR, 5, 10,
	  .level = 300 * MB, .period_s = 15 * MIN),
	S("a step, 1 h", STILL, steps, HOUR, 5, 10, .level = 50 * MB, .noise = 0.5 * MB),
	S("a step, a day", STILL, steps, DAY, 5, 30, .level = 50 * MB, .noise = MB),
	S("two steps, 6 h", NO_LEAK, steps, 6 * HOUR, 5, 20, .level = 50 * MB,
	  .noise = 0.5 * MB, .rate = 1),
	S("much at the start, then flat, 1 h", STILL, start_up, HOUR, 5, 10,
	  .level = 60 * MB, .start_s = 3 * MIN, .noise = MB),
	S("given back late, 3 h", STILL, given_back, 3 * HOUR, 5, 20, .level = 300 * MB,
	  .start_s = 20 * MIN, .end_s = 1.5 * HOUR, .noise = MB),
	S("gone, 1 h", GONE, gone, HOUR, 0, 10, .level = 300 * MB, .end_s = 20 * MIN),
	S("sessions of half an hour, 3 h", NO_LEAK, sessions, 3 * HOUR, 5, 20,
	  .level = 200 * MB, .start_s = 30 * MIN),
	S("sessions of an hour, a day", NO_LEAK, sessions, DAY, 5, 30, .level = 200 * MB,
	  .start_s = HOUR),
	S("a pool that keeps its most, a week", NO_LEAK, high_water, 7 * DAY, 5, 60,
	  .level = 200 * MB, .noise = 30 * MB, .period_s = 10 * MIN),
	S("two levels, 10 min", STILL, two_levels, 10 * MIN, 2, 5, .level = 40 * MB,
	  .period_s = 7),
	S("grew for ten minutes, rests since, 2 h", PLATEAU, until, 2 * HOUR, 0, 20,
	  .level = 10 * MB, .rate = 0.5 * MB, .end_s = 10 * MIN),
	S("a leak that stopped half way, 2 h", STILL, until, 2 * HOUR, 5, 20,
	  .level = 10 * MB, .rate = 0.1 * MB, .end_s = HOUR * 0.8, .noise = MB),
	S("a leak that stopped half way, 3 days", STILL, until, 3 * DAY, 5, 60,
	  .level = 10 * MB, .rate = MB / 600, .end_s = 1.3 * DAY, .noise = MB),
	/* Leaks. */
	S("1 MB/s, a minute", LEAK, flat, MIN, 10, 2, .rate = MB),
	S("1 MB/s, 3 min", HELD, flat, 3 * MIN, 10, 2, .rate = MB),
	S("1 MB/s, 10 min", HELD, flat, 10 * MIN, 10, 5, .rate = MB),
	S("50 MB/s, half a minute", HELD, flat, 30, 50, 2, .rate = 50 * MB),
	S("1 MB/min on 40 +- 2 MB, 2 h", HELD, flat, 2 * HOUR, 10, 10, .level = 40 * MB,
	  .noise = 2 * MB, .rate = MB / 60),
	S("5 MB/h on 100 +- 2 MB, a day", HELD, flat, DAY, 10, 30, .level = 100 * MB,
	  .noise = 2 * MB, .rate = 5 * MB / HOUR),
	S("10 MB a day on 200 +- 20 MB, a month", HELD, flat, 24 * DAY, 1, 60,
	  .level = 200 * MB, .noise = 20 * MB, .rate = 10 * MB / DAY),
	S("20 MB/h on 500 +- 50 MB, a day", HELD, flat, DAY, 10, 30, .level = 500 * MB,
	  .noise = 50 * MB, .rate = 20 * MB / HOUR),
	S("a step each 5 min, 1 h", HELD, staircase, HOUR, 2, 10, .level = 10 * MB,
	  .period_s = 5 * MIN),
	S("a step each 2 h, a day", HELD, staircase, DAY, 2, 60, .level = 50 * MB,
	  .period_s = 2 * HOUR, .noise = MB),
	S("events, 30 in 1 h", HELD, events, HOUR, 2, 10, .level = 5 * MB,
	  .period_s = 2 * MIN),
	S("a leak by the day's load, 4 days", HELD, by_day, 4 * DAY, 5, 60,
	  .rate = 50 * MB / DAY),
	S("the day and 40 MB more each, 12 days", HELD, diurnal, 12 * DAY, 5, 60,
	  .level = 100 * MB, .rate = 40 * MB / DAY, .noise = 2 * MB),
	S("batches and 20 MB/h, a day", HELD, teeth, DAY, 5, 30, .level = 100 * MB,
	  .period_s = 20 * MIN, .rate = 20 * MB / HOUR),
	S("batches and 2 MB/min, 2 h", HELD, teeth, 2 * HOUR, 5, 5, .level = 60 * MB,
	  .period_s = MIN, .rate = 2 * MB / 60),
	S("a walk and 60 MB/h, 2 h", HELD, wander, 2 * HOUR, 5, 10, .level = 50 * MB,
	  .noise = 3 * MB, .period_s = 2 * MIN, .rate = 60 * MB / HOUR),
	S("a walk and 10 MB/h, a day", HELD, wander, DAY, 5, 30, .level = 50 * MB,
	  .noise = 8 * MB, .period_s = 10 * MIN, .rate = 10 * MB / HOUR),
	EXACTLY("idle for 6 h, 1 MB/s for an hour", HELD, flat, 7 * HOUR, 2, 20,
		.level = MB, .start_s = 6 * HOUR, .rate = MB),
	EXACTLY("1 MB/s in the last 20 min of a day", HELD, flat, DAY, 10, 20,
		.level = 100 * MB, .noise = 5 * MB, .start_s = DAY - 20 * MIN,
		.rate = MB),
	S("a warm-up, then 1 MB/min, 1 h", HELD, warm_then_leak, HOUR, 5, 10,
	  .level = 100 * MB, .period_s = 30, .rate = MB / 60, .noise = MB),
	S("much at the start, then 1 MB/min, 2 h", HELD, start_up, 2 * HOUR, 5, 10,
	  .level = 40 * MB, .start_s = 2 * MIN, .rate = MB / 60, .noise = MB),
	S("one block that grows, nothing collects it", HELD, flat, 10 * MIN, 0, 0,
	  .rate = 0.2 * MB, .block = GB),
	S("one block that grows, 1 min", HELD, flat, MIN, 0, 0, .rate = 2 * MB,
	  .block = GB),
	S("one block that doubles", LEAK, doubling, 20 * MIN, 0, 0, .rate = 0.2 * MB,
	  .block = GB),
	S("1 MB/s under 1 GB/s", HELD, flat, 10 * MIN, 1000, 2, .rate = MB),
	S("0.5 MB/s, seldom collected, 2 h", HELD, flat, 2 * HOUR, 1, 5 * MIN,
	  .rate = 0.5 * MB),
	S("0.1 MB/s, no collector, 1 h", HELD, flat, HOUR, 1, 0, .level = 10 * MB,
	  .noise = 2 * MB, .rate = 0.1 * MB),
	S("5 MB each 10 min, 4 h", HELD, staircase, 4 * HOUR, 1, 20, .level = 5 * MB,
	  .period_s = 10 * MIN),
	S("ever faster, 2 h", HELD, square, 2 * HOUR, 5, 20, .level = 10 * MB,
	  .rate = 40 * MB / HOUR / HOUR),
	S("0.2 MB/s, a week", HELD, flat, 7 * DAY, 5, 60, .level = 50 * MB,
	  .noise = 5 * MB, .rate = 0.2 * MB),
	EXACTLY("a leak that stopped 5 min ago, 1 h", LEAK | PLATEAU, until, HOUR, 5, 10,
		.level = 10 * MB, .rate = 0.1 * MB, .end_s = 55 * MIN),
};

struct stories
stories_own(void)
{
	return (struct stories){all, sizeof(all) / sizeof(all[0])};
}
