/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worlds of world.h: rows at the paces of the trace's rings, collections at theirs.
 */
#include "tests/growth/world.h"

#include <math.h>
#include <string.h>

static uint64_t
mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

double
world_chance(const struct world *w, uint64_t what, uint64_t which)
{
	return (double)(mix(mix(w->seed * 1000003 + what) + which) >> 11) /
	       9007199254740992.0;
}

double
world_normal(const struct world *w, uint64_t what, uint64_t which)
{
	double sum = 0;

	for (uint64_t i = 0; i < 4; i++)
		sum += world_chance(w, what, which * 4 + i);
	return (sum - 2) * sqrt(3.0);
}

double
world_noise(const struct world *w, double t, double amplitude, double hold_s)
{
	return amplitude * (2 * world_chance(w, 1, (uint64_t)(t / hold_s)) - 1);
}

double
world_wander(const struct world *w, double t)
{
	double at = t / w->age_s * PATH;
	int i = at < 0 ? 0 : at >= PATH ? PATH - 1 : (int)at;

	return w->path[i] + (at - i) * (w->path[i + 1] - w->path[i]);
}

static void
walk(struct world *w)
{
	double tau = w->s->period_s > 0 ? w->s->period_s : w->age_s / 30;
	double keep = exp(-w->age_s / PATH / tau), push = sqrt(1 - keep * keep);

	w->path[0] = world_normal(w, 2, 0);
	for (int i = 1; i <= PATH; i++)
		w->path[i] =
			keep * w->path[i - 1] + push * world_normal(w, 2, (uint64_t)i);
}

static double
holds(const struct world *w, double t)
{
	double bytes = t <= 0 ? 0 : w->s->holds(w, t);

	return bytes > 0 ? bytes : 0;
}

#define ASKED_S 11.0 /* and a second */

/* Collections that were asked for until then. */
static int
asked(const struct world *w, double t)
{
	if (!w->asked || t < w->age_s - ASKED_S)
		return 0;
	return t < w->age_s - 1 ? 2 : 4;
}

/* When the last collection but `back` was; 0 for one before the begin. */
static double
collected(const struct world *w, double t, int back)
{
	double n = floor(t / w->s->gc_s);
	int more = asked(w, t);

	for (;; back--) {
		double by_itself = n > 0 ? n * w->s->gc_s : 0;
		double by_us = w->age_s - (more > 2 ? 1 : ASKED_S);
		bool ours = more > 0 && by_us >= by_itself;

		if (back == 0)
			return ours ? by_us : by_itself;
		more -= ours;
		n -= !ours;
	}
}

static struct growth_point
look(const struct world *w, double t)
{
	const struct story *s = w->s;
	double kept = holds(w, t), before, last, garbage;

	if (s->gc_s <= 0)
		return (struct growth_point){.t_s = t, .live = kept, .trough = kept};
	last = holds(w, collected(w, t, 0));
	before = holds(w, collected(w, t, 1));
	garbage = s->churn * (t - collected(w, t, 0));
	if (last > kept)
		garbage += last - kept; /* dropped since, not collected yet */
	return (struct growth_point){.t_s = t,
				     .live = kept + garbage,
				     .trough = last < before ? last : before,
				     .epoch = (uint64_t)floor(t / s->gc_s) +
					      (uint64_t)asked(w, t)};
}

/* What the rings have of this world, and what lived and was allocated in it. */
static void
record(const struct world *w, struct growth_windows *windows, double *peak,
       double *climbed)
{
	static const double paces[GROWTH_WINDOWS] = {1, 10, 60, 3600};

	growth_windows_begin(windows, 0, w->age_s);
	*peak = *climbed = 0;
	for (size_t k = 0; k < windows->n; k++) {
		struct growth_window *one = &windows->of[k];
		double first = ceil(one->begin_s / paces[k]) * paces[k], last = -1;

		for (double t = first;; t += paces[k]) {
			struct growth_point p = look(w, t < w->age_s ? t : w->age_s);

			growth_window_add(one, &p);
			*peak = p.live > *peak ? p.live : *peak;
			if (k + 1 == windows->n && last >= 0 && p.live > last)
				*climbed += p.live - last;
			last = p.live;
			if (t >= w->age_s)
				break;
		}
	}
	growth_windows_end(windows);
}

static void
count(const struct world *w, double climbed, struct growth_evidence *e)
{
	const struct story *s = w->s;
	struct growth_point now = look(w, w->age_s);
	double alloc = s->churn * w->age_s, old = holds(w, w->age_s);
	double kept = old, block = s->block > 0 ? s->block : 256 * KB;

	alloc = (alloc > climbed ? alloc : climbed) + now.live;
	e->live_bytes = (uint64_t)now.live;
	e->alloc_count = (uint64_t)(alloc / block) + 1;
	e->alloc_bytes = (uint64_t)alloc;
	e->live_count = (uint64_t)(now.live / block);
	e->freed_count = e->alloc_count - (uint64_t)(now.live / block);
	if (s->gc_s > 0) {
		e->major_gcs = now.epoch;
		for (int back = 0; back < 3; back++) {
			double then = holds(w, collected(w, w->age_s, back));

			old = then < old ? then : old;
			kept = back == 0 ? old : kept;
		}
		e->age_bytes[3] = (uint64_t)old;
		e->age_bytes[1] = (uint64_t)(kept - old);
		e->age_bytes[0] = (uint64_t)(now.live - kept);
	}
}

/* The last instant at which something came, and the first. */
static void
find_work(const struct world *w, struct growth_evidence *e)
{
	e->first_s = 0;
	e->active_until_s = w->age_s;
	if (w->s->churn > 0)
		return;
	for (int i = 4096; i > 0; i--) {
		double t = w->age_s * i / 4096, step = w->age_s / 4096;

		if (holds(w, t) > holds(w, t - step))
			break;
		e->active_until_s = t - step;
	}
	for (int i = 0; i < 4096 && holds(w, w->age_s * (i + 1) / 4096) <= 0; i++)
		e->first_s = w->age_s * i / 4096;
}

static struct growth_finding
judge(const struct story *s, uint64_t seed, bool is_asked)
{
	static struct growth_windows windows;
	static struct world w;
	struct growth_evidence e = {.windows = &windows, .gc_known = s->gc_s > 0};
	double peak, climbed;

	w.s = s;
	w.seed = seed;
	w.age_s = s->age_s * (1 + s->jitter * (2 * world_chance(&w, 3, 0) - 1));
	w.age_s += is_asked ? ASKED_S : 0;
	w.asked = is_asked;
	w.phase = world_chance(&w, 3, 1);
	walk(&w);
	record(&w, &windows, &peak, &climbed);
	count(&w, climbed, &e);
	e.peak_bytes = (uint64_t)peak;
	find_work(&w, &e);
	return growth_judge(&e);
}

struct growth_finding
world_judge(const struct story *s, uint64_t seed)
{
	return judge(s, seed, false);
}

struct growth_finding
world_judge_asked(const struct story *s, uint64_t seed)
{
	return judge(s, seed, true);
}

bool
world_is_asked(const struct story *s)
{
	return s->gc_s > 0 && s->age_s <= 2 * MIN;
}
