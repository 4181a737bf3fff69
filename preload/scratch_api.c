/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scratch API (weir/scratch.h) as the shim exports it: libweir's own calls bind to these
 * when both are in a process, so that there is one pool and one set of statistics.
 */
#include "weir/scratch.h"

#include <errno.h>

#include "pool/scratch_pool.h"
#include "preload/settings.h"
#include "preload/gate.h"
#include "preload/timer.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT void *
weir_scratch_get(size_t bytes)
{
	struct weir_span *s = NULL;
	struct gate g;

	if (gate_enter(&g)) {
		s = boot_ready() ? weir_scratch_take(bytes) : NULL;
		timer_nudge(false);
		gate_leave(&g);
	}
	if (s == NULL)
		errno = ENOMEM;
	return s != NULL ? (void *)s->base : NULL;
}

EXPORT void *
weir_scratch_ref(void *block)
{
	int rc = weir_scratch_share(block);

	if (rc != 0)
		errno = -rc;
	return rc == 0 ? block : NULL;
}

EXPORT int
weir_scratch_unref(void *block)
{
	struct gate g;

	if (!gate_enter(&g))
		return -EINVAL;
	int rc = weir_scratch_drop(block);
	if (rc == 1)
		timer_nudge(true);
	gate_leave(&g);
	return rc;
}

EXPORT size_t
weir_scratch_capacity(const void *block)
{
	return weir_scratch_size(block);
}
