/* SPDX-License-Identifier: Apache-2.0 */
/*
 * V8 iterates its list of callbacks while it collects. So nothing is added where an isolate is seen, which may
 * be in the midst of a collection: its thread asks for an interrupt, and V8 comes back on that thread
 * when it runs JavaScript.
 */
#include "trace/runtimes/v8_gc.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>

#include "trace/runtimes/lefts.h"
#include "trace/runtimes/majors.h"
#include "trace/runtimes/v8_isolates.h"

#define ASKED	  64 /* times: V8 forgets what it is asked for before its isolate is whole */
#define GC_ALL	  31
#define GC_MAJOR  4 /* mark-sweep-compact */
#define GC_MINORS 3 /* scavenge, minor mark-sweep */

/* v8::HeapStatistics: words, in the same order from V8 10 to 14. */
#define STATISTICS_BYTES 512
#define USED_WORD	 4
#define EXTERNAL_WORD	 7

typedef void gc_callback(void *isolate, int type, int flags, void *data);

static struct {
	bool (*in_context)(void *isolate); /* NULL: it cannot be asked */
	void (*interrupt)(void *isolate, void (*callback)(void *isolate, void *data),
			  void *data);
	void (*on_begin)(void *isolate, gc_callback *callback, void *data, int types);
	void (*on_end)(void *isolate, gc_callback *callback, void *data, int types);
	void (*statistics_init)(void *statistics);
	void (*statistics)(void *isolate, void *statistics);
} v8;
static _Atomic bool found; /* all of these */

static _Atomic uint64_t minors, last_major_ns;
static _Atomic uint32_t n_told; /* isolates, ever */

static void
on_begin(void *isolate, int type, int flags, void *data)
{
	struct isolate *i = isolates_row(isolate, (uintptr_t)data);

	(void)flags;
	if (i != NULL && (type & GC_MAJOR) != 0)
		atomic_fetch_add(&i->generation, 1);
}

static void
note_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	atomic_store(&last_major_ns,
		     (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec);
}

/* Before there are rows: later these tell. */
static void
note_left(void)
{
	struct left l = {.ns = last_major_ns,
			 .majors = majors_all(),
			 .main_majors = majors_of_main()};

	if (!lefts_wanted())
		return;
	isolates_sum(&l.heap_bytes, &l.external_bytes);
	lefts_note(&l);
}

static void
on_end(void *isolate, int type, int flags, void *data)
{
	uint64_t statistics[STATISTICS_BYTES / 8];
	struct isolate *i = isolates_row(isolate, (uintptr_t)data);
	int saved_errno = errno;

	(void)flags;
	if (i == NULL)
		return;
	if ((type & GC_MINORS) != 0)
		atomic_fetch_add(&minors, 1);
	if ((type & GC_MAJOR) != 0) {
		memset(statistics, 0, sizeof(statistics));
		v8.statistics_init(statistics);
		v8.statistics(isolate, statistics);
		i->heap_bytes = statistics[USED_WORD];
		i->external_bytes = statistics[EXTERNAL_WORD];
		note_time();
		atomic_fetch_add(&i->generation, 1);
		majors_count(isolates_number(i), isolates_is_main(i));
		note_left();
	}
	errno = saved_errno;
}

/* V8 calls this between two steps of the isolate's JavaScript, on its thread. */
static void
on_interrupt(void *isolate, void *data)
{
	struct isolate *i = isolates_row(isolate, (uintptr_t)data);
	int saved_errno = errno;

	if (i == NULL || atomic_exchange(&i->told, true))
		return;
	v8.on_begin(isolate, on_begin, data, GC_ALL);
	v8.on_end(isolate, on_end, data, GC_ALL);
	atomic_fetch_add(&i->generation, 1);
	atomic_fetch_add(&n_told, 1);
	errno = saved_errno;
}

static bool
find(const struct weir_symtab *t)
{
	static const struct {
		const char *symbol;
		void *to;
	} wanted[] = {
		{"_ZN2v87Isolate16RequestInterruptEPFvPS0_PvES2_", &v8.interrupt},
		{"_ZN2v87Isolate21AddGCPrologueCallbackEPFvPS0_NS_6GCTypeENS_"
		 "15GCCallbackFlagsEPvES4_S2_",
		 &v8.on_begin},
		{"_ZN2v87Isolate21AddGCEpilogueCallbackEPFvPS0_NS_6GCTypeENS_"
		 "15GCCallbackFlagsEPvES4_S2_",
		 &v8.on_end},
		{"_ZN2v814HeapStatisticsC1Ev", &v8.statistics_init},
		{"_ZN2v87Isolate17GetHeapStatisticsEPNS_14HeapStatisticsE",
		 &v8.statistics},
	};
	bool all = isolates_init(t);
	uintptr_t start;
	size_t bytes;

	if (weir_symtab_find(t, "_ZN2v87Isolate9InContextEv", &start, &bytes) == 0)
		memcpy(&v8.in_context, &start, sizeof(start));
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (weir_symtab_find(t, wanted[i].symbol, &start, &bytes) == 0)
			memcpy(wanted[i].to, &start, sizeof(start));
		else
			all = false;
	}
	return all;
}

bool
v8_gc_is_found(void)
{
	return atomic_load_explicit(&found, memory_order_acquire);
}

void
v8_gc_init(const struct weir_symtab *t)
{
	/* Once: others call what it has found. */
	if (v8_gc_is_found())
		return;
	bool all = find(t);

	atomic_store_explicit(&found, all, memory_order_release);
}

static void
ask(struct isolate *i)
{
	if (atomic_load_explicit(&i->told, memory_order_relaxed) || i->asked == ASKED)
		return;
	i->asked++;
	v8.interrupt(i->address, on_interrupt, (void *)i->number);
}

void
v8_gc_starting(const struct weir_symtab *t, void *address)
{
	static _Atomic bool once;
	pid_t tid = (pid_t)syscall(SYS_gettid);
	struct isolate *i;

	if (tid != getpid())
		return;
	if (!atomic_exchange(&once, true))
		v8_gc_init(t);
	if (v8_gc_is_found() && (i = isolates_enter(address, tid)) != NULL)
		ask(i);
}

uint32_t
v8_gc_isolate(bool may_ask)
{
	void *address = v8_gc_is_found() ? isolates_current() : NULL;
	struct isolate *i = address != NULL ? isolates_enter(address, 0) : NULL;

	if (may_ask && i != NULL)
		ask(i);
	return isolates_number(i);
}

bool
v8_gc_after_scripts(void)
{
	if (v8.in_context == NULL || !isolates_runs_js_here())
		return false;
	void *isolate = v8_gc_is_found() ? isolates_current() : NULL;
	return isolate != NULL && !v8.in_context(isolate);
}

uint64_t
v8_gc_last_major_ns(void)
{
	return atomic_load_explicit(&last_major_ns, memory_order_acquire);
}

void
v8_gc_read(struct v8_gcs *g)
{
	*g = (struct v8_gcs){
		.major = majors_all(), .main_major = majors_of_main(), .minor = minors};
	g->known = atomic_load_explicit(&n_told, memory_order_relaxed) != 0;
	isolates_sum(&g->heap_bytes, &g->external_bytes);
}
