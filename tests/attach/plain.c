/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that defines nothing for others, as most programs that are linked at a fixed address: its table of names is
 * empty. For each byte that it reads it keeps a block.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BYTES 300000

static __attribute__((noinline)) void *
keep_here(void)
{
	char *volatile p = malloc(BYTES);

	memset(p, 1, BYTES);
	return p;
}

int
main(void)
{
	char byte;

	if (write(1, "ready\n", 6) != 6)
		return 1;
	while (read(0, &byte, 1) == 1)
		if (keep_here() == NULL)
			return 1;
	return 7;
}
