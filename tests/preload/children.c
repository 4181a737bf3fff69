/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hundred short children of a threaded host, ten at a time: each has inherited blocks, allocates
 * some, and ends in one of four ways; with an argument three hundred, and all by _exit, some time
 * after the first large block. Whoever runs it sets a time limit.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT_ONCE 10
#define BYTES	3000000

static _Atomic int stop;
static int at_once;

static void *
churn(void *unused)
{
	while (!stop) {
		char *p = malloc(BYTES / 2);

		if (p == NULL)
			abort();
		p[BYTES / 4] = 1;
		free(realloc(p, BYTES));
	}
	return unused;
}

static int
live(unsigned char *inherited, int n)
{
	unsigned char *own[4];

	for (int i = 0; i < 4; i++) {
		own[i] = calloc(1, BYTES + 100000 * (size_t)n);
		if (own[i] == NULL || own[i][BYTES / 2] != 0)
			return 2;
		memset(own[i], n, BYTES);
	}
	for (int i = 0; i < BYTES; i += 4096)
		if (inherited[i] != (unsigned char)n)
			return 3;
	free(inherited);
	for (int i = 0; i < 3; i++)
		free(own[i]);
	/* Some time around the moment in which the clock's thread makes the file. */
	if (at_once)
		usleep(n * 300u);
	return 0;
}

static void
end(int how, int status)
{
	if (status != 0 || at_once)
		_exit(status);
	if (how == 0)
		exit(0);
	if (how == 1)
		_exit(0);
	if (how == 2)
		raise(SIGKILL);
	execlp("true", "true", (char *)NULL);
	_exit(4);
}

int
main(int argc, char **argv)
{
	unsigned char *block[AT_ONCE];
	pthread_t threads[3];
	int ended[2] = {0, 0};

	(void)argv;
	at_once = argc > 1;

	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, churn, NULL) != 0)
			return 1;
	for (int round = 0; round < (at_once ? 300 : 100) / AT_ONCE; round++) {
		for (int i = 0; i < AT_ONCE; i++) {
			block[i] = malloc(BYTES);
			if (block[i] == NULL)
				return 1;
			memset(block[i], i, BYTES);
		}
		for (int i = 0; i < AT_ONCE; i++) {
			pid_t pid = fork();

			if (pid < 0)
				return 1;
			if (pid == 0)
				end(i % 4, live(block[i], i));
		}
		for (int i = 0; i < AT_ONCE; i++)
			free(block[i]);
		for (int i = 0, status; i < AT_ONCE; i++) {
			if (wait(&status) < 0)
				return 1;
			ended[0] += WIFEXITED(status) && WEXITSTATUS(status) == 0;
			ended[1] += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		}
	}
	stop = 1;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("%d ended, %d killed\n", ended[0], ended[1]);
	return 0;
}
