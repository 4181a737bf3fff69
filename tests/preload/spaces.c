/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin in a namespace of its own (dlmopen), with a C library of its own, that takes its host's
 * blocks and gives its own: the host, and with SPACES_PLUGIN the plugin. PLUGIN [across]
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef SPACES_PLUGIN
void *plugin_get(size_t size);
void plugin_put(void *p);
void *plugin_resize(void *p, size_t size);

void *
plugin_get(size_t size)
{
	return memset(malloc(size), 7, size);
}

void
plugin_put(void *p)
{
	free(p);
}

void *
plugin_resize(void *p, size_t size)
{
	return realloc(p, size);
}
#else
/* Above what the C library ever keeps: each such block is a mapping, which any of them can free. */
#define LARGE ((size_t)40 << 20)

static void *(*get)(size_t);
static void (*put)(void *);
static void *(*resize)(void *, size_t);

static int
apart(void)
{
	for (size_t i = 0; i < 20; i++) {
		char *theirs = get(200000 + i * 100000);
		char *ours = memset(malloc(300000 + i * 50000), 1, 300000);

		if (theirs[100000] != 7)
			return 3;
		put(theirs);
		free(ours);
	}
	return 0;
}

static int
across(void)
{
	for (int i = 0; i < 5; i++) {
		char *ours = memset(malloc(LARGE), i, 1 << 20);

		ours = resize(ours, 2 * LARGE);
		if (ours[1000] != i)
			return 4;
		put(ours);
		ours = realloc(get(LARGE), LARGE + (LARGE >> 1));
		if (ours[LARGE - 1] != 7)
			return 5;
		free(ours);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	char *before = memset(malloc(LARGE), 9, LARGE);
	void *dl = dlmopen(LM_ID_NEWLM, argv[1], RTLD_NOW);

	if (dl == NULL) {
		puts(dlerror());
		return 2;
	}
	get = (void *(*)(size_t))dlsym(dl, "plugin_get");
	put = (void (*)(void *))dlsym(dl, "plugin_put");
	resize = (void *(*)(void *, size_t))dlsym(dl, "plugin_resize");
	int rc = apart();
	if (rc == 0 && argc > 2)
		rc = across();
	before = realloc(before, 2 * LARGE);
	if (before[LARGE - 1] != 9)
		return 6;
	free(before);
	if (rc == 0)
		puts("lived");
	return rc;
}
#endif
