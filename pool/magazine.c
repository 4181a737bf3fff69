/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Magazines: how they are made, visited by other threads, drained, and left behind when their thread
 * ends. The register's lock guards the list of magazines and every visit; an owner takes it only to
 * make its magazine and when its thread ends.
 */
#include "pool/magazine.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "pool/old_libc.h"
#include "pool/pool_private.h"
#include "pool/sys.h"

/* More threads than this share the classes' stocks directly. */
#define MAGAZINES_MAX 4096

static struct weir_lock register_lock;
static _Atomic(struct magazine *) all; /* of ended threads too, for reuse */
static unsigned n_magazines;
static pthread_key_t key;
static bool key_made;
_Atomic uint32_t magazines_heed;
_Atomic uint64_t magazine_most = MAGAZINE_BYTES;
_Atomic uint64_t scratch_events;

/* Which thread has claimed all: the address of its magazine_own. */
static _Atomic(const void *) claimer;

/* In a forked child until its pool is reset: the magazine of the one thread it has. */
static bool forked;
static struct magazine *survivor;

_Thread_local struct magazine *magazine_own __attribute__((tls_model("initial-exec")));
enum stage { OWN_UNMADE, OWN_MADE, OWN_GONE };
static _Thread_local uint8_t own_stage __attribute__((tls_model("initial-exec")));

static bool
owners_fence(void)
{
	return atomic_load_explicit(&magazines_heed, memory_order_relaxed) &
	       MAGAZINES_FENCE;
}

/* Call after setting `claimed`: on return, every owner's next magazine_enter will see it. */
static void
barrier(void)
{
	int saved_errno = errno;

	if (owners_fence() ||
	    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0)
		return;
	/*
	 * The process registered, but has since installed a filter that forbids the call. An owner that
	 * has not seen the flag yet will have its store visible long before the sleep ends.
	 */
	atomic_fetch_or(&magazines_heed, MAGAZINES_FENCE);
	weir_sys_sleep(1000000);
	errno = saved_errno;
}

static void
wait_idle(struct magazine *m)
{
	while (atomic_load(&m->busy))
		sched_yield();
}

static size_t
magazine_size(void)
{
	size_t bytes = sizeof(struct magazine) +
		       ((size_t)pool_n_classes + 1) * sizeof(struct magazine_row);

	return weir_whole_pages(bytes);
}

/* Empties a magazine into the classes. The owner is kept out, or is the caller. */
static void
empty(struct magazine *m, int64_t freed_ns)
{
	for (uint32_t i = 0; i < pool_n_classes; i++) {
		struct magazine_row *row = &m->rows[i];

		if (row->n == 0)
			continue;
		row->drained += row->n;
		weir_lock(&pool_classes[i].lock);
		while (row->n > 0)
			pool_stock_push(&pool_classes[i], row->blocks[--row->n],
					freed_ns);
		weir_unlock(&pool_classes[i].lock);
	}
	magazine_set_bytes(m, 0);
	m->last = NULL;
}

/* Moves its counts into the classes, so that the next owner starts at zero. */
static void
fold(struct magazine *m)
{
	for (uint32_t i = 0; i < pool_n_classes; i++) {
		struct magazine_row *row = &m->rows[i];
		struct pool_class *c = &pool_classes[i];

		weir_lock(&c->lock);
		c->stats.gets += row->gets;
		c->stats.hits += row->gets;
		c->stats.puts += magazine_puts(row);
		c->stats.live += row->gets - magazine_puts(row);
		c->stats.requested_bytes += row->asked_bytes;
		c->stats.live_requested_bytes += row->asked_bytes - row->given_bytes;
		c->scratch_gets += row->gets;
		c->scratch_puts += magazine_puts(row);
		weir_unlock(&c->lock);
		*row = (struct magazine_row){.n = 0};
	}
	m->seen_operations = 0;
}

static uint64_t
operations(const struct magazine *m)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < pool_n_classes; i++)
		n += m->rows[i].gets + magazine_puts(&m->rows[i]);
	return n;
}

/* The owner is kept out, or is the caller. */
static bool
see(struct magazine *m)
{
	uint64_t n = operations(m) - m->seen_operations;

	m->seen_operations += n;
	atomic_fetch_add_explicit(&scratch_events, n, memory_order_relaxed);
	return n != 0;
}

/* The thread ends. Later gets and puts of the same thread use the classes directly. */
static void
bury(void *magazine)
{
	struct magazine *m = magazine;

	own_stage = OWN_GONE;
	magazine_own = NULL;
	if (forked) {
		survivor = NULL; /* all is locked yet; magazine_after_fork sees to it */
		return;
	}
	weir_lock(&register_lock);
	see(m);
	empty(m, m->seen_ns);
	fold(m);
	m->owned = false;
	weir_unlock(&register_lock);
}

static struct magazine *
new_magazine(void)
{
	struct magazine *m;

	weir_lock(&register_lock);
	for (m = all; m != NULL && m->owned; m = m->next)
		;
	if (m == NULL && n_magazines < MAGAZINES_MAX) {
		m = heap_pages->meta(magazine_size());
		if (m != NULL) {
			m->name = (uint64_t)++n_magazines << MAGAZINE_NAME_SHIFT;
			m->next = all;
			all = m;
		}
	}
	if (m != NULL)
		m->owned = true;
	weir_unlock(&register_lock);
	return m;
}

struct magazine *
magazine_mine(void)
{
	if (magazine_own != NULL || own_stage != OWN_UNMADE || !key_made)
		return magazine_own;
	own_stage = OWN_MADE; /* also: no second try if there is no memory */
	struct magazine *m = new_magazine();
	if (m != NULL && pthread_setspecific(key, m) != 0) {
		bury(m);
		return NULL;
	}
	magazine_own = m;
	return m;
}

void
weir_pool_announce(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	bool has_barrier = syscall(SYS_membarrier,
				   MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
#ifdef __SANITIZE_THREAD__
	has_barrier = false; /* it cannot see one */
#endif
	if (!has_barrier)
		atomic_fetch_or(&magazines_heed, MAGAZINES_FENCE);
}

void
weir_pool_spare_calls(void)
{
	if (owners_fence())
		return;
	atomic_fetch_or(&magazines_heed, MAGAZINES_FENCE);
	weir_sys_sleep(1000000);
}

void
magazine_init(void)
{
	weir_pool_announce();
	/* An old C library has no keys without threads: then there are no magazines. */
	key_made = key_made ||
		   (pthread_key_create != NULL && pthread_key_create(&key, bury) == 0);
}

void
magazine_claim_all(void)
{
	weir_lock(&register_lock);
	atomic_store(&claimer, (const void *)&magazine_own);
	atomic_fetch_or(&magazines_heed, MAGAZINES_CLAIMED);
	if (all != NULL)
		barrier();
	for (struct magazine *m = all; m != NULL; m = m->next)
		wait_idle(m);
}

void
magazine_release_all(void)
{
	atomic_fetch_and_explicit(&magazines_heed, ~MAGAZINES_CLAIMED,
				  memory_order_release);
	atomic_store(&claimer, NULL);
	weir_unlock(&register_lock);
}

/* The caller keeps the magazine's owner out. */
static void
unname(struct magazine *m, struct weir_span *s)
{
	uint64_t refs = atomic_load_explicit(&s->refs, memory_order_relaxed);

	if (refs >> MAGAZINE_NAME_SHIFT != m->name >> MAGAZINE_NAME_SHIFT)
		return;
	atomic_store_explicit(&s->refs, refs - m->name, memory_order_release);
	if (m != magazine_own)
		m->rows[s->grade].shy = MAGAZINE_SHY;
	if (m->last == s)
		m->last = NULL;
}

static struct magazine *
named(uint64_t name)
{
	struct magazine *m = all;

	while (m != NULL && m->name != name)
		m = m->next;
	return m;
}

bool
magazine_unname(struct weir_span *s, uint64_t refs)
{
	uint64_t name = refs >> MAGAZINE_NAME_SHIFT << MAGAZINE_NAME_SHIFT;
	struct magazine *m = magazine_own;

	if (m != NULL && m->name == name && atomic_load(&m->busy))
		return false;
	if (atomic_load(&claimer) == &magazine_own) {
		/* In a handler of fork: all of them are this thread's already. */
		if ((m = named(name)) != NULL)
			unname(m, s);
		return true;
	}
	weir_lock(&register_lock);
	if ((m = named(name)) != NULL) {
		atomic_store(&m->claimed, 1);
		barrier();
		wait_idle(m);
		unname(m, s);
		atomic_store_explicit(&m->claimed, 0, memory_order_release);
	}
	weir_unlock(&register_lock);
	return true;
}

void
magazine_drain(int64_t before_ns)
{
	if (all == NULL)
		return;
	magazine_claim_all();
	for (struct magazine *m = all; m != NULL; m = m->next)
		if (magazine_bytes(m) != 0 &&
		    (before_ns == INT64_MAX ||
		     (operations(m) == m->seen_operations && m->seen_ns <= before_ns)))
			empty(m, m->seen_ns);
	magazine_release_all();
}

void
magazine_mark(int64_t now_ns)
{
	if (all == NULL)
		return;
	magazine_claim_all();
	for (struct magazine *m = all; m != NULL; m = m->next)
		if (see(m))
			m->seen_ns = now_ns;
	magazine_release_all();
}

uint64_t
magazine_cached_bytes(void)
{
	uint64_t bytes = 0;

	weir_lock(&register_lock);
	for (struct magazine *m = all; m != NULL; m = m->next)
		bytes += magazine_bytes(m);
	weir_unlock(&register_lock);
	return bytes;
}

int64_t
magazine_oldest_ns(void)
{
	int64_t oldest = INT64_MAX;

	weir_lock(&register_lock);
	for (struct magazine *m = all; m != NULL; m = m->next)
		if (magazine_bytes(m) != 0 && m->seen_ns < oldest)
			oldest = m->seen_ns;
	weir_unlock(&register_lock);
	return oldest;
}

void
magazine_forked(void)
{
	forked = true;
	survivor = magazine_own;
}

/* The child has one thread: the magazines of all others are nobody's now. All counts fold. */
void
magazine_after_fork(void)
{
	if (!forked)
		magazine_forked();
	forked = false;
	atomic_fetch_and(&magazines_heed, ~MAGAZINES_CLAIMED);
	claimer = NULL;
	weir_lock_reset(&register_lock);
	for (struct magazine *m = all; m != NULL; m = m->next) {
		atomic_store_explicit(&m->busy, 0, memory_order_relaxed);
		atomic_store_explicit(&m->claimed, 0, memory_order_relaxed);
		empty(m, m->seen_ns);
		fold(m);
		m->owned = m == survivor;
	}
	scratch_events = 0;
}

void
magazine_add_stats(uint32_t grade, struct weir_class_stats *stats)
{
	for (struct magazine *m = all; m != NULL; m = m->next) {
		const struct magazine_row *row = &m->rows[grade];

		stats->gets += row->gets;
		stats->hits += row->gets;
		stats->puts += magazine_puts(row);
		stats->live += row->gets - magazine_puts(row);
		stats->cached += row->n;
		stats->requested_bytes += row->asked_bytes;
		stats->live_requested_bytes += row->asked_bytes - row->given_bytes;
	}
	if (stats->live > stats->live_peak && stats->live <= INT64_MAX)
		stats->live_peak = stats->live;
	if (stats->cached > stats->cached_peak)
		stats->cached_peak = stats->cached;
}

void
magazine_add_scratch(struct weir_scratch_stats *stats)
{
	for (struct magazine *m = all; m != NULL; m = m->next)
		for (uint32_t i = 0; i < pool_n_classes; i++) {
			stats->gets += m->rows[i].gets;
			stats->puts += magazine_puts(&m->rows[i]);
		}
}
