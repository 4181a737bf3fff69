/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By the list of mappings, with mincore for what is anonymous: a twentieth of the time that smaps takes, for which the
 * kernel holds the process's mappings still while it walks the largest of them (20 ms with 700 MB, in which no thread
 * maps or unmaps). smaps where the two do not agree with what is resident in all.
 */
#include "preload/clock/parts.h"

#include <errno.h>
#include <string.h>

#include "policy/account.h"
#include "policy/looks.h"
#include "pool/pages.h"
#include "pool/pool.h"
#include "pool/pool_stats.h"
#include "pool/sys.h"
#include "preload/ground/clock.h"
#include "preload/ground/mapped.h"
#include "preload/machine/facts.h"
#include "trace/walk/walk.h"

/* With a page of 4 KB smaps takes a host's own thread a millisecond or two. */
#define SMAPS_BRIEF ((uint64_t)64 << 20)

static struct weir_parts_look last;

/* The lock of the clock's work guards these; no host's stack has room for them. */
static char text[4096];
static struct weir_account account;
static struct weir_account_range regions[WEIR_STATS_MAX_REGIONS];
static struct weir_account_map maps[MAPPED_MOST + WEIR_PAGES_METAS];

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static size_t
take_regions(void)
{
	static struct weir_region found[WEIR_STATS_MAX_REGIONS];
	uint32_t n = weir_pool_regions(found, WEIR_STATS_MAX_REGIONS);

	if (n > WEIR_STATS_MAX_REGIONS)
		n = WEIR_STATS_MAX_REGIONS;
	for (uint32_t i = 0; i < n; i++)
		regions[i] = (struct weir_account_range){found[i].base, found[i].bytes};
	return n;
}

/* By address, as weir_account wants them. */
static size_t
put_in_order(size_t n, const struct weir_account_map *map)
{
	size_t at = n;

	for (; at > 0 && maps[at - 1].base > map->base; at--)
		maps[at] = maps[at - 1];
	maps[at] = *map;
	return n + 1;
}

static size_t
take_maps(void)
{
	static struct weir_pages_range own[WEIR_PAGES_METAS];
	uint32_t found = weir_pages_metas(own);
	size_t n = mapped_list(maps);

	for (uint32_t i = 0; i < found; i++)
		n = put_in_order(n, &(struct weir_account_map){.base = own[i].base,
							       .bytes = own[i].bytes,
							       .own = true});
	return n;
}

/* What may still be asked of mincore. */
static uint64_t to_ask;

static void
take_mapping(struct weir_account *a, const char *line)
{
	struct weir_mapping m;

	if (!weir_mapping_first(line, &m))
		return;
	if (weir_account_asks(&m)) {
		uint64_t bytes = m.end - m.start;
		int64_t resident = -ENOMEM;

		if (bytes <= to_ask)
			resident = weir_pages_system.resident((void *)m.start, bytes);
		to_ask -= least(bytes, to_ask);
		m.rss_bytes = resident > 0 ? (uint64_t)resident : 0;
	}
	weir_account_mapping(a, &m);
}

/* Whole lines, in place; what is left of the last one goes to the front. */
static size_t
take_lines(size_t n, void (*take)(struct weir_account *, const char *))
{
	char *line = text, *end;

	text[n] = '\0';
	while ((end = strchr(line, '\n')) != NULL) {
		*end = '\0';
		take(&account, line);
		line = end + 1;
	}
	n -= (size_t)(line - text);
	/* A name that fills all of it is not one that means anything here. */
	if (n == sizeof(text) - 1)
		return 0;
	memmove(text, line, n);
	return n;
}

/* The processor time at which a look is given up. */
static int64_t give_up_ns;
static bool given_up;

static bool
goes_on(void)
{
	given_up = clock_read(CLOCK_THREAD_CPUTIME_ID) > give_up_ns;
	return !given_up;
}

static bool
read_all(const char *path, void (*take)(struct weir_account *, const char *))
{
	int fd = weir_sys_open(path, O_RDONLY | O_CLOEXEC, 0);
	size_t left = 0;
	ssize_t n;

	account = (struct weir_account){
		.regions = regions,
		.n_regions = take_regions(),
		.maps = maps,
		.n_maps = take_maps(),
		.v8 = walk_has_v8(),
	};
	if (fd < 0)
		return false;
	while ((n = weir_sys_read(fd, text + left, sizeof(text) - 1 - left)) > 0 &&
	       goes_on())
		left = take_lines(left + (size_t)n, take);
	weir_sys_close(fd);
	weir_account_end(&account);
	return n == 0;
}

static bool
by_pages(uint64_t rss_bytes)
{
	to_ask = WEIR_ASK_TIMES * rss_bytes + WEIR_ASK_LEAST;
	if (!read_all("/proc/thread-self/maps", take_mapping) || to_ask == 0)
		return false;
	struct facts_memory now;
	facts_size(&now);
	return weir_account_rest(&account, now.rss_bytes, now.anon_bytes);
}

static bool
by_smaps(void)
{
	return read_all("/proc/thread-self/smaps", weir_account_line) &&
	       weir_account_sum(&account) != 0;
}

void
parts_look(struct snapshot_parts *p, int64_t now_ns, uint64_t rss_bytes, bool briefly)
{
	if (!weir_parts_due(&last, now_ns, rss_bytes) ||
	    (briefly && !weir_parts_brief(&last, now_ns, rss_bytes)))
		return;
	int64_t from_ns = clock_read(CLOCK_THREAD_CPUTIME_ID);
	bool unknown = briefly && last.cost_ns == 0;
	give_up_ns = unknown ? from_ns + WEIR_PARTS_BRIEF_NS : INT64_MAX;
	given_up = false;
	if (by_pages(rss_bytes) ||
	    (!given_up && (!briefly || rss_bytes <= SMAPS_BRIEF) && by_smaps())) {
		mapped_found(maps, account.n_maps);
		weir_account_cached(&account, weir_pool_cached_bytes());
		p->ns = now_ns;
		p->v8 = account.v8;
		memcpy(p->bytes, account.part_bytes, sizeof(p->bytes));
	}
	weir_parts_looked(&last, now_ns,
			  given_up ? WEIR_PARTS_GIVEN_UP_NS
				   : clock_read(CLOCK_THREAD_CPUTIME_ID) - from_ns,
			  rss_bytes);
}

void
parts_after_fork(void)
{
	last = (struct weir_parts_look){0};
}
