/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked before the runtime is looked at, or where it never is: the executable alone tells.
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "trace/ground/executable.h"
#include "trace/ground/symtab.h"
#include "trace/runtimes/v8_gc.h"
#include "trace/runtimes/v8_isolates.h"
#include "trace/walk/walk.h"
#include "trace/walk/walk_private.h"

static bool
look_for_v8(void)
{
	struct weir_symtab t;
	uintptr_t start;
	size_t bytes;
	const char *by_name = executable_runtime();

	return strcmp(by_name, "node") == 0 || strcmp(by_name, "deno") == 0 ||
	       (weir_symtab_of_executable(&t) == 0 &&
		weir_symtab_find(&t, V8_CURRENT, &start, &bytes) == 0);
}

bool
walk_has_v8(void)
{
	static _Atomic int known; /* 1: no V8, 2: V8 */
	int is = atomic_load_explicit(&known, memory_order_relaxed);

	if (is == 0) {
		int saved_errno = errno;
		is = look_for_v8() ? 2 : 1;
		errno = saved_errno;
		atomic_store_explicit(&known, is, memory_order_relaxed);
	}
	return is == 2;
}

/* No object is so large: older V8s wish a place for WebAssembly's memories as well, with all they may need. */
#define VAST_BYTES ((size_t)1 << 30)

bool
walk_is_heap_of_v8(const void *wish, size_t bytes, int flags)
{
	return wish != NULL && bytes < VAST_BYTES && (flags & MAP_FIXED) == 0 &&
	       walk_has_v8();
}

bool
walk_starting(void)
{
	struct weir_symtab t;
	uintptr_t start;
	size_t bytes;

	if (walk_has_looked() || weir_symtab_of_executable(&t) != 0 ||
	    weir_symtab_find(&t, "_ZN2v87Isolate9InContextEv", &start, &bytes) != 0)
		return false;
	void *isolate = isolates_named(&t);
	if (isolate == NULL || ((bool (*)(void *))start)(isolate))
		return false;
	v8_gc_starting(&t, isolate);
	return true;
}
