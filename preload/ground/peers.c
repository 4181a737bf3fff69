/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jemalloc has mallctl, tcmalloc the properties of its MallocExtension; mimalloc exports no number of what is in use. Both sum
 * up counters, under locks of their own and for microseconds. Called by the clock each ten seconds at most; never from within
 * a request of the host.
 *
 * They take these locks in their handlers of fork as well, before weir's handler is called: whoever forks must not wait for
 * the clock while that may wait for them. Each says what it is about to do and then looks at the other, in one order of all.
 */
#include "preload/ground/peers.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

#include "preload/ground/next_told.h"
#include "preload/ground/symbol_next.h"

static int (*mallctl)(const char *name, void *old, size_t *old_bytes, void *new_value,
		      size_t new_bytes);
static int (*property)(const char *name, size_t *value);

static _Atomic bool asking;
static _Atomic unsigned kept_out;

/* That of another library tells of other blocks, and may be unloaded. */
static void *
of_next(const char *name)
{
	void *p = symbol_next_by_walk(name);

	return next_has_code((uintptr_t)p) ? p : NULL;
}

void
peers_init(void)
{
	mallctl = (__typeof__(mallctl))of_next("mallctl");
	property = (__typeof__(property))of_next("MallocExtension_GetNumericProperty");
}

bool
peers_keep_out(void)
{
	atomic_fetch_add(&kept_out, 1);
	if (!atomic_load(&asking))
		return true;
	peers_let_in();
	return false;
}

void
peers_let_in(void)
{
	atomic_fetch_sub(&kept_out, 1);
}

void
peers_after_fork(void)
{
	atomic_store(&kept_out, 0);
	atomic_store(&asking, false);
}

static bool
ask_jemalloc(const char *name, size_t *value)
{
	size_t bytes = sizeof(*value);

	return mallctl(name, value, &bytes, NULL, 0) == 0 && bytes == sizeof(*value);
}

/* Its numbers are of the last epoch that somebody began. */
static bool
jemalloc_told(size_t *used, size_t *has)
{
	uint64_t epoch = 1;

	return mallctl != NULL &&
	       mallctl("epoch", NULL, NULL, &epoch, sizeof(epoch)) == 0 &&
	       ask_jemalloc("stats.allocated", used) &&
	       ask_jemalloc("stats.resident", has);
}

static bool
tcmalloc_told(size_t *used, size_t *has)
{
	size_t given = 0;

	if (property == NULL || property("generic.current_allocated_bytes", used) == 0 ||
	    property("generic.heap_size", has) == 0)
		return false;
	property("tcmalloc.pageheap_unmapped_bytes", &given);
	*has -= given < *has ? given : *has;
	return true;
}

bool
peers_told(struct next_told *t)
{
	int saved_errno = errno;
	size_t used = 0, has = 0;

	atomic_store(&asking, true);
	bool told = atomic_load(&kept_out) == 0 &&
		    (jemalloc_told(&used, &has) || tcmalloc_told(&used, &has));

	atomic_store(&asking, false);
	errno = saved_errno;
	*t = (struct next_told){.used_bytes = used,
				.free_bytes = has > used ? has - used : 0};
	return told;
}
