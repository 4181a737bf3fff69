/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sanitizer would misread if the blocks were not its own: large ones that pass from thread
 * to thread by free and malloc, and one that alone points to small ones.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void **root;

static void *
hand_over(void *n)
{
	for (int i = 0; i < 200; i++) {
		char *p = malloc(200000);

		if (p == NULL)
			abort();
		memset(p, (int)(uintptr_t)n, 200000);
		free(p);
	}
	return NULL;
}

int
main(void)
{
	pthread_t threads[4];

	for (uintptr_t i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, hand_over, (void *)i) != 0)
			return 1;
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	root = malloc(300000);
	for (int i = 0; i < 100; i++)
		root[i] = malloc(10 + (size_t)i);
	puts("handed over");
	return 0;
}
