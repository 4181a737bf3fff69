/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server may have a worker for each request, and a worker has sites of its own: so one that comes
 * when another of that name has ended takes its place, as its next turn.
 */
#include "trace/sites/threads.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "trace/ground/alive.h"
#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/runtimes/majors.h"

_Static_assert(CAPACITY_THREADS == MAJORS_CLOCKS, "a clock a thread");

#define LOOKS 8 /* threads asked for when one comes, while some are found to have ended */
#define LEAST 2 /* otherwise */

/*
 * Each thread has sites of its own: with hundreds at once they would leave no room for a line that comes later. From
 * then on those that come share the row of those without one.
 */
#define SITES_FOR_ROWS (CAPACITY_SITES0 / 2)

static uint32_t next_look;

/*
 * Asks a few in turn, so that a new thread costs the same whatever there was. Each costs half a microsecond, so they are
 * two where none turns out to have ended: with one, hundreds that live hide as many that ended.
 */
static void
look(void)
{
	static uint32_t looks = LEAST;
	uint32_t used = ledger_count(WEIR_PART_THREADS);
	pid_t process = getpid();
	bool found = false;

	for (uint32_t i = 0; i < looks && used > 1; i++) {
		next_look = next_look + 1 < used ? next_look + 1 : 1;
		bool *ended = &ledger->thread_ended[next_look];

		*ended = *ended ||
			 alive_has_ended(process, (pid_t)ledger->threads[next_look].tid);
		found = found || *ended;
	}
	looks = found ? LOOKS : looks > LEAST ? looks - 1 : LEAST;
}

static bool
is_like(const struct weir_trace_thread *a, const struct weir_trace_thread *b)
{
	return a->name == b->name && a->is_main == b->is_main &&
	       (a->isolate != 0) == (b->isolate != 0);
}

/*
 * Exchanged even where it stays as it is: whoever takes the number away after that has the row as it is now, and
 * whoever did so before is seen to.
 */
static void
change(uint32_t row)
{
	uint32_t was = ledger->threads_changed;

	while (!atomic_compare_exchange_weak(&ledger->threads_changed, &was,
					     was == 0 || row < was ? row : was))
		;
}

uint32_t
threads_row(const struct weir_trace_thread *t)
{
	uint32_t used = ledger_count(WEIR_PART_THREADS);

	look();
	for (uint32_t i = 1; i < used; i++) {
		struct weir_trace_thread *old = &ledger->threads[i];

		/* The same thread, now with another isolate, is its own next turn. */
		if (!is_like(old, t) || (!ledger->thread_ended[i] && old->tid != t->tid))
			continue;
		uint64_t first_ns = old->first_ns;
		uint32_t turns = old->turns + 1;
		*old = *t;
		old->first_ns = first_ns;
		old->turns = turns;
		ledger->thread_ended[i] = false;
		majors_follow(i, t->isolate);
		change(i);
		return i;
	}
	if (used == CAPACITY_THREADS ||
	    (!t->is_main && ledger_count(WEIR_PART_SITES0) >= SITES_FOR_ROWS)) {
		intern_drop(WEIR_DROP_threads);
		return 0;
	}
	ledger->threads[used] = *t;
	ledger->threads[used].turns = 1;
	majors_follow(used, t->isolate);
	ledger_counted(WEIR_PART_THREADS, used + 1);
	return used;
}

/* The only thread of a child: whoever else has a row is not there. */
void
threads_after_fork(void)
{
	memset(ledger->thread_ended, true, sizeof(ledger->thread_ended));
	ledger->threads_changed = 0;
}
