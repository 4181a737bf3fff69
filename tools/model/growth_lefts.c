/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A leak leaves more in step with the time; what fills stops, and what comes and goes comes down.
 */
#include "tools/model/growth_lefts.h"

#include <string.h>

/* So many make a line. */
#define FEW 4

/* The fastest of them is at most so many times the slowest; or so many, of what was asked for twice: a busy machine is not even. */
#define EVEN	   1.25
#define EVEN_ASKED 1.4
#define MOST_ASKED 3

/* Two at once: the second, within so many seconds, finds nothing to free. */
#define AT_ONCE_S 3
#define SAME	  0.005

/* Shares of the time: what is start, what is one, how much must be seen, and how late. */
#define START 12
#define ONE   24
#define SEEN  2
#define LATE  0.75

static bool
is_again(struct growth_left last, struct growth_left now)
{
	double more = now.bytes - last.bytes;

	return now.t_s - last.t_s <= AT_ONCE_S && more <= SAME * now.bytes &&
	       -more <= SAME * now.bytes;
}

void
growth_lefts_add(struct growth_lefts *l, double t_s, double bytes, uint64_t epoch)
{
	if (bytes <= 0 || epoch == l->epoch)
		return;
	if (l->n > 0 && l->n <= GROWTH_LEFTS)
		l->twice += epoch - l->epoch > 1 ||
			    is_again(l->of[l->n - 1], (struct growth_left){t_s, bytes});
	l->epoch = epoch;
	if (l->n < GROWTH_LEFTS)
		l->of[l->n] = (struct growth_left){t_s, bytes};
	l->n++;
}

/*
 * Those from then on of which no later one left less: what is copied as it grows leaves two copies now and then. Of two in a row, as
 * they are asked for, the second takes what the first has left to be freed.
 */
static size_t
thin(const struct growth_lefts *l, double from_s, double end_s,
     struct growth_left to[GROWTH_LEFTS])
{
	double least = l->of[l->n - 1].bytes, at = 2 * end_s;
	size_t n = GROWTH_LEFTS;

	for (size_t i = l->n; i-- > 0 && l->of[i].t_s >= from_s;) {
		if (l->of[i].bytes > least)
			continue;
		least = l->of[i].bytes;
		if (at - l->of[i].t_s < end_s / ONE)
			continue;
		at = l->of[i].t_s;
		to[--n] = l->of[i];
	}
	memmove(to, to + n, (GROWTH_LEFTS - n) * sizeof(*to));
	return GROWTH_LEFTS - n;
}

static double
pace_of(struct growth_left from, struct growth_left to)
{
	return (to.bytes - from.bytes) / (to.t_s - from.t_s);
}

/* From the first one to each of the others that is far enough from it, and from one that is far enough from the last. */
static double
even_pace(const struct growth_left *p, size_t n, double even)
{
	double span = p[n - 1].t_s - p[0].t_s, all = pace_of(p[0], p[n - 1]);
	double least = all, most = all, late = 0;
	size_t paces = 0;

	for (size_t i = 1; i < n; i++) {
		double pace = pace_of(p[0], p[i]);

		if (p[i].t_s - p[0].t_s < span / 8)
			continue;
		least = pace < least ? pace : least;
		most = pace > most ? pace : most;
		paces++;
		if (p[i].t_s <= p[n - 1].t_s - span / 4)
			late = pace_of(p[i], p[n - 1]);
	}
	return paces >= FEW - 1 && most <= even * least && late >= 0.6 * all ? all : 0;
}

static double
pace_since(const struct growth_lefts *l, double from_s, double end_s, double least)
{
	struct growth_left p[GROWTH_LEFTS];
	size_t n = thin(l, from_s, end_s, p);

	if (n < FEW || p[n - 1].t_s - p[0].t_s < end_s / SEEN ||
	    p[n - 1].t_s < LATE * end_s)
		return 0;

	double rise = p[n - 1].bytes - p[0].bytes;

	if (rise < least || rise < p[n - 1].bytes / 8)
		return 0;
	return even_pace(p, n,
			 l->twice > 1 && l->twice <= MOST_ASKED ? EVEN_ASKED : EVEN);
}

double
growth_lefts_pace(const struct growth_lefts *l, double end_s, double least)
{
	if (l->n == 0 || l->n > GROWTH_LEFTS)
		return 0;
	double pace = pace_since(l, 0, end_s, least);

	/* Or its start was not like what it does since. */
	return pace > 0 ? pace : pace_since(l, end_s / START, end_s, least);
}
