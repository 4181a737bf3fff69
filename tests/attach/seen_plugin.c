/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest loads after weir has attached to it: its blocks are to be seen as well. */
#include <stdlib.h>
#include <string.h>

void leak_in_plugin(void);

static void *kept;

__attribute__((noinline)) void
leak_in_plugin(void)
{
	void **p = malloc(500000);

	memset(p, 0, 500000);
	*p = kept;
	kept = p;
}
