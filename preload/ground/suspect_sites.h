/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who made and who freed the block at an address, for the messages of the options guard and quarantine.
 * A cache: rows of a few entries, of which the oldest is overwritten. A lookup that races with a write may
 * find nothing, or an earlier block of that address. No lock.
 */
#ifndef PRELOAD_SUSPECT_SITES_H
#define PRELOAD_SUSPECT_SITES_H

#include <stdint.h>

/* Makes the table; without memory for it nothing is remembered. Once, before there is a block. */
void suspect_sites_init(void);

/* Return addresses of the calls that made and freed a block. */
void suspect_site_made(uintptr_t base, const void *caller);
void suspect_site_freed(uintptr_t base, const void *caller);

/* NULL where it is not known. */
struct suspect_sites {
	const void *made, *freed;
};
struct suspect_sites suspect_sites_of(uintptr_t base);

#endif
