/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does anybody watch this process's mappings? Looked at once, in the constructor, where the loader may
 * be asked; who comes later and writes over the C library's functions is noticed in pool/pages_move.c.
 */
#include "preload/watchers.h"

#include <dlfcn.h>
#include <stddef.h>

#include "pool/old_libc.h"
#include "pool/pages.h"
#include "preload/libc.h"

/* The C library's own function, if that is what everybody's calls end up in. */
static const void *
own(void *libc, const char *name)
{
	if (libc == NULL)
		return NULL;
	const void *p = dlsym(libc, name);

	return p == dlsym(RTLD_DEFAULT, name) ? p : NULL;
}

void
watchers_look(void)
{
	/* Without dlsym there is no dlopen either: see pool/old_libc.h. */
	void *libc = dlsym != NULL ? dlopen(LIBC_SO, RTLD_LAZY | RTLD_NOLOAD) : NULL;

	weir_pages_watch(own(libc, "mremap"), own(libc, "munmap"));
	if (libc != NULL)
		dlclose(libc);
}
