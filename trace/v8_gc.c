/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An isolate dies without a word, and another may come to lie where it was. So each registration
 * has a number, which V8 hands back to us: of several on one isolate only the newest counts. What
 * was registered goes with the isolate; here stays a slot.
 */
#include "trace/v8_gc.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>

#include "pool/lock.h"
#include "trace/code.h"
#include "trace/walk.h"
#include "trace/walk_private.h"

#define ISOLATES  128
#define GC_ALL	  31
#define GC_MAJOR  4 /* mark-sweep-compact */
#define GC_MINORS 3 /* scavenge, minor mark-sweep */

/* v8::HeapStatistics: words, in the same order from V8 11 to 14. */
#define STATISTICS_BYTES 512
#define USED_WORD	 4
#define EXTERNAL_WORD	 7

typedef void gc_callback(void *isolate, int type, int flags, void *data);

static struct {
	void *(*current)(void);
	void (*on_begin)(void *isolate, gc_callback *callback, void *data, int types);
	void (*on_end)(void *isolate, gc_callback *callback, void *data, int types);
	void (*statistics_init)(void *statistics);
	void (*statistics)(void *isolate, void *statistics);
} v8;
static _Atomic bool known;

static struct isolate {
	_Atomic(void *) address;
	_Atomic uintptr_t registration; /* the newest */
	_Atomic uint64_t heap_bytes, external_bytes;
	_Atomic pid_t tid; /* of the thread that registered; 0: gone */
	uint32_t number;
} isolates[ISOLATES];
static _Atomic uint32_t n_isolates; /* ever; grows under the lock */
static struct weir_lock lock;
static uint32_t survivor; /* in a forked child: the isolate of the thread that forked */

static _Atomic uint64_t majors, minors, moves;

/* The last isolate that this thread was seen with. */
static _Thread_local void *seen __attribute__((tls_model("initial-exec")));
static _Thread_local uint32_t seen_number __attribute__((tls_model("initial-exec")));

static struct isolate *
registered(void *address, uintptr_t registration)
{
	struct isolate *i = &isolates[registration % ISOLATES];

	return i->registration == registration && i->address == address ? i : NULL;
}

static void
on_begin(void *isolate, int type, int flags, void *data)
{
	(void)isolate;
	(void)type;
	(void)flags;
	(void)data;
	atomic_fetch_add(&moves, 1);
}

/* A worker's thread ends with its isolate: its figures are history then. */
static void
forget_dead(void)
{
	for (int k = 0; k < ISOLATES; k++) {
		pid_t tid = isolates[k].tid;

		if (tid == 0 || syscall(SYS_tgkill, getpid(), tid, 0) == 0 ||
		    errno != ESRCH)
			continue;
		isolates[k].heap_bytes = isolates[k].external_bytes = 0;
		isolates[k].tid = 0;
	}
}

static void
on_end(void *isolate, int type, int flags, void *data)
{
	uint64_t statistics[STATISTICS_BYTES / 8];
	struct isolate *i = registered(isolate, (uintptr_t)data);
	int saved_errno = errno;

	(void)flags;
	if (i == NULL)
		return;
	atomic_fetch_add(&moves, 1);
	if ((type & GC_MINORS) != 0)
		atomic_fetch_add(&minors, 1);
	if ((type & GC_MAJOR) != 0) {
		memset(statistics, 0, sizeof(statistics));
		v8.statistics_init(statistics);
		v8.statistics(isolate, statistics);
		i->heap_bytes = statistics[USED_WORD];
		i->external_bytes = statistics[EXTERNAL_WORD];
		forget_dead();
		atomic_fetch_add(&majors, 1);
	}
	errno = saved_errno;
}

void
v8_gc_init(const struct weir_symtab *t)
{
	static const struct {
		const char *symbol;
		void *to;
	} wanted[] = {
		{"_ZN2v87Isolate13TryGetCurrentEv", &v8.current},
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

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		uintptr_t start;
		size_t bytes;

		if (weir_symtab_find(t, wanted[i].symbol, &start, &bytes) == 0)
			memcpy(wanted[i].to, &start, sizeof(start));
		else
			all = false;
	}
	atomic_store(&known, all);
}

static uint32_t
add(void *address)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);
	struct isolate *i;
	uintptr_t registration;

	weir_lock(&lock);
	for (int k = 0; k < ISOLATES; k++)
		if (isolates[k].address == address && isolates[k].tid == tid) {
			weir_unlock(&lock);
			return isolates[k].number;
		}
	registration = n_isolates++;
	i = &isolates[registration % ISOLATES];
	/* Its number 0 would be slot 0 before anything is registered there. */
	registration += ISOLATES;
	i->registration = registration;
	i->address = address;
	i->heap_bytes = i->external_bytes = 0;
	i->number = n_isolates;
	i->tid = tid;
	weir_unlock(&lock);
	/* Its objects may lie where those of one that died did. */
	atomic_fetch_add(&moves, 1);
	v8.on_begin(address, on_begin, (void *)registration, GC_ALL);
	v8.on_end(address, on_end, (void *)registration, GC_ALL);
	return i->number;
}

uint32_t
walk_isolate(void)
{
	bool looked = walk_look();

	if (!atomic_load_explicit(&known, memory_order_acquire) || !walk_runtime_stays())
		return 0;
	void *address = v8.current();
	if (address == NULL)
		return 0;
	if (address != seen) {
		seen_number = add(address);
		/* With an isolate, code may have come. */
		if (!looked)
			code_refresh();
		seen = address;
	}
	return seen_number;
}

uint64_t
walk_majors(void)
{
	return atomic_load_explicit(&majors, memory_order_acquire);
}

uint64_t
walk_generation(void)
{
	return atomic_load_explicit(&known, memory_order_relaxed)
		       ? atomic_load_explicit(&majors, memory_order_acquire)
		       : atomic_load_explicit(&moves, memory_order_acquire);
}

void
walk_gcs(struct walk_gcs *g)
{
	*g = (struct walk_gcs){.major = majors, .minor = minors, .moved = moves};
	g->known = atomic_load_explicit(&known, memory_order_relaxed);
	for (uint32_t k = 0; k < ISOLATES && k < n_isolates; k++) {
		g->heap_bytes += isolates[k].heap_bytes;
		g->external_bytes += isolates[k].external_bytes;
	}
}

void
v8_gc_forked(void)
{
	if (n_isolates != 0)
		survivor = seen != NULL ? seen_number : 0;
}

/* The one thread there is goes on under another number; what the others ran is gone. */
void
v8_gc_after_fork(void)
{
	weir_lock_reset(&lock);
	for (int k = 0; n_isolates != 0 && k < ISOLATES; k++) {
		bool own = survivor != 0 && isolates[k].number == survivor;

		isolates[k].tid = own ? getpid() : 0;
		if (!own)
			isolates[k].heap_bytes = isolates[k].external_bytes = 0;
	}
}
