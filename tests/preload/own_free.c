/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library behind weir that wraps the family, and finds the C library's functions by a handle: were it given weir's, each
 * would call the other for ever.
 */
#include <dlfcn.h>
#include <stddef.h>

static void *
theirs(const char *name)
{
	static void *libc;

	if (libc == NULL)
		libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	return dlsym(libc, name);
}

void
free(void *p)
{
	static void (*to)(void *);

	if (to == NULL)
		to = (void (*)(void *))theirs("free");
	to(p);
}

void *
realloc(void *p, size_t size)
{
	static void *(*to)(void *, size_t);

	if (to == NULL)
		to = (void *(*)(void *, size_t))theirs("realloc");
	return to(p, size);
}
