/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does anybody watch this process's mappings? Looked at once, in the constructor, where the loader may
 * be asked; who comes later and writes over the C library's functions is noticed in pool/pages_watch.c.
 */
#include "preload/loader/watchers.h"

#include <dlfcn.h>
#include <stddef.h>

#include "pool/old_libc.h"
#include "pool/pages.h"
#include "preload/entries/task.h"
#include "preload/ground/altered.h"
#include "preload/ground/libc.h"
#include "preload/ground/symbol_next.h"

/* The C library's own function, if that is what everybody's calls end up in, through weir's. */
static const void *
own(void *libc, const char *name, const void *of_weir)
{
	if (libc == NULL)
		return NULL;
	const void *p = symbol_asker()(libc, name);

	return symbol_asker()(RTLD_DEFAULT, name) == of_weir && symbol_next(name) == p
		       ? p
		       : NULL;
}

void
watchers_look(void)
{
	/* Without dlsym there is no dlopen either. */
	void *libc =
		symbol_asker() != NULL ? dlopen(LIBC_SO, RTLD_LAZY | RTLD_NOLOAD) : NULL;

	const void *const watched[WEIR_WATCHED] = {
		own(libc, "mremap", (const void *)altered_mremap),
		own(libc, "munmap", (const void *)altered_munmap),
		own(libc, "madvise", (const void *)altered_madvise),
		(const void *)altered_mremap,
		(const void *)altered_munmap,
		(const void *)altered_madvise,
	};

	weir_pages_watch(watched);
	void *next_vfork = symbol_next("vfork");
	task_vfork_is(libc != NULL && symbol_asker()(libc, "vfork") == next_vfork
			      ? NULL
			      : next_vfork);
	if (libc != NULL)
		dlclose(libc);
}
