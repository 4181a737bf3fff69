/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits that the kernel sets by refusing: RLIMIT_DATA, RLIMIT_AS, strict commit accounting. They are
 * looked at here, and the pool is told; what is done about a refusal stands in retry.c.
 */
#include "preload/machine/scarce.h"

#include <stdatomic.h>
#include <stddef.h>

#include "pool/pool.h"

static void (*when_limited)(void);
static _Atomic bool strict;
static _Atomic uint64_t most = RLIM_INFINITY;

void
scarce_init(void (*limited)(void))
{
	when_limited = limited;
}

uint64_t
scarce_most(void)
{
	return atomic_load_explicit(&most, memory_order_relaxed);
}

uint64_t
scarce_limit(limit_resource resource)
{
	struct rlimit limit;

	return getrlimit(resource, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

uint64_t
scarce_look(void)
{
	uint64_t data = scarce_limit(RLIMIT_DATA), space = scarce_limit(RLIMIT_AS);

	weir_pool_limited(strict || data != RLIM_INFINITY,
			  space != RLIM_INFINITY ? space : 0);
	most = data < space ? data : space;
	if ((strict || most != RLIM_INFINITY) && when_limited != NULL)
		when_limited();
	return most;
}

void
scarce_begin(bool strict_commit)
{
	strict = strict_commit;
	scarce_look();
}
