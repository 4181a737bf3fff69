/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of small blocks, after some large ones: bursts of 1 MB in blocks of 2000 bytes. Prints how
 * many pages were faulted in meanwhile, by main and by a thread. BYTES of the large ones [tuned]
 */
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define BURSTS 100
#define BLOCKS 500
#define SMALL  2000

static void *
work(void *large)
{
	static char *blocks[BLOCKS];
	struct rusage before, after;

	for (int i = 0; i < 3; i++)
		free(memset(malloc(*(size_t *)large), i, *(size_t *)large));
	getrusage(RUSAGE_SELF, &before);
	for (int burst = 0; burst < BURSTS; burst++) {
		for (int i = 0; i < BLOCKS; i++)
			blocks[i] = memset(malloc(SMALL), burst, SMALL);
		for (int i = BLOCKS; i-- > 0;)
			free(blocks[i]);
	}
	getrusage(RUSAGE_SELF, &after);
	return (void *)(after.ru_minflt - before.ru_minflt);
}

int
main(int argc, char **argv)
{
	size_t large = argc > 1 ? strtoul(argv[1], NULL, 0) : 1 << 20;
	void *in_main, *in_thread;
	pthread_t thread;

	if (argc > 2)
		mallopt(M_TRIM_THRESHOLD, 128 << 10);
	in_main = work(&large);
	if (pthread_create(&thread, NULL, work, &large) != 0)
		return 1;
	pthread_join(thread, &in_thread);
	printf("%ld %ld\n", (long)in_main, (long)in_thread);
	return 0;
}
