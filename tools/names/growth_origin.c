/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose code a file is, by its name alone: the application's, a dependency's, the runtime's or the
 * system's. Called when a frame becomes a place; pure.
 */
#include <stdio.h>
#include <string.h>

#include "tools/names/growth_place.h"

/* What lies between `from` and the next '/' or the end, two parts of a @scope/name. */
static void
take_package(const char *from, char *package, size_t size)
{
	size_t n = strcspn(from, "/");

	if (from[0] == '@' && from[n] == '/')
		n += 1 + strcspn(from + n + 1, "/");
	snprintf(package, size, "%.*s", (int)n, from);
}

static bool
starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The last of a nested chain of dependencies is the one that the file is of. */
static const char *
after_last(const char *text, const char *what)
{
	const char *found = NULL;

	for (const char *p = strstr(text, what); p != NULL; p = strstr(p + 1, what))
		found = p + strlen(what);
	return found;
}

static bool
is_dependency(const char *file, char *package, size_t size)
{
	static const char *const folders[] = {
		"/node_modules/.deno/",	    "/node_modules/.pnpm/", "/node_modules/",
		"/npm/registry.npmjs.org/", "/site-packages/",	    "/dist-packages/",
	};
	const char *from = NULL;

	/* The innermost folder of them all: pnpm's and deno's end in a node_modules of their own. */
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *found = after_last(file, folders[i]);

		if (found != NULL && (from == NULL || found > from))
			from = found;
	}
	if (from == NULL &&
	    (starts(file, "https://") || starts(file, "http://") ||
	     starts(file, "jsr:") || starts(file, "npm:") || starts(file, "wasm://")))
		from = file + strcspn(file, ":") + 1 + strspn(strchr(file, ':') + 1, "/");
	if (from != NULL)
		take_package(from, package, size);
	return from != NULL;
}

enum growth_origin
growth_origin_of_script(const char *file, char *package, size_t size)
{
	static const char *const prefixes[] = {
		"node:",   "internal/", "ext:",	    "deno:",	      "bun:",
		"native ", "<frozen ",	"checkin:", "[eval]-wrapper", "node-internal:",
	};

	package[0] = '\0';
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (starts(file, prefixes[i]))
			return GROWTH_RUNTIME;
	if (is_dependency(file, package, size))
		return GROWTH_PACKAGE;
	/* Python's own library: /usr/lib/python3.11/queue.py */
	if (strstr(file, "/lib/python3") != NULL && strstr(file, ".py") != NULL)
		return GROWTH_RUNTIME;
	return GROWTH_APP;
}

enum growth_origin
growth_origin_of_module(const char *path, const char *exe, bool has_runtime,
			char *package, size_t size)
{
	static const char *const system[] = {
		"libc.so",    "libc-",	     "libc.musl",   "ld-linux",	   "ld-musl",
		"libpthread", "libm.so",     "libdl.so",    "librt.so",	   "libstdc++",
		"libgcc_s",   "libc++",	     "libweir",	    "libunwind",   "linux-vdso",
		"[vdso]",     "libjemalloc", "libtcmalloc", "libmimalloc",
	};
	static const char *const runtimes[] = {"libnode.so", "libpython", "libv8",
					       "libuv.so"};
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	package[0] = '\0';
	if (path[0] == '\0')
		return GROWTH_SYSTEM;
	for (size_t i = 0; i < sizeof(system) / sizeof(system[0]); i++)
		if (starts(name, system[i]))
			return GROWTH_SYSTEM;
	if (has_runtime) {
		if (strcmp(path, exe) == 0)
			return GROWTH_RUNTIME;
		for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
			if (starts(name, runtimes[i]))
				return GROWTH_RUNTIME;
	}
	return is_dependency(path, package, size) ? GROWTH_PACKAGE : GROWTH_APP;
}
