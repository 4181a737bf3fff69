/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New ones wait in a small table of hashes, so that a host that maps and unmaps the same place all the time
 * needs one entry; with each look they go into the list, which is in order.
 */
#include "preload/ground/mapped.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "pool/lock.h"
#include "trace/sites/sites.h"
#include "weir/stats.h"

#define WAITING 512u /* a power of two */
#define PROBES	8

static struct weir_lock lock;
static struct waiting {
	uint64_t base, bytes;
	uint32_t site, order;
} waiting[WAITING];
static uint32_t orders;
static _Atomic uint64_t seen, lost;

/* The list, by address, none over another. */
static struct mapping {
	uint64_t base, bytes;
	uint64_t counted; /* bytes, at its site */
	struct weir_birth birth;
	bool born;
	bool next; /* the next allocator's, for its blocks: no line of the program's */
} list[MAPPED_MOST];
static size_t n_list;

static uint32_t
home_of(uint64_t base)
{
	return (uint32_t)((base >> 12) * 0x9e3779b97f4a7c15u >> 32) & (WAITING - 1);
}

void
mapped_add(uintptr_t base, size_t bytes, uint32_t site)
{
	bool kept = false;

	atomic_fetch_add_explicit(&seen, 1, memory_order_relaxed);
	weir_lock(&lock);
	for (uint32_t i = 0; i < PROBES && !kept; i++) {
		struct waiting *w = &waiting[(home_of(base) + i) & (WAITING - 1)];

		kept = w->bytes == 0 || w->base == base;
		if (kept)
			*w = (struct waiting){base, bytes, site, ++orders};
	}
	weir_unlock(&lock);
	if (!kept)
		atomic_fetch_add_explicit(&lost, 1, memory_order_relaxed);
}

static void
forget(struct mapping *m)
{
	if (m->born)
		weir_trace_gone(&m->birth, m->counted, 1);
	m->born = false;
	m->bytes = 0;
}

/* What lies in its place is no more: of one that reaches beyond it, the larger piece stays. */
static void
make_room(uint64_t base, uint64_t end)
{
	for (size_t i = 0; i < n_list && list[i].base < end; i++) {
		struct mapping *m = &list[i];
		uint64_t m_end = m->base + m->bytes;
		uint64_t before = m->base < base ? base - m->base : 0;
		uint64_t behind = m_end > end ? m_end - end : 0;

		if (m_end <= base)
			continue;
		if (before == 0 && behind == 0) {
			forget(m);
		} else if (before >= behind) {
			m->bytes = before;
		} else {
			m->base = end;
			m->bytes = behind;
		}
	}
}

static void
close_gaps(void)
{
	size_t n = 0;

	for (size_t i = 0; i < n_list; i++)
		if (list[i].bytes != 0)
			list[n++] = list[i];
	n_list = n;
}

static void
insert(const struct waiting *w)
{
	size_t at;

	make_room(w->base, w->base + w->bytes);
	close_gaps();
	if (n_list == MAPPED_MOST) {
		atomic_fetch_add_explicit(&lost, 1, memory_order_relaxed);
		return;
	}
	for (at = n_list++; at > 0 && list[at - 1].base > w->base; at--)
		list[at] = list[at - 1];
	list[at] = (struct mapping){
		.base = w->base,
		.bytes = w->bytes,
		.next = w->site == MAPPED_BY_NEXT,
		.birth = {.site = w->site == MAPPED_BY_NEXT ? 0 : w->site}};
}

/* The oldest first: what comes later has taken its place. */
static bool
take_oldest(struct waiting *oldest)
{
	struct waiting *first = NULL;

	weir_lock(&lock);
	for (uint32_t i = 0; i < WAITING; i++)
		if (waiting[i].bytes != 0 &&
		    (first == NULL || waiting[i].order < first->order))
			first = &waiting[i];
	if (first != NULL) {
		*oldest = *first;
		first->bytes = 0;
	}
	weir_unlock(&lock);
	return first != NULL;
}

size_t
mapped_count(void)
{
	struct waiting w = {0};

	/* No more than were waiting: others may come all the time. */
	for (uint32_t i = 0; i < WAITING && take_oldest(&w); i++)
		insert(&w);
	return n_list;
}

struct weir_account_map
mapped_nth(size_t i)
{
	return (struct weir_account_map){.base = list[i].base,
					 .bytes = list[i].bytes,
					 .next = list[i].next,
					 .id = (uint32_t)i + 1};
}

size_t
mapped_list(struct weir_account_map maps[MAPPED_MOST])
{
	size_t n = mapped_count();

	for (size_t i = 0; i < n; i++)
		maps[i] = mapped_nth(i);
	return n;
}

static void
settle(struct mapping *m, const struct weir_account_map *now)
{
	if (now->from == now->to) {
		forget(m);
		return;
	}
	m->base = now->from;
	m->bytes = now->to - now->from;
	if (m->next)
		return;
	if (m->born) {
		if (m->counted != now->resident_bytes)
			weir_trace_seen(&m->birth, m->counted, now->resident_bytes);
	} else if (now->resident_bytes != 0) {
		uint32_t site = m->birth.site;

		if (site == 0)
			site = weir_trace_unseen(WEIR_KIND_MMAP);
		/* Site 0 is for blocks: some other time. */
		if (site == 0)
			return;
		m->birth = weir_trace_born(site, now->resident_bytes, 1);
		m->born = true;
	}
	m->counted = now->resident_bytes;
}

void
mapped_found(const struct weir_account_map *maps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (maps[i].id != 0 && maps[i].id <= n_list)
			settle(&list[maps[i].id - 1], &maps[i]);
	close_gaps();
}

void
mapped_forget(void)
{
	for (size_t i = mapped_count(); i-- > 0;)
		forget(&list[i]);
	n_list = 0;
}

struct mapped_counts
mapped_counts(void)
{
	return (struct mapped_counts){atomic_load_explicit(&seen, memory_order_relaxed),
				      atomic_load_explicit(&lost, memory_order_relaxed)};
}

void
mapped_freeze(void)
{
	weir_lock(&lock);
}

void
mapped_thaw(void)
{
	weir_unlock(&lock);
}

void
mapped_after_fork(void)
{
	weir_lock_reset(&lock);
	seen = lost = 0;
}
