/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc against sidecar. Called by what shows resident memory and by `weir stat --check`; only reads.
 */
#include "tools/read/measure.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/read/proc.h"
#include "tools/read/proc_account.h"
#include "tools/text/tell.h"

#define TRIES 3

/* A process looks each ten seconds while it stays as large, give or take this (policy/looks.c). */
#define FRESH_NS   UINT64_C(11000000000)
#define SAME_BYTES ((uint64_t)1 << 20)

static int
by_base(const void *a, const void *b)
{
	const struct weir_account_map *x = a, *y = b;

	return x->base < y->base ? -1 : x->base > y->base;
}

static size_t
take_maps(const struct sidecar *s, struct weir_account_map *maps)
{
	uint32_t rows = s->rows[WEIR_SECTION_MAPS].records;
	size_t n = 0;

	for (uint32_t i = 0; i < rows && i < WEIR_STATS_MAX_MAPS; i++) {
		struct weir_account_map *m = &maps[n];

		m->base = sidecar_at(s, WEIR_SECTION_MAPS, i, WEIR_M_base);
		m->bytes = sidecar_at(s, WEIR_SECTION_MAPS, i, WEIR_M_bytes);
		m->own = sidecar_at(s, WEIR_SECTION_MAPS, i, WEIR_M_own) == 1;
		m->next = sidecar_at(s, WEIR_SECTION_MAPS, i, WEIR_M_own) == 2;
		n += m->base != 0 && m->base + m->bytes > m->base;
	}
	qsort(maps, n, sizeof(*maps), by_base);
	return n;
}

/* Where resident memory is, by what the sidecar says of the process's addresses. */
static int
parts_now(const struct sidecar *s, struct weir_account *a)
{
	uint32_t n = s->rows[WEIR_SECTION_REGIONS].records;
	struct weir_account_map *maps = calloc(WEIR_STATS_MAX_MAPS + 1, sizeof(*maps));
	struct weir_account_range *regions;
	int rc;

	if (n > WEIR_STATS_MAX_REGIONS)
		n = WEIR_STATS_MAX_REGIONS;
	regions = calloc(n + 1, sizeof(*regions));
	if (regions == NULL || maps == NULL)
		tell_no_memory();
	for (uint32_t i = 0; i < n; i++) {
		regions[i].base = sidecar_at(s, WEIR_SECTION_REGIONS, i, WEIR_R_base);
		regions[i].bytes = sidecar_at(s, WEIR_SECTION_REGIONS, i, WEIR_R_bytes);
	}
	*a = (struct weir_account){
		.regions = regions,
		.n_regions = n,
		.maps = maps,
		.n_maps = take_maps(s, maps),
		.v8 = sidecar_counter(s, WEIR_C_v8) != 0,
	};
	rc = proc_account(s->header.pid, a);
	free(regions);
	free(maps);
	return rc;
}

static int
resident_now(const struct sidecar *s, uint64_t *bytes)
{
	struct weir_account a;
	int rc = parts_now(s, &a);

	*bytes = rc == 0 ? a.part_bytes[WEIR_PART_OF_LIVE] : 0;
	return rc;
}

/* The table is full: whose the pages of the others are only the process knows. */
static bool
lacks_maps(const struct sidecar *s)
{
	uint32_t rows = s->rows[WEIR_SECTION_MAPS].records;

	return rows > 0 && sidecar_at(s, WEIR_SECTION_MAPS, rows - 1, WEIR_M_base) != 0;
}

/*
 * What the process wrote itself, if that is new and it is as large still: then nobody who looks each second walks its
 * mappings, for which its threads wait.
 */
static bool
parts_as_recorded(const struct sidecar *s, struct measure *m)
{
	uint64_t written_ns = s->slot.monotonic_ns, sum = 0;
	uint64_t seen_ns = sidecar_counter(s, WEIR_C_account_ns);
	struct weir_account a = {0};

	if (seen_ns == 0 || written_ns < seen_ns ||
	    written_ns - seen_ns + locate_age_ns(s) > FRESH_NS)
		return false;
	for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
		sum += a.part_bytes[i] = sidecar_counter(
			s, (enum weir_counter)(WEIR_C_part_live_bytes + i));
	if (m->rss_bytes > sum + SAME_BYTES || sum > m->rss_bytes + SAME_BYTES)
		return false;
	a.part_bytes[WEIR_PART_OF_LIVE] += a.part_bytes[WEIR_PART_OF_CACHED];
	weir_account_cached(&a, sidecar_counter(s, WEIR_C_cached_dirty_bytes));
	memcpy(m->part_bytes, a.part_bytes, sizeof(m->part_bytes));
	m->rss_bytes = sum;
	return true;
}

struct measure
measure_now(const struct locate_entry *e)
{
	pid_t pid = e->sidecar.header.pid;
	struct measure m = {0};
	struct weir_account a;

	m.rss_known = e->life == LOCATE_RUNNING && proc_rss(pid, &m.rss_bytes, NULL) == 0;
	m.parts_known = m.rss_known && parts_as_recorded(&e->sidecar, &m);
	if (m.parts_known)
		return m;
	m.parts_known = m.rss_known && !lacks_maps(&e->sidecar) &&
			parts_now(&e->sidecar, &a) == 0 && weir_account_sum(&a) != 0;
	if (!m.parts_known)
		return m;
	/* One instant: what is listed is all there is, as far as the parts go. */
	m.rss_bytes = weir_account_sum(&a);
	weir_account_cached(&a, sidecar_counter(&e->sidecar, WEIR_C_cached_dirty_bytes));
	memcpy(m.part_bytes, a.part_bytes, sizeof(m.part_bytes));
	return m;
}

static bool
same_use(const struct sidecar *a, const struct sidecar *b)
{
	static const enum weir_counter moving[] = {
		WEIR_C_live_held_bytes, WEIR_C_cached_dirty_bytes, WEIR_C_region_bytes,
		WEIR_C_large_requests,	WEIR_C_purged_bytes,	   WEIR_C_map_puts,
	};

	for (size_t i = 0; i < sizeof(moving) / sizeof(moving[0]); i++)
		if (sidecar_counter(a, moving[i]) != sidecar_counter(b, moving[i]))
			return false;
	return sidecar_sum(a, WEIR_SECTION_CLASSES, WEIR_K_puts) ==
	       sidecar_sum(b, WEIR_SECTION_CLASSES, WEIR_K_puts);
}

static void
sleep_ms(uint64_t ms)
{
	struct timespec t = {.tv_sec = (time_t)(ms / 1000),
			     .tv_nsec = (long)(ms % 1000) * 1000000};

	while (nanosleep(&t, &t) != 0)
		;
}

/* The process has hardly run meanwhile; one that runs may be ahead of its sidecar's writer. */
static bool
rested(const struct locate_entry *e, uint64_t ticks_before)
{
	struct proc_stat st;

	return proc_stat(e->sidecar.header.pid, &st) == 0 &&
	       st.cpu_ticks <= ticks_before + 1;
}

enum measure_result
measure_settled(const struct locate_entry *e, uint64_t *resident, uint64_t *accounted)
{
	uint64_t period = e->sidecar.header.stats_ms;

	if (e->life != LOCATE_RUNNING)
		return MEASURE_NOT_ABLE;
	for (int i = 0; i < TRIES; i++) {
		struct locate_entry before, after;
		struct proc_stat st;
		bool same;

		if (locate_open(&before, e->path) != 0)
			return MEASURE_NOT_ABLE;
		if (before.life != LOCATE_RUNNING ||
		    proc_stat(before.sidecar.header.pid, &st) != 0 ||
		    resident_now(&before.sidecar, resident) != 0) {
			sidecar_free(&before.sidecar);
			return MEASURE_NOT_ABLE;
		}
		sleep_ms(2 * (period < 2000 ? period : 2000) + 100);
		if (locate_open(&after, e->path) != 0) {
			sidecar_free(&before.sidecar);
			return MEASURE_NOT_ABLE;
		}
		same = same_use(&before.sidecar, &after.sidecar) &&
		       rested(&before, st.cpu_ticks);
		*accounted = sidecar_counter(&after.sidecar, WEIR_C_live_held_bytes) +
			     sidecar_counter(&after.sidecar, WEIR_C_cached_dirty_bytes);
		sidecar_free(&before.sidecar);
		sidecar_free(&after.sidecar);
		if (same)
			return MEASURE_SETTLED;
	}
	return MEASURE_BUSY;
}
