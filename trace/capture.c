/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a request to its site. The raw stack is taken without a lock; if it has been seen since the
 * last GC, one word of the cache says which site it is. Only a new one is decoded, under the
 * trace's lock, for which a request does not wait longer than decoding itself may take.
 */
#include <sched.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "trace/capture.h"
#include "trace/intern.h"
#include "trace/sites.h"
#include "trace/ledger.h"
#include "trace/walk.h"

/* A word of the cache: the site, and above it what is left of the key. */
#define SITE_MASK ((uint64_t)CAPACITY_SITES0 - 1)

#define SPINS  200
#define YIELDS 4

static struct {
	_Atomic uint64_t ns, captures, hits;
} counts;

/* Of the calling thread: 0 until its first capture. */
static _Thread_local uint32_t own_thread, own_isolate;

static uint64_t
clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void
count(_Atomic uint64_t *counter, uint64_t by)
{
	atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

/* Another thread may be stopped while it has the lock: then this request goes without. */
static bool
lock_soon(void)
{
	for (int i = 0; i < SPINS + YIELDS; i++) {
		if (weir_trylock(&ledger_lock))
			return true;
		if (i >= SPINS)
			sched_yield();
#if defined(__x86_64__)
		else
			__builtin_ia32_pause();
#endif
	}
	intern_drop(WEIR_DROP_busy);
	return false;
}

/* A thread that begins to run JavaScript is another one from then on. */
static bool
know_thread(void)
{
	uint32_t isolate = walk_isolate();
	char name[16] = "";

	if (own_thread != 0 && (isolate == own_isolate || isolate == 0))
		return true;
	if (!lock_soon())
		return false;
	prctl(PR_GET_NAME, name);
	pid_t tid = (pid_t)syscall(SYS_gettid);
	own_thread = 1 + intern_thread(&(struct weir_trace_thread){
				 .tid = (uint32_t)tid,
				 .name = intern_string(name, sizeof(name)),
				 .isolate = isolate,
				 .is_main = tid == getpid(),
				 .first_ns = clock_ns(),
			 });
	own_isolate = isolate;
	weir_unlock(&ledger_lock);
	return true;
}

static uint32_t
decode(const struct walk_raw *raw, uint32_t caller_kind)
{
	uint32_t frames[WEIR_TRACE_MAX_DEPTH], stack = 0;
	uint32_t n = walk_decode(raw, frames);

	if (raw->truncated)
		intern_drop(WEIR_DROP_truncated);
	while (n-- > 0) {
		stack = intern_node(stack, frames[n]);
		if (stack == 0)
			break;
	}
	return sites_of(stack, caller_kind, own_thread - 1);
}

/*
 * For how long equal words mean the same stack. What tells V8's frames apart, code and bytecode, is
 * old from birth: a minor GC, of which a server has one for each large buffer, neither moves it
 * nor gives its place to another. A new isolate has a number of its own.
 */
static uint64_t
generation(const struct walk_gcs *gcs)
{
	return gcs->known ? gcs->major : gcs->moved;
}

static uint32_t
capture(uintptr_t fp, uintptr_t pc, uint32_t caller_kind)
{
	struct walk_raw raw;
	struct walk_gcs gcs;

	if (!know_thread())
		return 0;
	walk_gcs(&gcs);
	walk_take(&raw, fp, pc);
	uint64_t key = ledger_mix(raw.hash, generation(&gcs));
	key = ledger_mix(key, (uint64_t)own_isolate << 32 | own_thread);
	key = ledger_mix(key, caller_kind);
	_Atomic uint64_t *word = &ledger->site_cache[key % CACHE_SLOTS];
	uint64_t known = atomic_load_explicit(word, memory_order_relaxed);
	/* The lowest bits choose the word, so they need not be kept. */
	if (known != 0 && (known & ~SITE_MASK) == (key & ~SITE_MASK)) {
		count(&counts.hits, 1);
		return (uint32_t)(known & SITE_MASK);
	}
	if (!lock_soon())
		return 0;
	uint32_t site = decode(&raw, caller_kind);
	weir_unlock(&ledger_lock);
	if (site != 0)
		atomic_store_explicit(word, (key & ~SITE_MASK) | site,
				      memory_order_relaxed);
	return site;
}

uint32_t
weir_trace_site(uintptr_t fp, uintptr_t pc, uint32_t caller_kind)
{
	if (ledger == NULL)
		return 0;
	uint64_t from = clock_ns();
	uint32_t site = capture(fp, pc, caller_kind);

	count(&counts.captures, 1);
	count(&counts.ns, clock_ns() - from);
	return site;
}

void
capture_counts(struct capture_counts *c)
{
	c->ns = atomic_load_explicit(&counts.ns, memory_order_relaxed);
	c->captures = atomic_load_explicit(&counts.captures, memory_order_relaxed);
	c->hits = atomic_load_explicit(&counts.hits, memory_order_relaxed);
}

/* The one thread there is has another number now. */
void
capture_after_fork(void)
{
	atomic_store(&counts.ns, 0);
	atomic_store(&counts.captures, 0);
	atomic_store(&counts.hits, 0);
	own_thread = 0;
}
