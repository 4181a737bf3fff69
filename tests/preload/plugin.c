/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin that is loaded with RTLD_DEEPBIND, so that its malloc is the C library's and never a
 * preload's: hands out blocks, and takes those of its host. And its host, when it is a program.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PLUGIN_HOST
void *plugin_give(size_t size);
void plugin_take(void *p);

void *
plugin_give(size_t size)
{
	char *p = malloc(size);

	return p != NULL ? memset(p, 0x5a, size) : NULL;
}

void
plugin_take(void *p)
{
	free(p);
}
#else
int
main(int argc, char **argv)
{
	void *dl =
		argc == 4 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND) : NULL;
	void *(*give)(size_t);
	void (*take)(void *);
	size_t size;

	if (dl == NULL)
		return 2;
	give = (void *(*)(size_t))dlsym(dl, "plugin_give");
	take = (void (*)(void *))dlsym(dl, "plugin_take");
	size = strtoul(argv[3], NULL, 0);
	for (int i = 0; i < 20; i++) {
		char *theirs = give(size), *ours = malloc(size);

		memset(ours, i, size);
		theirs = realloc(theirs, 2 * size);
		if (malloc_usable_size(theirs) < 2 * size || theirs[size - 1] != 0x5a)
			return 3;
		free(theirs);
		/* The other way round. */
		if (strcmp(argv[2], "both") == 0)
			take(ours);
		else
			free(ours);
	}
	puts("shared");
	return 0;
}
#endif
