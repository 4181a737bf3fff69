/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jemalloc has mallctl, tcmalloc the properties of its MallocExtension; mimalloc exports no number of what is in use. Both sum
 * up counters, under locks of their own and for microseconds. Called by the clock each ten seconds at most; never from within
 * a request of the host.
 */
#include "preload/peers.h"

#include <errno.h>
#include <stddef.h>

#include "preload/next.h"
#include "preload/symbol_next.h"

static int (*mallctl)(const char *name, void *old, size_t *old_bytes, void *new_value,
		      size_t new_bytes);
static int (*property)(const char *name, size_t *value);

void
peers_init(void)
{
	mallctl = (__typeof__(mallctl))symbol_next_by_walk("mallctl");
	property = (__typeof__(property))symbol_next_by_walk(
		"MallocExtension_GetNumericProperty");
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
	bool told = jemalloc_told(&used, &has) || tcmalloc_told(&used, &has);

	errno = saved_errno;
	*t = (struct next_told){.used_bytes = used,
				.free_bytes = has > used ? has - used : 0};
	return told;
}
