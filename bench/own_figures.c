/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The allocators' own accounts, each looked up in the process: tcmalloc's by the C interface
 * of gperftools if configure found its header, jemalloc's by mallctl, glibc's by mallinfo2.
 * mimalloc tells nothing of the kind; weir's account is its sidecar.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "bench/own_figures.h"
#include "tests/old_glibc.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stddef.h>
#ifdef HAVE_GPERFTOOLS_MALLOC_EXTENSION_C_H
#include <gperftools/malloc_extension_c.h>
#endif

#define MEGABYTE (1024.0 * 1024)

static double
tcmalloc_kept(void)
{
#ifdef HAVE_GPERFTOOLS_MALLOC_EXTENSION_C_H
	static const char *const parts[] = {
		"tcmalloc.pageheap_free_bytes",
		"tcmalloc.central_cache_free_bytes",
		"tcmalloc.transfer_cache_free_bytes",
		"tcmalloc.current_total_thread_cache_bytes",
	};
	__typeof__(MallocExtension_GetNumericProperty) *property;
	double sum = 0;

	*(void **)&property = dlsym(RTLD_DEFAULT, "MallocExtension_GetNumericProperty");
	for (size_t i = 0; property != NULL && i < sizeof(parts) / sizeof(parts[0]);
	     i++) {
		size_t bytes = 0;

		if (property(parts[i], &bytes))
			sum += (double)bytes;
	}
	return property != NULL ? sum : -1;
#else
	return -1;
#endif
}

static double
jemalloc_kept(void)
{
	int (*control)(const char *name, void *old, size_t *old_size, void *new,
		       size_t new_size);
	size_t resident = 0, allocated = 0, size = sizeof(size_t);
	unsigned long epoch = 1;

	*(void **)&control = dlsym(RTLD_DEFAULT, "mallctl");
	if (control == NULL || control("epoch", NULL, NULL, &epoch, sizeof(epoch)) != 0 ||
	    control("stats.resident", &resident, &size, NULL, 0) != 0 ||
	    control("stats.allocated", &allocated, &size, NULL, 0) != 0)
		return -1;
	return (double)resident - (double)allocated;
}

/* These bring no mallinfo2 that tells of their free memory; glibc's is then of no use. */
static int
is_replaced(void)
{
	static const char *const marks[] = {"MallocExtension_GetNumericProperty",
					    "mallctl", "mi_malloc", "weir_scratch_get"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (dlsym(RTLD_DEFAULT, marks[i]) != NULL)
			return 1;
	}
	return 0;
}

double
own_kept_mb(void)
{
	double kept = tcmalloc_kept();

	if (kept < 0)
		kept = jemalloc_kept();
	if (kept < 0 && !is_replaced())
		kept = (double)mallinfo2().fordblks;
	return kept < 0 ? -1 : kept / MEGABYTE;
}
