/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host of early.c: the blocks of its constructor must still be good in main.
 */
#include <stdio.h>

int early_blocks(void);

int
main(void)
{
	printf("early blocks: %d\n", early_blocks());
	return 0;
}
