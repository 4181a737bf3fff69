/* SPDX-License-Identifier: Apache-2.0 */
/*
 * V8 iterates its list of callbacks while it collects, and from version 13 on its own helpers name the
 * isolate that they work for as theirs. So nothing is added where an isolate is seen, which may be in the
 * midst of a collection or on a helper: its thread asks for an interrupt, and V8 comes back on that thread
 * when it runs JavaScript. An isolate dies without a word; its row is used again once its thread has ended.
 */
#include "trace/v8_gc.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>

#include "pool/lock.h"
#include "trace/alive.h"
#include "trace/code.h"
#include "trace/intern.h"
#include "trace/walk.h"
#include "trace/walk_private.h"

#define ISOLATES  1024
#define ASKED	  64 /* times: V8 forgets what it is asked for before its isolate is whole */
#define GC_ALL	  31
#define GC_MAJOR  4 /* mark-sweep-compact */
#define GC_MINORS 3 /* scavenge, minor mark-sweep */

/* v8::HeapStatistics: words, in the same order from V8 10 to 14. */
#define STATISTICS_BYTES 512
#define USED_WORD	 4
#define EXTERNAL_WORD	 7

typedef void gc_callback(void *isolate, int type, int flags, void *data);

#define CURRENT	    "_ZN2v87Isolate13TryGetCurrentEv"
#define KEY_CREATED "_ZN2v88internal7Isolate20isolate_key_created_E"

static struct {
	void *(*current)(void);
	const volatile uint8_t *key_created;
	void (*interrupt)(void *isolate, void (*callback)(void *isolate, void *data),
			  void *data);
	void (*on_begin)(void *isolate, gc_callback *callback, void *data, int types);
	void (*on_end)(void *isolate, gc_callback *callback, void *data, int types);
	void (*statistics_init)(void *statistics);
	void (*statistics)(void *isolate, void *statistics);
} v8;
static _Atomic bool found; /* all of these */

/* What V8 hands back to us is a number: of several given for one isolate only the newest counts. */
struct isolate {
	_Atomic(void *) address; /* NULL: a free row */
	_Atomic uintptr_t number;
	_Atomic pid_t tid; /* of its thread */
	_Atomic bool told; /* V8 tells its collections */
	_Atomic uint64_t heap_bytes, external_bytes;
	uint32_t asked; /* by its thread */
};
static struct isolate isolates[ISOLATES];
static _Atomic uint32_t n_rows; /* ever used: the first ones */
static uintptr_t n_numbers;	/* under the lock, as taking a row is */
static struct weir_lock lock;

static _Atomic uint64_t majors, minors;
/* Grows with each major collection, at its begin and at its end, and with each new isolate. */
static _Atomic uint64_t generation;
static _Atomic uint64_t untold; /* so many times nobody could know of collections */
static _Atomic uint32_t n_told; /* isolates, ever */

/* The last isolate that V8 named as the calling thread's, and its row + 1; 0: not known to be its own. */
#define NO_ROW UINT16_MAX /* it fits none */
static _Thread_local void *seen __attribute__((tls_model("initial-exec")));
static _Thread_local uint16_t own_row __attribute__((tls_model("initial-exec")));
/* It has been seen to run JavaScript. */
static _Thread_local bool is_owner __attribute__((tls_model("initial-exec")));

static struct isolate *
own(void)
{
	return own_row != 0 && own_row != NO_ROW ? &isolates[own_row - 1] : NULL;
}

/* The row of an isolate, NULL: it has none, or what V8 was given for it is not the newest. */
static struct isolate *
row_of(void *address, uintptr_t number)
{
	struct isolate *i = &isolates[number % ISOLATES];

	return i->number == number && i->address == address ? i : NULL;
}

static void
on_begin(void *isolate, int type, int flags, void *data)
{
	(void)isolate;
	(void)flags;
	(void)data;
	if ((type & GC_MAJOR) != 0)
		atomic_fetch_add(&generation, 1);
}

static void
on_end(void *isolate, int type, int flags, void *data)
{
	uint64_t statistics[STATISTICS_BYTES / 8];
	struct isolate *i = row_of(isolate, (uintptr_t)data);
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
		atomic_fetch_add(&generation, 1);
		atomic_fetch_add(&majors, 1);
	}
	errno = saved_errno;
}

/* V8 calls this between two steps of the isolate's JavaScript, on its thread. */
static void
on_interrupt(void *isolate, void *data)
{
	struct isolate *i = row_of(isolate, (uintptr_t)data);
	int saved_errno = errno;

	if (i == NULL || atomic_exchange(&i->told, true))
		return;
	v8.on_begin(isolate, on_begin, data, GC_ALL);
	v8.on_end(isolate, on_end, data, GC_ALL);
	atomic_fetch_add(&generation, 1);
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
		{CURRENT, &v8.current},
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
	bool all = true;
	uintptr_t start;
	size_t bytes;

	if (weir_symtab_find(t, KEY_CREATED, &start, &bytes) == 0)
		v8.key_created = (const volatile uint8_t *)start;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (weir_symtab_find(t, wanted[i].symbol, &start, &bytes) == 0)
			memcpy(wanted[i].to, &start, sizeof(start));
		else
			all = false;
	}
	return all;
}

/* V8 10 has it in a thread's data by key, and before it has made its key takes another's. */
void *
v8_gc_current(const struct weir_symtab *t)
{
	uintptr_t start;
	size_t bytes;

	if (weir_symtab_find(t, KEY_CREATED, &start, &bytes) == 0 &&
	    *(const volatile uint8_t *)start == 0)
		return NULL;
	if (weir_symtab_find(t, CURRENT, &start, &bytes) != 0)
		return NULL;
	return ((void *(*)(void))start)();
}

void
v8_gc_init(const struct weir_symtab *t)
{
	bool all = find(t);

	atomic_store_explicit(&found, all, memory_order_release);
}

static bool
is_free(uint32_t k)
{
	return atomic_load_explicit(&isolates[k].address, memory_order_relaxed) == NULL;
}

/* The row of this address, or the first free one, or ISOLATES. */
static uint32_t
row_for(void *address)
{
	uint32_t n = n_rows, row = ISOLATES;

	for (uint32_t k = 0; k < n; k++) {
		if (isolates[k].address == address)
			return k;
		if (row == ISOLATES && is_free(k))
			row = k;
	}
	return row == ISOLATES && n < ISOLATES ? n : row;
}

static void
clear(struct isolate *i)
{
	i->heap_bytes = i->external_bytes = 0;
	i->told = false;
	i->number = 0;
	i->tid = 0;
	i->address = NULL;
}

/*
 * Notes whose isolate it is: a new one, though another may have lain there; or, of one whose thread
 * lives, one that moved to this thread.
 */
static void
take(void *address, pid_t tid)
{
	uint32_t row = row_for(address);
	bool moved = row < ISOLATES && isolates[row].address == address &&
		     !alive_has_ended(isolates[row].tid);

	own_row = NO_ROW;
	weir_lock(&lock);
	row = row_for(address);
	if (row < ISOLATES) {
		struct isolate *i = &isolates[row];

		if (!moved || i->address != address) {
			clear(i);
			i->asked = 0;
			i->number = ++n_numbers * ISOLATES + row;
			i->address = address;
			atomic_fetch_add(&generation, 1);
		}
		i->tid = tid;
		own_row = (uint16_t)(row + 1);
		if (row == n_rows)
			atomic_store(&n_rows, row + 1);
	}
	weir_unlock(&lock);
	seen = address;
	if (own_row == NO_ROW)
		intern_drop(WEIR_DROP_isolates);
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

	if (tid != getpid())
		return;
	if (!atomic_exchange(&once, true))
		v8_gc_init(t);
	if (!atomic_load_explicit(&found, memory_order_acquire))
		return;
	if (address != seen || own_row == 0)
		take(address, tid);
	if (own() != NULL)
		ask(own());
}

void
v8_gc_runs_js(void)
{
	is_owner = true;
}

/* The first thread of a process is nobody's helper. */
static bool
owns(pid_t tid)
{
	return is_owner || tid == getpid();
}

static uint32_t
number_of(const struct isolate *i)
{
	return i != NULL ? (uint32_t)(i->number / ISOLATES) : 0;
}

static void *
current(void)
{
	return atomic_load_explicit(&found, memory_order_acquire) &&
			       walk_runtime_stays() &&
			       (v8.key_created == NULL || *v8.key_created != 0)
		       ? v8.current()
		       : NULL;
}

bool
walk_meets_isolate(void)
{
	bool looked = walk_look();
	void *address = current();

	if (address == NULL || address == seen)
		return false;
	seen = address;
	own_row = 0;
	/* With an isolate, code may have come. */
	if (!looked)
		code_refresh();
	return true;
}

uint32_t
walk_isolate(bool may_ask)
{
	void *address = current();

	if (address == NULL)
		return 0;
	if (address != seen || own_row == 0) {
		pid_t tid = (pid_t)syscall(SYS_gettid);

		if (!owns(tid))
			return 0;
		take(address, tid);
	}
	if (may_ask && own() != NULL)
		ask(own());
	return number_of(own());
}

uint64_t
walk_majors(void)
{
	return atomic_load_explicit(&majors, memory_order_acquire);
}

uint64_t
walk_generation(void)
{
	const struct isolate *i = own();

	/* What runs no JavaScript has nothing on its stack that moves. */
	if (!is_owner ||
	    (i != NULL && atomic_load_explicit(&i->told, memory_order_acquire)))
		return atomic_load_explicit(&generation, memory_order_acquire);
	return WALK_NO_GENERATION | atomic_fetch_add(&untold, 1);
}

void
walk_gcs(struct walk_gcs *g)
{
	*g = (struct walk_gcs){.major = majors, .minor = minors};
	g->known = atomic_load_explicit(&n_told, memory_order_relaxed) != 0;
	for (uint32_t k = 0; k < n_rows; k++) {
		g->heap_bytes += isolates[k].heap_bytes;
		g->external_bytes += isolates[k].external_bytes;
	}
}

/* The thread of a worker ends with its isolate: what its heap held is history then. */
void
walk_forget_ended(void)
{
	for (uint32_t k = 0; k < n_rows; k++) {
		struct isolate *i = &isolates[k];
		pid_t tid = i->tid;
		uintptr_t number = i->number;

		if (tid == 0 || !alive_has_ended(tid))
			continue;
		weir_lock(&lock);
		if (i->tid == tid && i->number == number)
			clear(i);
		weir_unlock(&lock);
	}
}

/* The one thread there is goes on under another number; what the others ran is gone. */
void
v8_gc_after_fork(void)
{
	weir_lock_reset(&lock);
	for (uint32_t k = 0; k < n_rows; k++) {
		if (own_row == k + 1)
			isolates[k].tid = getpid();
		else
			clear(&isolates[k]);
	}
}
