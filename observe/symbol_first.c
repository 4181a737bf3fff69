/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What preload/ground/symbol_next.c is to the shim: nothing comes behind a library that was loaded last, so the process's own
 * functions are those of the first object that defines them. Called from the constructor, by the host's dlopen.
 */
#include <stddef.h>

#include "observe/image.h"
#include "preload/ground/symbol_next.h"

struct search {
	const char *name;
	const void *found;
};

static int
look_into(struct dl_phdr_info *info, size_t bytes, void *context)
{
	struct search *s = context;
	struct image image;

	(void)bytes;
	if (image_read(&image, info))
		s->found = image_defines(&image, s->name);
	return s->found != NULL;
}

void *
symbol_next(const char *name)
{
	struct search s = {.name = name};

	dl_iterate_phdr(look_into, &s);
	return (void *)s.found;
}

symbol_function *
symbol_asker(void)
{
	return (symbol_function *)symbol_next("dlsym");
}
