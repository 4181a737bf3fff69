/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a request to its site. The raw stack is taken without a lock; if it has been seen since the
 * last GC, one word of the cache says which site it is. Only a new one is decoded, under the
 * trace's lock, for which a request waits for a bounded time.
 */
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/native/code.h"
#include "trace/runtimes/v8_gc.h"
#include "trace/runtimes/v8_isolates.h"
#include "trace/sites/capture.h"
#include "trace/sites/cost.h"
#include "trace/sites/seen.h"
#include "trace/sites/sites.h"
#include "trace/sites/threads.h"
#include "trace/walk/walk.h"
#include "trace/walk/walk_again.h"

/*
 * Decoding takes 20 to 100 us, but on a crowded machine whoever does it may lose its processor meanwhile, for as long
 * as all others take. Once nobody has got his turn for two seconds waits become shorter: one that is stopped for good
 * costs the others that and 0.2 s, then 0.1 ms a stack.
 */
#define WAIT_MOST_NS  100000000u
#define WAIT_LEAST_NS 100000u
#define STOPPED_NS    2000000000u
static _Atomic uint32_t patience_ns = WAIT_MOST_NS;
static _Atomic uint64_t turn_ns; /* when somebody had his turn last */

/*
 * The clock costs as much as a known stack: the first ones are timed each, of later ones that are
 * known one for many. Of a later one that is new, all but the walk is.
 */
#define ALL_TIMED 1024 /* of a shard */
#define TIMED	  16

static struct {
	_Atomic uint64_t ns, misses;
} counts;

#define SHARDS 8
static struct {
	_Atomic uint64_t n;
} __attribute__((aligned(64))) captures[SHARDS];

/* See weir_trace_early. */
#define SURE_BYTES  ((uint64_t)256 << 10)
#define EARLY_BYTES ((uint64_t)1 << 20)
static _Atomic uint64_t early_bytes;

/* Of the calling thread: 0 until its first capture. */
static _Thread_local struct {
	uint16_t thread : 12;
	uint16_t known : 4; /* stacks that are not counted yet */
	uint16_t isolate;
} own;
_Static_assert(CAPACITY_THREADS + 1 < 1 << 12, "any thread");
_Static_assert(TIMED - 1 < 1 << 4, "as many as are not timed");

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

static void
count_cost(bool known, uint64_t ns, uint32_t weight)
{
	count(&counts.ns, weight * ns);
	cost_count(known, ns, weight);
}

/* Another thread may be stopped while it has the lock: then this request goes without. */
static bool
lock_soon(void)
{
	uint32_t ns = atomic_load_explicit(&patience_ns, memory_order_relaxed);

	if (weir_trylock(&ledger_lock) || weir_lock_within(&ledger_lock, ns)) {
		atomic_store_explicit(&turn_ns, clock_ns(), memory_order_relaxed);
		if (ns != WAIT_MOST_NS)
			atomic_store_explicit(&patience_ns, WAIT_MOST_NS,
					      memory_order_relaxed);
		return true;
	}
	if (clock_ns() - atomic_load_explicit(&turn_ns, memory_order_relaxed) >
		    STOPPED_NS &&
	    ns / 2 >= WAIT_LEAST_NS)
		atomic_store_explicit(&patience_ns, ns / 2, memory_order_relaxed);
	intern_drop(WEIR_DROP_busy);
	return false;
}

/* V8 asks for small blocks and for mappings when it is at work itself: then it is asked nothing. */
static bool
is_within_v8(uint32_t caller_kind)
{
	return (caller_kind & WEIR_TRACE_SAMPLED) != 0 || caller_kind == WEIR_KIND_MMAP;
}

/* A thread that begins to run JavaScript is another one from then on. */
static bool
is_known_thread(uint32_t isolate)
{
	return own.thread != 0 && (isolate == own.isolate || isolate == 0);
}

/* Under the trace's lock. */
static void
take_row(uint32_t isolate)
{
	char name[16] = "";
	pid_t tid = (pid_t)syscall(SYS_gettid);

	prctl(PR_GET_NAME, name);
	own.thread = 1 + threads_row(&(struct weir_trace_thread){
				 .tid = (uint32_t)tid,
				 .name = intern_string(name, sizeof(name)),
				 .isolate = isolate,
				 .is_main = tid == getpid(),
				 .first_ns = clock_ns(),
			 });
	own.isolate = isolate;
}

/*
 * Under the trace's lock, which is let go while the maps are read: that takes as long as others map. No small stack
 * has room for the words, so they are taken again. False: the lock was not to be had again.
 */
static bool
decode(uintptr_t fp, uintptr_t pc, uint32_t caller_kind, enum walk_waits *waits,
       uint32_t *site)
{
	static struct walk_raw raw;
	uint32_t frames[WEIR_TRACE_MAX_DEPTH], stack = 0;

	walk_take(&raw, fp, pc);
	bool old = code_is_old();
	if (old || !walk_is_mapped(&raw)) {
		weir_unlock(&ledger_lock);
		if (old)
			code_refresh_now();
		else
			code_refresh();
		if (!lock_soon())
			return false;
		walk_take(&raw, fp, pc);
	}
	/* By maps of before another library was unloaded, a frame may get the name of what is gone. */
	if (old && code_is_old()) {
		intern_drop(WEIR_DROP_busy);
		*site = 0;
		return true;
	}
	uint32_t n = walk_decode(&raw, frames, waits);
	if (raw.truncated)
		intern_drop(WEIR_DROP_truncated);
	while (n-- > 0) {
		stack = intern_node(stack, frames[n]);
		if (stack == 0)
			break;
	}
	*site = sites_of(stack, caller_kind, own.thread - 1);
	return true;
}

/* The key of a stack of the calling thread's. */
static uint64_t
key_of(uint64_t hash, uint32_t caller_kind)
{
	uint64_t key = ledger_mix(hash, isolates_generation());

	key = ledger_mix(key, code_unloads());
	key = ledger_mix(key, (uint64_t)own.isolate << 32 | own.thread);
	return ledger_mix(key, caller_kind);
}

/* Decodes it, under the trace's lock, which is free afterwards. */
static uint32_t
new_site(uintptr_t fp, uintptr_t pc, uint32_t caller_kind, uint64_t hash,
	 uint64_t receiver)
{
	/* Before: what is unloaded meanwhile makes another key. */
	uint64_t key = key_of(hash, caller_kind);
	enum walk_waits waits;
	uint32_t site;

	if (!decode(fp, pc, caller_kind, &waits, &site))
		return 0;
	weir_unlock(&ledger_lock);
	if (site != 0)
		seen_keep(key, waits, receiver, site);
	return site;
}

/* `from`: when it began; 0: not to be timed unless the stack is new. `weight`: of a known one. */
static uint32_t
capture(uintptr_t fp, uintptr_t pc, uint32_t caller_kind, uint64_t from, uint32_t weight)
{
	uint64_t receiver = 0, hash = walk_again(fp, pc);

	if (hash == 0)
		hash = walk_hash(fp, pc, &receiver);
	if (walk_meets_isolate())
		hash = walk_hash(fp, pc, &receiver);
	walk_gcs_look();
	uint32_t isolate = v8_gc_isolate(!is_within_v8(caller_kind));
	bool is_new = !is_known_thread(isolate);
	int32_t known = is_new ? -1 : seen_site(key_of(hash, caller_kind), receiver);
	if (known > 0) {
		if (from != 0)
			count_cost(true, clock_ns() - from, weight);
		return (uint32_t)known;
	}
	count(&counts.misses, 1);
	if (from == 0)
		from = clock_ns();
	if (!lock_soon())
		return 0;
	if (is_new)
		take_row(isolate);
	uint32_t site = new_site(fp, pc, caller_kind, hash, receiver);
	count_cost(false, clock_ns() - from, 1);
	return site;
}

/* Only who wants no smaller blocks than by default is content with less while V8 starts. */
static bool
starts(uint32_t caller_kind)
{
	return atomic_load_explicit(&early_bytes, memory_order_relaxed) < EARLY_BYTES &&
	       sites_settings.exact_bytes >= SURE_BYTES / 2 &&
	       !is_within_v8(caller_kind) && walk_starting();
}

/* Recorded without a stack, which would have nothing on it but the runtime. */
static uint32_t
site_of_start(uint32_t caller_kind)
{
	if (!lock_soon())
		return 0;
	uint32_t site = sites_of(0, caller_kind, 0);
	weir_unlock(&ledger_lock);
	return site;
}

void
weir_trace_unloaded(void)
{
	code_unloaded();
}

uint32_t
weir_trace_unseen(uint32_t caller_kind)
{
	return ledger != NULL ? site_of_start(caller_kind) : 0;
}

static _Atomic uint64_t *
own_captures(void)
{
	return &captures[weir_thread_shard(&own, SHARDS)].n;
}

/* Of those that are not timed: counted with the next one that is. */
uint32_t
weir_trace_known(uintptr_t fp, uintptr_t pc, uint32_t caller_kind)
{
	if (ledger == NULL || own.thread == 0 || own.known == TIMED - 1 ||
	    atomic_load_explicit(own_captures(), memory_order_relaxed) < ALL_TIMED)
		return 0;
	uint64_t hash = walk_again(fp, pc);
	if (hash == 0)
		return 0;
	int32_t known = seen_site(key_of(hash, caller_kind), 0);
	if (known <= 0)
		return 0;
	own.known++;
	return (uint32_t)known;
}

uint32_t
weir_trace_site(uintptr_t fp, uintptr_t pc, uint32_t caller_kind)
{
	if (ledger == NULL)
		return 0;
	if (starts(caller_kind))
		return site_of_start(caller_kind);
	bool due = own.known == TIMED - 1;
	uint64_t n = atomic_fetch_add_explicit(own_captures(), 1 + own.known,
					       memory_order_relaxed);
	own.known = 0;
	if (due)
		return capture(fp, pc, caller_kind, clock_ns(), TIMED);
	if (n >= ALL_TIMED && n % TIMED != 0)
		return capture(fp, pc, caller_kind, 0, 0);
	return capture(fp, pc, caller_kind, clock_ns(), n < ALL_TIMED ? 1 : TIMED);
}

/* Who wants smaller blocks recorded than by default gets them from the first on. */
bool
weir_trace_early(uint64_t bytes)
{
	if (atomic_load_explicit(&early_bytes, memory_order_relaxed) >= EARLY_BYTES)
		return false;
	bool sure = bytes >= SURE_BYTES || sites_settings.exact_bytes < SURE_BYTES / 2;
	/* Asked for each: V8 is to tell its collections from the first on. */
	bool starting = starts(0);
	if (sure && !starting)
		bytes = EARLY_BYTES;
	bool early =
		atomic_fetch_add_explicit(&early_bytes, bytes, memory_order_relaxed) +
			bytes <
		EARLY_BYTES;
	return early && !sure;
}

void
capture_counts(struct capture_counts *c)
{
	c->ns = atomic_load_explicit(&counts.ns, memory_order_relaxed);
	uint64_t misses = atomic_load_explicit(&counts.misses, memory_order_relaxed);
	c->captures = 0;
	for (int i = 0; i < SHARDS; i++)
		c->captures += atomic_load_explicit(&captures[i].n, memory_order_relaxed);
	c->hits = c->captures > misses ? c->captures - misses : 0;
}

/* The one thread there is has another number now. */
void
weir_trace_forked(void)
{
	own.thread = 0;
}

void
capture_after_fork(void)
{
	atomic_store(&counts.ns, 0);
	for (int i = 0; i < SHARDS; i++)
		atomic_store(&captures[i].n, 0);
	atomic_store(&counts.misses, 0);
	cost_after_fork();
}
