/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cheapest rival of weir: loaded into a process, it calls malloc_trim once a second, which
 * gives free memory of glibc's heap back to the system. Never installed.
 */
#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

static void *
trim(void *unused)
{
	(void)unused;
	for (;;) {
		sleep(1);
		malloc_trim(0);
	}
	return NULL;
}

__attribute__((constructor)) static void
start(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, trim, NULL);
}
