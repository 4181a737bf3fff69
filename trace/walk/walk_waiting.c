/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits for what the calling thread's JavaScript does now.
 */
#include "trace/runtimes/v8_async.h"
#include "trace/runtimes/v8_isolates.h"
#include "trace/walk/walk.h"
#include "trace/walk/walk_private.h"

static struct v8_async async; /* written before V8's frames are read */

void
walk_waiting_init(const struct v8_layout *l, const struct weir_symtab *t)
{
	v8_async_init(&async, l, t);
}

uint32_t
walk_waiting(struct v8_waiting *to)
{
	return v8_async_chain(&async, (uintptr_t)isolates_own_address(), to);
}

uint32_t
walk_callbacks(uint64_t object, struct v8_waiting *to)
{
	return v8_async_callbacks(&async, object, to);
}

uint64_t
walk_waiting_hash(enum walk_waits waits, uint64_t receiver)
{
	struct v8_waiting waiting[V8_MAX_ASYNC];
	uint32_t n = walk_waiting(waiting);
	uint64_t h = 0;

	if (n == 0 && waits == WALK_REQUEST)
		n = walk_callbacks(receiver, waiting);
	for (uint32_t i = 0; i < n; i++)
		h = (h ^ waiting[i].shared ^
		     (uint64_t)(uint32_t)waiting[i].offset << 48) *
			    0x9e3779b97f4a7c15 ^
		    h >> 29;
	return h;
}
