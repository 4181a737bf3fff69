/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 80 MB in blocks of 1000 bytes, of which half are freed again; the rest is live when it ends.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCKS = 80000, BYTES = 1000 };

static void *kept[BLOCKS];

int
main(void)
{
	for (int i = 0; i < BLOCKS; i++) {
		kept[i] = i % 3 == 0   ? calloc(1, BYTES)
			  : i % 3 == 1 ? realloc(malloc(1), BYTES)
				       : malloc(BYTES);
		if (kept[i] == NULL)
			return 1;
		memset(kept[i], 1, BYTES);
	}
	for (int i = 0; i < BLOCKS; i += 2)
		free(kept[i]);
	/* Long enough after the frees that they are no part of an end, before which all is shown as it was. */
	for (int i = 0; i < 24; i++) {
		free(malloc(100000));
		usleep(100000);
	}
	return 0;
}
