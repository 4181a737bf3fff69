/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process whose first thread ends before the others: leaders HOW. It ends as without weir: with status
 * 0 and its exit handlers run by the last thread; by a signal if one comes.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

static pthread_t first;
static const char *how;

static void
bye(void)
{
	puts("exit handlers ran");
}

static void
use_blocks(void)
{
	for (size_t i = 0; i < 20; i++) {
		char *volatile p = malloc(2 * MB + i * 1000);

		if (p == NULL)
			exit(1);
		memset(p, 1, 2 * MB);
		free(p);
	}
}

static void *
work(void *unused)
{
	use_blocks();
	if (strcmp(how, "cancel") == 0)
		pthread_cancel(first);
	if (strcmp(how, "later") == 0 || strcmp(how, "signal") == 0)
		pthread_join(first, NULL);
	if (strcmp(how, "signal") == 0) {
		printf("waiting %d\n", (int)getpid());
		fflush(stdout);
		pause();
	}
	usleep(50000);
	use_blocks();
	puts("worker done");
	return unused;
}

static void *
forks(void *unused)
{
	pid_t child;

	use_blocks();
	child = fork();
	if (child == 0) {
		pthread_t t;

		how = "now";
		pthread_create(&t, NULL, work, NULL);
		pthread_detach(t);
		use_blocks();
		pthread_exit(NULL);
	}
	int status;
	waitpid(child, &status, 0);
	printf("child %d\n", status);
	return unused;
}

int
main(int argc, char **argv)
{
	pthread_t t;

	how = argc > 1 ? argv[1] : "now";
	atexit(bye);
	first = pthread_self();
	if (strcmp(how, "early") != 0)
		use_blocks();
	pthread_create(&t, NULL, strcmp(how, "fork") == 0 ? forks : work, NULL);
	pthread_detach(t);
	if (strcmp(how, "fork") == 0)
		usleep(100000);
	if (strcmp(how, "cancel") == 0)
		for (;;)
			pause();
	if (strcmp(how, "now") == 0)
		use_blocks();
	if (strcmp(how, "bare") == 0)
		syscall(SYS_exit, 0);
	pthread_exit(NULL);
}
