/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of who made and freed what. Written by suspect.c, read by the messages.
 */
#include "preload/ground/suspect_sites.h"

#include <stdatomic.h>
#include <stddef.h>

#include "pool/pages.h"

enum { ROWS = 4096, WAYS = 4 };
static struct site {
	_Atomic uintptr_t base;
	_Atomic(const void *) made, freed;
} (*sites)[WAYS];
static _Atomic unsigned next_way;

void
suspect_sites_init(void)
{
	if (sites == NULL)
		sites = weir_pages_system.meta(ROWS * sizeof(*sites));
}

static struct site *
row_of(uintptr_t base)
{
	return sites[(base >> WEIR_PAGE_SHIFT ^ base >> 24) % ROWS];
}

static struct site *
site_of(uintptr_t base)
{
	for (int way = 0; sites != NULL && way < WAYS; way++) {
		struct site *site = &row_of(base)[way];

		if (atomic_load(&site->base) == base)
			return site;
	}
	return NULL;
}

void
suspect_site_made(uintptr_t base, const void *caller)
{
	struct site *site = site_of(base);

	if (sites == NULL)
		return;
	if (site == NULL)
		site = &row_of(base)[atomic_fetch_add(&next_way, 1) % WAYS];
	atomic_store(&site->base, 0);
	atomic_store(&site->made, caller);
	atomic_store(&site->freed, NULL);
	atomic_store(&site->base, base);
}

void
suspect_site_freed(uintptr_t base, const void *caller)
{
	struct site *site = site_of(base);

	if (site != NULL)
		atomic_store(&site->freed, caller);
}

struct suspect_sites
suspect_sites_of(uintptr_t base)
{
	struct suspect_sites both = {NULL, NULL};
	const struct site *site = site_of(base);

	if (site != NULL) {
		both.made = atomic_load(&site->made);
		both.freed = atomic_load(&site->freed);
		/* Another block's by now: its base went first. */
		if (atomic_load(&site->base) != base)
			both = (struct suspect_sites){NULL, NULL};
	}
	return both;
}
