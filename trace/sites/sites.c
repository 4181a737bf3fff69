/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sites' numbers. Each has a lock of its own, held for some 10 ns: the ages must move
 * together, and one lock is cheaper than ten atomic additions.
 */
#include "trace/sites/sites.h"

#include <stdbool.h>
#include <time.h>

#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/runtimes/majors.h"
#include "trace/sites/capture.h"
#include "trace/sites/eve.h"
#include "trace/sites/rows.h"
#include "trace/sites/sample.h"
#include "trace/sites/threads.h"
#include "trace/walk/walk.h"

#define MS_NS 1000000u
#define AGES  4

struct sites_settings sites_settings;
_Atomic uint64_t sites_changed[SITES_WORDS];

_Static_assert(SITES_WORDS * 64 == CAPACITY_SITES0, "a bit a site");
_Static_assert(CAPACITY_SITES0 == CAPACITY_SITES1, "two copies");
_Static_assert(WEIR_S_old_bytes == WEIR_S_age0_bytes + AGES - 1, "ages in a row");

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int
weir_trace_start(uint64_t exact_bytes)
{
	sites_settings = (struct sites_settings){
		.exact_bytes = exact_bytes,
		.started_ns = now_ns(),
	};
	int rc = ledger_make();
	if (rc == 0)
		sites_changed[0] = 1;
	return rc;
}

uint32_t
sites_of(uint32_t stack, uint32_t caller_kind, uint32_t thread)
{
	uint32_t used = ledger_count(WEIR_PART_SITES0), i;
	uint64_t hash = ledger_mix(ledger_mix(stack, caller_kind), thread);
	uint32_t slot = (uint32_t)hash & (SITE_SLOTS - 1);
	bool sampled = (caller_kind & WEIR_TRACE_SAMPLED) != 0;
	uint32_t kind = caller_kind & ~WEIR_TRACE_SAMPLED;

	while ((i = ledger->site_slots[slot]) != 0) {
		const struct ledger_site *s = ledger_site(i);

		if (s->fields[WEIR_S_stack] == stack &&
		    s->fields[WEIR_S_caller_kind] == kind &&
		    s->fields[WEIR_S_thread] == thread && s->sampled == sampled)
			return i;
		slot = (slot + 1) & (SITE_SLOTS - 1);
	}
	if (used == CAPACITY_SITES0 || !ledger_room(&ledger->sites[used >> SITES_SHIFT],
						    sizeof(struct ledger_sites))) {
		intern_drop(WEIR_DROP_sites);
		return 0;
	}
	struct ledger_site *s = ledger_site(used);
	s->sampled = sampled;
	s->fields[WEIR_S_stack] = stack;
	s->fields[WEIR_S_caller_kind] = kind;
	s->fields[WEIR_S_thread] = thread;
	ledger->site_slots[slot] = (uint16_t)used;
	ledger_counted(WEIR_PART_SITES0, used + 1);
	return used;
}

/*
 * Unless it is set: a line that many threads write is dear. Relaxed: publish.c takes the bit off and then the site's lock,
 * which the caller has given back. Either it had the lock after the caller, and has the change, or before, and the
 * caller sees that the bit is off.
 */
static void
note_change(uint32_t site)
{
	uint64_t bit = (uint64_t)1 << (site % 64);
	_Atomic uint64_t *word = &sites_changed[site / 64];

	if (!(atomic_load_explicit(word, memory_order_relaxed) & bit))
		atomic_fetch_or_explicit(word, bit, memory_order_release);
}

uint32_t
sites_majors(const struct ledger_site *s)
{
	return majors_at((uint32_t)s->fields[WEIR_S_thread]);
}

void
sites_age(struct ledger_site *s)
{
	uint32_t gc = sites_majors(s);
	uint64_t *ages = &s->fields[WEIR_S_age0_bytes];
	uint64_t live = s->fields[WEIR_S_live_bytes];

	if (gc <= s->gc)
		return;
	/* Nothing has changed since the last GC of several, so that was its least. */
	s->fields[WEIR_S_trough_bytes] = gc - s->gc == 1 ? s->least_bytes : live;
	s->least_bytes = live;
	for (uint32_t steps = gc - s->gc; steps > 0 && live != ages[AGES - 1]; steps--) {
		for (int i = AGES - 1; i > 0; i--) {
			ages[i] = i == AGES - 1 ? ages[i] + ages[i - 1] : ages[i - 1];
			ages[i - 1] = 0;
		}
	}
	s->gc = gc;
	s->fields[WEIR_S_major_gcs] = gc;
}

static struct ledger_site *
enter(uint32_t site)
{
	struct ledger_site *s = ledger_site(site);

	weir_lock(&s->lock);
	sites_age(s);
	return s;
}

static void
leave(struct ledger_site *s, uint32_t site)
{
	weir_unlock(&s->lock);
	note_change(site);
}

/* Adds the bytes to all that a live block counts in; taken away by a negative number. */
static void
add_live(struct ledger_site *s, const struct weir_birth *b, uint64_t bytes, uint64_t kib)
{
	uint64_t *f = s->fields;
	uint32_t age = s->gc - b->gc;

	f[WEIR_S_live_bytes] += bytes;
	f[WEIR_S_age0_bytes + (age < AGES ? age : AGES - 1)] += bytes;
	f[WEIR_S_birth_gc_sum] += kib * b->gc;
	f[WEIR_S_birth_ms_sum] += kib * b->ms;
	if (f[WEIR_S_live_bytes] > f[WEIR_S_peak_bytes])
		f[WEIR_S_peak_bytes] = f[WEIR_S_live_bytes];
	if (f[WEIR_S_live_bytes] < s->least_bytes)
		s->least_bytes = f[WEIR_S_live_bytes];
}

uint64_t
weir_trace_ms_at(uint64_t ns)
{
	return (ns - sites_settings.started_ns) / MS_NS;
}

uint64_t
weir_trace_ms(void)
{
	return weir_trace_ms_at(now_ns());
}

struct weir_birth
weir_trace_born_at(uint64_t ns, uint32_t site, uint64_t bytes, uint32_t count)
{
	struct weir_birth b = {.site = site, .ms = weir_trace_ms_at(ns)};

	if (ledger == NULL)
		return b;
	struct ledger_site *s = enter(site);
	uint64_t *f = s->fields;
	b.gc = s->gc;
	eve_comes(s, ns, bytes);
	add_live(s, &b, bytes, bytes >> 10);
	f[WEIR_S_live_count] += count;
	f[WEIR_S_alloc_bytes] += bytes;
	f[WEIR_S_alloc_count] += count;
	if (f[WEIR_S_first_ns] == 0)
		f[WEIR_S_first_ns] = ns;
	f[WEIR_S_last_ns] = ns;
	f[WEIR_S_sampled_count] += s->sampled;
	leave(s, site);
	return b;
}

struct weir_birth
weir_trace_born(uint32_t site, uint64_t bytes, uint32_t count)
{
	return weir_trace_born_at(now_ns(), site, bytes, count);
}

void
weir_trace_resized(const struct weir_birth *b, uint64_t old_bytes, uint64_t bytes)
{
	if (ledger == NULL)
		return;
	uint64_t ns = bytes > old_bytes ? now_ns() : 0;
	struct ledger_site *s = enter(b->site);
	if (bytes > old_bytes)
		eve_comes(s, ns, bytes - old_bytes);
	add_live(s, b, bytes - old_bytes, (bytes >> 10) - (old_bytes >> 10));
	if (bytes > old_bytes)
		s->fields[WEIR_S_alloc_bytes] += bytes - old_bytes;
	leave(s, b->site);
}

void
weir_trace_seen(const struct weir_birth *b, uint64_t old_bytes, uint64_t bytes)
{
	weir_trace_resized(b, old_bytes, bytes);
	if (ledger == NULL || bytes <= old_bytes)
		return;
	struct ledger_site *s = enter(b->site);
	s->fields[WEIR_S_last_ns] = now_ns();
	leave(s, b->site);
}

void
weir_trace_gone_at(uint64_t ns, const struct weir_birth *b, uint64_t bytes,
		   uint32_t count)
{
	if (ledger == NULL)
		return;
	struct ledger_site *s = enter(b->site);
	eve_goes(s, ns, bytes);
	add_live(s, b, -bytes, -(bytes >> 10));
	s->fields[WEIR_S_live_count] -= count;
	leave(s, b->site);
}

void
weir_trace_gone(const struct weir_birth *b, uint64_t bytes, uint32_t count)
{
	weir_trace_gone_at(now_ns(), b, bytes, count);
}

void
weir_trace_disowned(const struct weir_birth *b, uint64_t bytes, uint32_t count)
{
	static const struct weir_birth nobody = {0};

	if (ledger == NULL)
		return;
	weir_trace_gone(b, bytes, count);
	struct ledger_site *s = enter(0);
	add_live(s, &nobody, bytes, bytes >> 10);
	s->fields[WEIR_S_live_count] += count;
	leave(s, 0);
}

void
weir_trace_freeze(void)
{
	weir_sample_freeze();
	weir_lock(&ledger_lock);
}

void
weir_trace_thaw(void)
{
	weir_unlock(&ledger_lock);
	weir_sample_thaw();
}

/* As the shim's own counts: what was asked for begins at nothing, what is live stays. */
static void
forget_past(struct ledger_site *s, uint32_t site)
{
	s->fields[WEIR_S_alloc_bytes] = s->fields[WEIR_S_alloc_count] = 0;
	/* It tells samples from what the kinds count, so it is never 0 while any are live. */
	s->fields[WEIR_S_sampled_count] = s->sampled;
	s->fields[WEIR_S_peak_bytes] = s->fields[WEIR_S_live_bytes];
	note_change(site);
}

void
weir_trace_after_fork(void)
{
	weir_lock_reset(&ledger_lock);
	weir_sample_after_fork();
	if (ledger == NULL)
		return;
	for (uint32_t i = 0; i < ledger_count(WEIR_PART_SITES0); i++) {
		weir_lock_reset(&ledger_site(i)->lock);
		forget_past(ledger_site(i), i);
	}
	intern_forget_drops();
	eve_forget();
	threads_after_fork();
	capture_after_fork();
	publish_after_fork();
	walk_after_fork();
}

void
weir_trace_again(void)
{
	if (ledger == NULL)
		return;
	sites_settings.started_ns = now_ns();
	for (uint32_t i = 0; i < ledger_count(WEIR_PART_SITES0); i++) {
		struct ledger_site *s = enter(i);
		uint64_t live = s->fields[WEIR_S_live_bytes];

		forget_past(s, i);
		s->fields[WEIR_S_trough_bytes] = s->least_bytes = live;
		s->fields[WEIR_S_first_ns] = s->fields[WEIR_S_last_ns] = 0;
		leave(s, i);
	}
	eve_forget();
	rows_forget();
}
