/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A word of the cache: the site, and above it what is left of the key. Site 0, and the last one, which is not
 * remembered: who waits for this stack tells which site it is, and goes into another key.
 */
#include "trace/sites/seen.h"

#include <stdatomic.h>

#include "trace/ground/ledger.h"

#define SITE_MASK     ((uint64_t)CAPACITY_SITES0 - 1)
#define SITE_PROMISES 0
#define SITE_REQUEST  ((int32_t)SITE_MASK)

/* -1: not known. */
static int32_t
known_site(uint64_t key)
{
	/* With the site comes its chunk. */
	uint64_t known = atomic_load_explicit(&ledger->site_cache[key % CACHE_SLOTS],
					      memory_order_acquire);

	/* The lowest bits choose the word, so they need not be kept. */
	return known != 0 && (known & ~SITE_MASK) == (key & ~SITE_MASK)
		       ? (int32_t)(known & SITE_MASK)
		       : -1;
}

static void
remember(uint64_t key, uint32_t site)
{
	atomic_store_explicit(&ledger->site_cache[key % CACHE_SLOTS],
			      (key & ~SITE_MASK) | site, memory_order_release);
}

int32_t
seen_site(uint64_t key, uint64_t receiver)
{
	int32_t known = known_site(key);

	if (known == SITE_PROMISES || known == SITE_REQUEST) {
		enum walk_waits waits =
			known == SITE_REQUEST ? WALK_REQUEST : WALK_PROMISES;

		known = known_site(ledger_mix(key, walk_waiting_hash(waits, receiver)));
	}
	return known > 0 && known != SITE_REQUEST ? known : -1;
}

void
seen_keep(uint64_t key, enum walk_waits waits, uint64_t receiver, uint32_t site)
{
	if (waits != WALK_ALONE) {
		remember(key, waits == WALK_REQUEST ? SITE_REQUEST : SITE_PROMISES);
		key = ledger_mix(key, walk_waiting_hash(waits, receiver));
	}
	if (site != (uint32_t)SITE_REQUEST)
		remember(key, site);
}
