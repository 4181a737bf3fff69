/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that asks a handle of the C library's for the functions that take a block, as foreign function interfaces do, and calls
 * them with blocks of its own of SIZE bytes. "dlvsym": by that, with the version that the C library's functions have.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__aarch64__)
#define VERSION "GLIBC_2.17"
#else
#define VERSION "GLIBC_2.2.5"
#endif

static int by_version;

static void *
ask(void *handle, const char *name)
{
	return by_version ? dlvsym(handle, name, VERSION) : dlsym(handle, name);
}

int
main(int argc, char **argv)
{
	size_t size = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	void *libc = dlopen("libc.so.6", RTLD_LAZY);

	by_version = argc > 2 && strcmp(argv[2], "dlvsym") == 0;
	void *(*their_malloc)(size_t) = (void *(*)(size_t))ask(libc, "malloc");
	void *(*their_realloc)(void *, size_t) =
		(void *(*)(void *, size_t))ask(libc, "realloc");
	void (*their_free)(void *) = (void (*)(void *))ask(libc, "free");
	size_t (*usable)(void *) = (size_t(*)(void *))ask(libc, "malloc_usable_size");
	char *p = malloc(size);

	memset(p, 'x', size);
	if (usable(p) < size)
		return 1;
	p = their_realloc(p, size * 2);
	if (p[0] != 'x' || p[size - 1] != 'x')
		return 1;
	their_free(p);
	/* And the other way round. */
	p = their_malloc(size);
	memset(p, 'y', size);
	p = realloc(p, size * 3);
	if (p[size - 1] != 'y')
		return 1;
	free(p);
	their_free(NULL);
	/* What is not there is not there, and is said. */
	if (dlsym(libc, "no_such_function") != NULL || dlerror() == NULL)
		return 1;
	/* Its own, as everybody's. */
	if (dlsym(RTLD_DEFAULT, "free") != (void *)free || dlsym(NULL, "printf") == NULL)
		return 1;
	dlclose(libc);
	puts("home");
	return 0;
}
