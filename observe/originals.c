/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks through the loaded objects once. This library itself is left out: it defines none of these names for
 * others. A version of the shim in front of it is not: then the host is under weir, and attaching is refused.
 */
#include "observe/originals.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "observe/image.h"
#include "observe/loaded.h"

struct originals originals;

static const char *const names[N_ORIGINALS] = {
#define X(name) #name,
#include "observe/observed.def"
#undef X
};

struct look {
	bool is_executable, in_executable;
};

static int
look_at(struct dl_phdr_info *info, size_t bytes, void *context)
{
	struct look *l = context;
	struct image image;

	(void)bytes;
	if (image_read(&image, info))
		for (int k = 0; k < N_ORIGINALS; k++) {
			if (originals.by_name[k] != NULL)
				continue;
			originals.by_name[k] = image_defines(&image, names[k]);
			l->in_executable |= originals.by_name[k] != NULL &&
					    l->is_executable &&
					    !original_maps((enum original)k);
			if (k == ORIGINAL_malloc && originals.by_name[k] != NULL) {
				const void *trim = image_defines(&image, "malloc_trim");

				memcpy(&originals.malloc_trim, &trim, sizeof(trim));
			}
		}
	l->is_executable = false;
	return 0;
}

int
originals_find(void)
{
	struct look l = {.is_executable = true};

	memset(&originals, 0, sizeof(originals));
	loaded_each(look_at, &l);
	if (l.in_executable)
		return -EEXIST;
#define TAKE(name)                                                                       \
	memcpy(&originals.name, &originals.by_name[ORIGINAL_##name], sizeof(void *))
	TAKE(malloc);
	TAKE(calloc);
	TAKE(realloc);
	TAKE(free);
	TAKE(posix_memalign);
	TAKE(aligned_alloc);
	TAKE(memalign);
	TAKE(valloc);
	TAKE(pvalloc);
	TAKE(mmap);
	TAKE(mmap64);
#undef TAKE
	return originals.malloc != NULL && originals.calloc != NULL &&
			       originals.realloc != NULL && originals.free != NULL
		       ? 0
		       : -ENOENT;
}
