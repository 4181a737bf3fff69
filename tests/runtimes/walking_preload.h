/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A preload that walks at each request, and leaves the request to the next allocator. Included once, by the source that has
 * on_request.
 */
#ifndef TESTS_RUNTIMES_WALKING_PRELOAD_H
#define TESTS_RUNTIMES_WALKING_PRELOAD_H

#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "trace/native/code.h"
#include "trace/walk/walk.h"
#include "trace/walk/walk_private.h"

/* Not told of what it asks for itself: `inside` is not 0 then. */
void on_request(uintptr_t fp, uintptr_t pc, size_t bytes)
	__attribute__((visibility("hidden")));

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static int log_fd = -1;
static _Thread_local int inside __attribute__((tls_model("initial-exec")));

/* snprintf keeps to the stack for these. */
__attribute__((format(printf, 1, 2))) static void
say(const char *format, ...)
{
	char line[2048];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (n > (int)sizeof(line) - 1)
		n = sizeof(line) - 1;
	if (n > 0 && write(log_fd, line, (size_t)n) < 0)
		log_fd = -1;
}

/* As the shim does: once more where code has come. */
static void
walk(struct walk_raw *raw, uintptr_t fp, uintptr_t pc)
{
	walk_take(raw, fp, pc);
	bool meets = walk_meets_isolate();
	if (!walk_is_mapped(raw)) {
		code_refresh();
		meets = true;
	}
	if (meets)
		walk_take(raw, fp, pc);
}

static void
resolve(void)
{
	inside++;
	next_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
	next_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	next_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	inside--;
}

#define EXPORT __attribute__((visibility("default")))
#define TELL(bytes)                                                                      \
	do {                                                                             \
		if (!inside)                                                             \
			on_request((uintptr_t)__builtin_frame_address(0),                \
				   (uintptr_t)__builtin_return_address(0), (bytes));     \
	} while (0)

EXPORT void *
malloc(size_t n)
{
	if (next_malloc == NULL)
		resolve();
	void *p = next_malloc(n);
	TELL(n);
	return p;
}

EXPORT void *
calloc(size_t n, size_t size)
{
	if (next_calloc == NULL)
		resolve();
	void *p = next_calloc(n, size);
	TELL(n * size);
	return p;
}

EXPORT void *
realloc(void *old, size_t n)
{
	if (next_realloc == NULL)
		resolve();
	void *p = next_realloc(old, n);
	TELL(n);
	return p;
}

#endif
