/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool is made by the first large request, so that a process without any costs nothing: what costs
 * memory or time at the start stands here.
 */
#include "preload/machine/ready.h"

#include <stdint.h>
#include <string.h>

#include "pool/lock.h"
#include "pool/pages.h"
#include "pool/pool.h"
#include "pool/region.h"
#include "preload/ground/kind.h"
#include "preload/ground/settings.h"
#include "preload/machine/backing_set.h"
#include "preload/machine/facts.h"
#include "preload/machine/filter_lacks.h"
#include "preload/machine/scarce.h"
#include "trace/ground/vm_calls.h"
#include "trace/sites/sites.h"

static struct weir_lock once_lock;
_Atomic bool ready_is;

/* Address space of a region: joined free spans want room, a limited process wants little. */
#define REGION_USUAL ((size_t)4 << 30)
/*
 * Under strict commit accounting, a process may be promised less the larger it is: a 32nd of its
 * address space, used or not, is left to others.
 */
#define REGION_STRICT ((size_t)128 << 20)

/* Advice for parts of memory, and guards, are mappings of their own: not to be moved. */
static size_t
gather_from(void)
{
	bool apart = weir_config.huge != WEIR_HUGE_NEVER || weir_config.guard ||
		     weir_config.quarantine != 0;

	return weir_config.gather && !apart ? WEIR_POOL_GATHER_FROM : SIZE_MAX;
}

bool
ready_make(void)
{
	if (ready_done())
		return true;
	weir_lock(&once_lock);
	if (!ready_done()) {
		bool strict = facts_strict_commit();

		backing_set();
		filter_look();
		/* A filter that comes unheard is found when the trace is written: without it, by nobody. */
		if (weir_config.trace && strcmp(weir_config.stats, "off") != 0)
			weir_pages_rare_calls(vm_calls_begin, vm_calls_end);
		weir_pool_init(&(struct weir_pool_config){
			.pages = &weir_pages_system,
			.class_bytes = weir_config.classes.bytes,
			.n_classes = weir_config.classes.n,
			.region_bytes = strict ? REGION_STRICT : REGION_USUAL,
			.gather_from = gather_from(),
			.mappings_max = facts_mappings_max(),
		});
		weir_pages_seam();
		scarce_begin(strict);
		kind_init();
		if (weir_config.trace && strcmp(weir_config.stats, "off") != 0)
			weir_trace_start(weir_config.trace_min > weir_config.floor
						 ? weir_config.trace_min
						 : weir_config.floor);
		atomic_store_explicit(&ready_is, true, memory_order_release);
	}
	weir_unlock(&once_lock);
	return ready_done();
}

void
ready_freeze(void)
{
	weir_lock(&once_lock);
}

void
ready_thaw(void)
{
	weir_unlock(&once_lock);
}

void
ready_after_fork(void)
{
	weir_lock_reset(&once_lock);
}
