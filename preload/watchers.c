/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does anybody watch this process's mappings? Looked at once, in the constructor, where the loader may
 * be asked; who comes later and writes over the C library's functions is noticed in pool/pages_move.c.
 */
#include "preload/watchers.h"

#include <dlfcn.h>
#include <gnu/lib-names.h>
#include <stddef.h>

#include "pool/pages.h"

/* The C library's own function, if that is what everybody's calls end up in. */
static const void *
own(void *libc, const char *name)
{
	const void *p = libc != NULL ? dlsym(libc, name) : NULL;

	return p == dlsym(RTLD_DEFAULT, name) ? p : NULL;
}

void
watchers_look(void)
{
	void *libc = dlopen(LIBC_SO, RTLD_LAZY | RTLD_NOLOAD);

	weir_pages_watch(own(libc, "mremap"), own(libc, "munmap"));
	if (libc != NULL)
		dlclose(libc);
}
