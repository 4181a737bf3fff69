/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded beside the shim: a second thread for a guest of one, that sleeps to the end. The shim then
 * has its clock there. Children of fork are alone again.
 */
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static void *
stay(void *p)
{
	for (;;)
		pause();
	return p;
}

__attribute__((constructor)) static void
begin(void)
{
	sigset_t all, before;
	pthread_t thread;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, NULL, stay, NULL) == 0)
		pthread_detach(thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
