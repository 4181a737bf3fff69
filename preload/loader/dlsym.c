/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlsym, interposed for whoever asks the C library's own handle for free, as Python's ctypes, .NET and other foreign
 * function interfaces do: it would be handed weir's blocks, and end the process. He gets what a plugin with RTLD_DEEPBIND
 * gets (deepbind.c). The loader looks at who calls, so that all else is handed on by a jump.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "preload/ground/jump.h"
#include "preload/ground/symbol_next.h"
#include "preload/loader/deepbind.h"

#define EXPORT	    __attribute__((visibility("default")))
#define COLD	    __attribute__((noinline, cold))
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

typedef void *version_function(void *handle, const char *name, const char *version);

/* What the loader finds for one caller and not for another is theirs. */
static bool
is_of_interest(const void *handle, const char *name)
{
	return handle != RTLD_NEXT && handle != RTLD_DEFAULT && name != NULL &&
	       deepbind_ends_blocks(name);
}

static COLD void *
home(void *handle, const char *name)
{
	return deepbind_home(name, symbol_asker()(handle, name));
}

JUMPS EXPORT void *
dlsym(void *handle, const char *name)
{
	symbol_function *to = symbol_asker();

	if (UNLIKELY(to == NULL))
		return NULL; /* whoever calls it has loaded libdl */
	if (UNLIKELY(is_of_interest(handle, name)))
		JUMP home(handle, name);
	JUMP to(handle, name);
}

static version_function *
version_asker(void)
{
	static void *_Atomic kept;

	return (version_function *)symbol_kept(&kept, "dlvsym");
}

static COLD void *
home_of_version(void *handle, const char *name, const char *version)
{
	return deepbind_home(name, version_asker()(handle, name, version));
}

#ifndef __GLIBC__
void *dlvsym(void *handle, const char *name, const char *version); /* musl has none */
#endif

JUMPS EXPORT void *
dlvsym(void *handle, const char *name, const char *version)
{
	version_function *to = version_asker();

	if (UNLIKELY(to == NULL))
		return NULL;
	if (UNLIKELY(is_of_interest(handle, name)))
		JUMP home_of_version(handle, name, version);
	JUMP to(handle, name, version);
}
