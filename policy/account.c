/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mapping is judged when the next one is known: an arena of glibc's is told by what lies behind it, a
 * stack by what lies before. The kernel hands smaps out in pieces, and goes on at the address where it
 * stopped: a mapping that has grown meanwhile is listed once more. Then the second time counts.
 */
#include "policy/account.h"

#include <string.h>

/* glibc's arenas lie at multiples of this, and reach to the next one. */
#define ARENA_BYTES ((uint64_t)64 << 20)

/* V8's pages do, of its heap alone: what it maps for others it takes where it gets it. */
#define V8_PAGE_BYTES ((uint64_t)256 << 10)

#define GUARD_MOST ((uint64_t)1 << 20)

#define RESERVE_LEAST ((uint64_t)1 << 20)
#define OFF_LEAST     ((uint64_t)1 << 20)
#define WRITTEN_MOST  ((uint64_t)8 << 20)

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t
common(const struct weir_mapping *m, uint64_t base, uint64_t bytes)
{
	uint64_t end = base + bytes < base ? UINT64_MAX : base + bytes;
	uint64_t from = m->start > base ? m->start : base, to = least(m->end, end);

	return from < to ? to - from : 0;
}

static bool
is_out_of_reach(const struct weir_mapping *m)
{
	return m->of == WEIR_OF_NOTHING && !m->readable && !m->writable && !m->executable;
}

static bool
is_arena(const struct weir_mapping *m, const struct weir_mapping *next)
{
	if (m->of != WEIR_OF_NOTHING || m->start % ARENA_BYTES != 0 || !m->writable ||
	    m->executable)
		return false;
	return m->end % ARENA_BYTES == 0 ||
	       (is_out_of_reach(next) && next->start == m->end &&
		next->end % ARENA_BYTES == 0 && next->end - next->start < ARENA_BYTES);
}

/* V8's older versions have a guard before the code of each page as well. */
static bool
is_stack(const struct weir_account *a, const struct weir_mapping *m)
{
	const struct weir_mapping *before = &a->before;

	return m->of == WEIR_OF_STACK ||
	       (m->of == WEIR_OF_NOTHING && m->writable && !(a->v8 && m->executable) &&
		is_out_of_reach(before) && before->end == m->start &&
		before->end - before->start <= GUARD_MOST &&
		m->start % V8_PAGE_BYTES != 0);
}

/* Of an anonymous mapping, what nobody was seen to make. */
static enum weir_memory_part
part_of_unseen(const struct weir_account *a, const struct weir_mapping *m)
{
	if (m->executable)
		return WEIR_PART_OF_CODE;
	/* What a program's file has at its end that is zero at the start. */
	if (a->before.of == WEIR_OF_FILE && a->before.end == m->start)
		return WEIR_PART_OF_FILES;
	if (a->v8 && m->start % V8_PAGE_BYTES == 0)
		return WEIR_PART_OF_SCRIPT;
	return WEIR_PART_OF_REST;
}

static uint64_t
take_regions(struct weir_account *a, const struct weir_mapping *m, uint64_t rss)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < a->n_regions; i++)
		bytes += common(m, a->regions[i].base, a->regions[i].bytes);
	bytes = least(bytes, rss);
	a->part_bytes[WEIR_PART_OF_LIVE] += bytes;
	return bytes;
}

/* Of weir's own mappings, those that are no region. */
static uint64_t
beyond_regions(const struct weir_account *a, const struct weir_mapping *m,
	       const struct weir_account_map *map, uint64_t bytes)
{
	struct weir_mapping both = {
		.start = m->start > map->base ? m->start : map->base,
		.end = least(m->end, map->base + map->bytes),
	};

	for (size_t i = 0; i < a->n_regions && bytes > 0; i++)
		bytes -= least(bytes,
			       common(&both, a->regions[i].base, a->regions[i].bytes));
	return bytes;
}

/* In whole pages. */
static uint64_t
share_of(uint64_t rss, uint64_t bytes, uint64_t length)
{
	return (uint64_t)((double)rss * (double)bytes / (double)length) & ~(uint64_t)4095;
}

static void
pass_maps(struct weir_account *a, const struct weir_mapping *m)
{
	while (a->at < a->n_maps &&
	       a->maps[a->at].base + a->maps[a->at].bytes <= m->start)
		a->at++;
}

/* Somebody was seen to make a mapping that begins here. */
static bool
begins_map(struct weir_account *a, const struct weir_mapping *m)
{
	pass_maps(a, m);
	return a->at < a->n_maps && a->maps[a->at].base == m->start;
}

/*
 * What of the mapping was seen being made gets its share of what is resident and is not weir's: mappings
 * that lie side by side are one to the kernel.
 */
static uint64_t
take_maps(struct weir_account *a, const struct weir_mapping *m, uint64_t rss)
{
	uint64_t left = rss, length = m->end - m->start, covered = 0;

	pass_maps(a, m);
	for (size_t i = a->at; i < a->n_maps && a->maps[i].base < m->end; i++) {
		struct weir_account_map *map = &a->maps[i];
		uint64_t bytes = common(m, map->base, map->bytes), share;
		uint64_t from = m->start > map->base ? m->start : map->base;

		if (map->from == map->to)
			map->from = from;
		map->to = least(m->end, map->base + map->bytes);
		bytes = beyond_regions(a, m, map, bytes);
		covered += bytes;
		share = covered >= length ? left
					  : least(left, share_of(rss, bytes, length));
		map->resident_bytes += share;
		left -= share;
		a->part_bytes[map->own	  ? WEIR_PART_OF_TABLES
			      : map->next ? WEIR_PART_OF_NEXT
					  : WEIR_PART_OF_MAPS] += share;
	}
	return rss - left;
}

static void
judge(struct weir_account *a, const struct weir_mapping *next)
{
	const struct weir_mapping *m = &a->held;
	uint64_t rss = m->rss_bytes - take_regions(a, m, m->rss_bytes);

	if (m->of == WEIR_OF_FILE) {
		a->part_bytes[WEIR_PART_OF_FILES] += rss;
		return;
	}
	if (m->of == WEIR_OF_BRK || (is_arena(m, next) && !begins_map(a, m))) {
		a->part_bytes[WEIR_PART_OF_NEXT] += rss;
		return;
	}
	if (is_stack(a, m)) {
		a->part_bytes[WEIR_PART_OF_STACKS] += rss;
		return;
	}
	rss -= take_maps(a, m, rss);
	a->part_bytes[m->of == WEIR_OF_SHARED ? WEIR_PART_OF_SHARED
					      : part_of_unseen(a, m)] += rss;
}

void
weir_account_mapping(struct weir_account *a, const struct weir_mapping *m)
{
	if (m->of == WEIR_OF_SHARED)
		a->shared_bytes += m->end - m->start;
	/* Listed again: it has grown, or is part of a larger one now. */
	if (a->held.end > m->start) {
		a->held = *m;
		return;
	}
	if (a->held.end != 0)
		judge(a, m);
	a->before = a->held;
	a->held = *m;
}

void
weir_account_line(struct weir_account *a, const char *line)
{
	struct weir_mapping m;

	if (!weir_mapping_rss(line, &a->held.rss_bytes) && weir_mapping_first(line, &m))
		weir_account_mapping(a, &m);
}

void
weir_account_end(struct weir_account *a)
{
	static const struct weir_mapping none;

	if (a->held.end != 0)
		judge(a, &none);
	a->before = a->held = none;
}

void
weir_account_cached(struct weir_account *a, uint64_t bytes)
{
	uint64_t *live = &a->part_bytes[WEIR_PART_OF_LIVE];

	a->part_bytes[WEIR_PART_OF_CACHED] = least(bytes, *live);
	*live -= a->part_bytes[WEIR_PART_OF_CACHED];
}

bool
weir_account_asks(const struct weir_mapping *m)
{
	return m->of != WEIR_OF_FILE && m->of != WEIR_OF_SHARED &&
	       (m->readable || m->writable || m->end - m->start < RESERVE_LEAST);
}

/*
 * A page of zeros that was only read is mapped, but not resident; a file's page that was written to is anonymous, and is
 * its file's all the same. The kernel's own sums are off by some pages for each processor.
 */
bool
weir_account_rest(struct weir_account *a, uint64_t rss_bytes, uint64_t anon_bytes)
{
	uint64_t sum = weir_account_sum(a), off = rss_bytes / 100 + OFF_LEAST;

	if (sum == 0 || a->shared_bytes > OFF_LEAST || sum > anon_bytes + off ||
	    sum + off + WRITTEN_MOST < anon_bytes)
		return false;
	a->part_bytes[WEIR_PART_OF_FILES] += rss_bytes - least(sum, rss_bytes);
	return true;
}

uint64_t
weir_account_sum(const struct weir_account *a)
{
	uint64_t sum = 0;

	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		sum += a->part_bytes[i];
	return sum;
}
