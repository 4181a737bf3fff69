/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which system calls on memory may be made: a filter may kill for others.
 */
#include "pool/pages_private.h"

#include <stdatomic.h>

static _Atomic bool sparing;

void
weir_pages_spare_calls(void)
{
	atomic_store(&sparing, true);
}

static _Atomic unsigned forbidden;

void
weir_pages_forbid(unsigned calls)
{
	atomic_fetch_or(&forbidden, calls);
}

bool
pages_may(unsigned calls)
{
	return (atomic_load_explicit(&forbidden, memory_order_relaxed) & calls) == 0;
}

bool
pages_sparing(void)
{
	return atomic_load_explicit(&sparing, memory_order_relaxed);
}
