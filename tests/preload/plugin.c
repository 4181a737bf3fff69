/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin that is loaded with RTLD_DEEPBIND, so that its malloc is the C library's and never a
 * preload's: hands out blocks, and takes those of its host. With PLUGIN_HOST its host, with
 * PLUGIN_CALLER a library that loads it for the host, with PLUGIN_HEAP a heap for the plugin alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(PLUGIN_HEAP)
void *
malloc(size_t size)
{
	static _Alignas(64) char room[4 << 20];

	return size <= sizeof(room) ? room : NULL;
}

void
free(void *p)
{
	if (p != NULL)
		strcpy(p, "in its own heap");
}
#elif defined(PLUGIN_CALLER)
void *load_plugin(const char *file, int mode);

void *
load_plugin(const char *file, int mode)
{
	void *dl = dlopen(file, mode);

	return dl;
}
#elif !defined(PLUGIN_HOST)
void *plugin_give(size_t size);
void plugin_take(void *p);
void *plugin_resize(void *p, size_t size);
size_t plugin_measure(void *p);

/* Bound when the plugin is loaded, whatever becomes of its calls. */
static void (*volatile release)(void *) = free;

void *
plugin_give(size_t size)
{
	char *p = malloc(size);

	return p != NULL ? memset(p, 0x5a, size) : NULL;
}

void
plugin_take(void *p)
{
	static unsigned times;

	if (++times % 2 == 0)
		release(p);
	else
		free(p);
}

void *
plugin_resize(void *p, size_t size)
{
	static unsigned times;

	return ++times % 2 == 0 ? realloc(p, size) : reallocarray(p, 1, size);
}

size_t
plugin_measure(void *p)
{
	return malloc_usable_size(p);
}
#else
static void *(*give)(size_t);
static void (*take)(void *);
static void *(*resize)(void *, size_t);
static size_t (*measure)(void *);
#ifdef PLUGIN_BY_CALLER
void *load_plugin(const char *file, int mode);
#else
#define load_plugin dlopen
#endif

/* The host's block: the plugin looks at it, lets it grow and shrink, and frees it. */
static int
hand_over(size_t size, unsigned char fill)
{
	unsigned char *p = memset(malloc(size), fill, size);

	if (measure(p) < size)
		return 4;
	p = resize(p, 3 * size);
	if (p[size - 1] != fill || measure(p) < 3 * size)
		return 5;
	p = resize(p, size / 2);
	if (p[size / 2 - 1] != fill)
		return 6;
	take(resize(p, size));
	take(memset(malloc(size), fill, size));
	return 0;
}

static int
exchange(size_t size, int both)
{
	for (int i = 0; i < 20; i++) {
		char *theirs = give(size), *ours = memset(malloc(size), i, size);

		theirs = realloc(theirs, 2 * size);
		if (malloc_usable_size(theirs) < 2 * size || theirs[size - 1] != 0x5a)
			return 3;
		free(theirs);
		free(ours);
		int rc = both ? hand_over(size, (unsigned char)i) : 0;
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* FILE both|one|apart|private SIZE [now|lazy] */
int
main(int argc, char **argv)
{
	int when = argc == 5 && strcmp(argv[4], "lazy") == 0 ? RTLD_LAZY : RTLD_NOW;
	void *dl = argc >= 4 ? load_plugin(argv[1], when | RTLD_LOCAL | RTLD_DEEPBIND)
			     : NULL;

	if (dl == NULL) {
		puts(argc >= 4 ? dlerror() : "usage");
		return 2;
	}
	give = (void *(*)(size_t))dlsym(dl, "plugin_give");
	take = (void (*)(void *))dlsym(dl, "plugin_take");
	resize = (void *(*)(void *, size_t))dlsym(dl, "plugin_resize");
	measure = (size_t(*)(void *))dlsym(dl, "plugin_measure");
	if (strcmp(argv[2], "apart") == 0) {
		take(give(strtoul(argv[3], NULL, 0)));
		puts("apart");
		return 0;
	}
	if (strcmp(argv[2], "private") == 0) {
		char *p = give(strtoul(argv[3], NULL, 0));

		take(p);
		puts(p);
		return 0;
	}
	int rc = exchange(strtoul(argv[3], NULL, 0), strcmp(argv[2], "both") == 0);
	if (rc == 0)
		puts("shared");
	return rc;
}
#endif
