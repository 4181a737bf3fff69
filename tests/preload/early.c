/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library whose first constructor allocates and frees before any other code of the host runs,
 * as C++ runtimes do, with sizes on both sides of weir's floor; and asks the loader for a symbol
 * that is missing, whose error message is allocated. Linked into early_host.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

int early_blocks(void);

static void *kept[6];

__attribute__((constructor(101))) static void
allocate_early(void)
{
	free(NULL);
	for (int i = 0; i < 3000; i++)
		free(malloc(24));
	kept[0] = malloc(100);
	kept[1] = malloc(3000000);
	kept[2] = calloc(1, 20000000);
	kept[3] = realloc(malloc(50), 500000);
	if (posix_memalign(&kept[4], 64, 700000) != 0)
		kept[4] = NULL;
	dlsym(RTLD_NEXT, "a_symbol_that_nobody_has");
	const char *error = dlerror();
	kept[5] = error != NULL ? strdup(error) : NULL;
}

int
early_blocks(void)
{
	int n = 0;

	for (int i = 0; i < 6; i++) {
		n += kept[i] != NULL && malloc_usable_size(kept[i]) > 0;
		kept[i] = realloc(kept[i], 5000000);
		free(kept[i]);
	}
	return n;
}
