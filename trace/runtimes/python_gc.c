/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counts are in the main interpreter's state, which is part of CPython's own static data: it stays until a program unloads
 * its libpython, so reads of it are checked. That the layout is the one that is known, a pointer of the structure into itself
 * tells at each look. CPython says where it is while a thread is in it, which keeps it loaded.
 */
#include "trace/runtimes/python_gc.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "trace/ground/checked.h"
#include "trace/runtimes/majors.h"

#define GENERATIONS 3

/* Of CPython 3.11 to 3.13 (Include/internal/pycore_gc.h), from its second member on. */
struct generation {
	uint64_t head[2];
	int32_t threshold, count;
};
struct collector {
	int32_t nesting, enabled, debug, unused;
	struct generation generations[GENERATIONS];
	uint64_t generation0; /* the address of the first */
	struct generation permanent;
	struct {
		int64_t collections, collected, uncollectable;
	} stats[GENERATIONS];
};

_Static_assert(offsetof(struct collector, generations) == 16, "as in CPython");
_Static_assert(offsetof(struct collector, generation0) == 88, "as in CPython");
_Static_assert(offsetof(struct collector, stats) == 120, "as in CPython");

/* Where that begins in the interpreter's state. */
static const struct {
	uint32_t version;
	uint16_t offset;
} known[] = {{0x030b, 656}, {0x030c, 120}, {0x030d, 7408}};

static struct {
	uint64_t state, state_end; /* CPython's static data */
	uint64_t (*main_interpreter)(void);
	int (*call_later)(int (*what)(void *), void *with);
	int (*enable)(void);
	int (*disable)(void);
	int64_t (*collect)(void);
	uint16_t offset; /* 0: unknown */
} python;

static _Atomic uint64_t found;	 /* where it lies */
static _Atomic bool strange;	 /* it is not where it should be */
static _Atomic uint64_t counted; /* full runs, + 1; 0: no look yet */

static bool asked;		/* whoever asks is one at a time */
static _Atomic int64_t objects; /* -1: not done yet */

void
python_gc_init(const struct weir_symtab *t, uint32_t version)
{
	const struct {
		const char *symbol;
		void *to;
	} wanted[] = {
		{"PyInterpreterState_Main", &python.main_interpreter},
		{"Py_AddPendingCall", &python.call_later},
		{"PyGC_Enable", &python.enable},
		{"PyGC_Disable", &python.disable},
		{"PyGC_Collect", &python.collect},
		{"_PyRuntime", &python.state},
	};
	uintptr_t start;
	size_t bytes = 0;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (weir_symtab_find(t, wanted[i].symbol, &start, &bytes) != 0)
			return;
		memcpy(wanted[i].to, &start, sizeof(start));
	}
	python.state_end = python.state + bytes;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].version == version)
			python.offset = known[i].offset;
}

/* Once it has begun, the structure is where it should be, as it should be. */
static bool
read_at(uint64_t at, struct collector *c)
{
	return checked_peek(at, c, sizeof(*c)) &&
	       c->generation0 == at + offsetof(struct collector, generations) &&
	       (c->enabled & ~1) == 0;
}

static bool
read_found(struct collector *c)
{
	uint64_t at = atomic_load_explicit(&found, memory_order_relaxed);

	return at != 0 && read_at(at, c);
}

void
python_gc_find(void)
{
	struct collector c;
	uint64_t at;

	if (python.offset == 0 ||
	    atomic_load_explicit(&found, memory_order_relaxed) != 0 ||
	    atomic_load_explicit(&strange, memory_order_relaxed))
		return;
	/* CPython may still be starting: then this is asked again. */
	at = python.main_interpreter();
	if (at == 0)
		return;
	at += python.offset;
	if (at % 8 != 0 || at < python.state || at + sizeof(c) > python.state_end) {
		atomic_store(&strange, true);
		return;
	}
	if (read_at(at, &c))
		atomic_store(&found, at);
	else if (c.generation0 != 0)
		atomic_store(&strange, true);
}

void
python_gc_look(void)
{
	struct collector c;
	uint64_t full, was;

	if (!read_found(&c))
		return;
	full = (uint64_t)c.stats[GENERATIONS - 1].collections + 1;
	was = atomic_load_explicit(&counted, memory_order_relaxed);
	/* One of several lookers counts it. */
	if (full > was && atomic_compare_exchange_strong(&counted, &was, full))
		for (uint64_t i = was != 0 ? was : 1; i < full; i++)
			majors_count(0, true);
}

static uint64_t
positive(int32_t n)
{
	return n > 0 ? (uint64_t)n : 0;
}

void
python_gc_read(struct python_gc *g)
{
	struct collector c;
	const struct generation *of = c.generations;

	*g = (struct python_gc){.known = read_found(&c)};
	if (!g->known)
		return;
	g->full = (uint64_t)c.stats[2].collections;
	g->young = (uint64_t)c.stats[0].collections + (uint64_t)c.stats[1].collections;
	/* Each run of a generation hands on no more than its threshold has let come. */
	g->unseen = positive(of[0].count) +
		    positive(of[0].threshold) *
			    (positive(of[1].count) +
			     positive(of[2].count) * (positive(of[1].threshold) + 1));
}

/* On the main thread, which holds CPython's lock. Who has switched the collector off is asked as well: somebody wants to know. */
static int
collect_now(void *unused)
{
	int was = python.enable();
	int64_t n = python.collect();

	(void)unused;
	if (was == 0)
		python.disable();
	atomic_store(&objects, n > 0 ? n : 0);
	return 0;
}

int64_t
python_gc_collect(bool anew)
{
	struct collector c;

	if (!read_found(&c))
		return -ENOSYS;
	if (anew && asked && atomic_load(&objects) >= 0)
		asked = false;
	if (!asked) {
		atomic_store(&objects, -1);
		if (python.call_later(collect_now, NULL) != 0)
			return -EAGAIN;
		asked = true;
	}
	int64_t n = atomic_load(&objects);

	if (n < 0)
		return -EAGAIN;
	asked = false;
	python_gc_look();
	return n;
}
