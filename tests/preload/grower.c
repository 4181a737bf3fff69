/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that never asks for a large block. MODE MB SECONDS: takes so much in small ones, says "ready", and
 * lives so long; "threads" beside a second thread, "large" too, but in large ones, a freed one before them, "alone" without, "child" in a forked child, "children"
 * in one that has a second thread. "joined": what a process that has joined its thread can do.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

static void *
wait_for_ever(void *unused)
{
	pause();
	return unused;
}

static void *
nothing(void *unused)
{
	return unused;
}

/* As CPython counts them. */
static int
threads(void)
{
	FILE *f = fopen("/proc/self/stat", "r");
	int n = 0;

	if (f == NULL ||
	    fscanf(f,
		   "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
		   "%*u %*u %*d %*d %*d %*d %d",
		   &n) != 1)
		n = -1;
	if (f != NULL)
		fclose(f);
	return n;
}

static int
live(int mb, double seconds, int with_thread, int large)
{
	pthread_t t;

	if (with_thread && pthread_create(&t, NULL, wait_for_ever, NULL) != 0)
		return 1;
	/* Not worth a sidecar yet, and kept: the clock sleeps until it is old. */
	if (large) {
		free(malloc(MB / 2));
		usleep(300000);
	}
	for (int i = 0; i < mb * 16; i += large ? 16 : 1)
		memset(malloc(large ? MB : 65536), i, 65536);
	puts("ready");
	fflush(stdout);
	usleep((useconds_t)(seconds * 1e6));
	printf("threads %d\n", threads());
	return 0;
}

static int
joined(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, nothing, NULL) != 0 || pthread_join(t, NULL) != 0)
		return 1;
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	printf("threads %d after fork\n", threads());
	waitpid(child, NULL, 0);
	if (pthread_create(&t, NULL, nothing, NULL) != 0 || pthread_join(t, NULL) != 0)
		return 1;
	printf("unshare %s\n", unshare(CLONE_NEWUSER) == 0 ? "done" : "refused");
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "joined") == 0)
		return joined();
	if (argc != 4)
		return 2;
	int mb = atoi(argv[2]), child = strncmp(argv[1], "child", 5) == 0;
	int large = strcmp(argv[1], "large") == 0;
	int with_thread = large || strcmp(argv[1], "threads") == 0 ||
			  strcmp(argv[1], "children") == 0;

	if (!child)
		return live(mb, atof(argv[3]), with_thread, large);
	int status;
	pid_t pid = fork();
	if (pid == 0)
		exit(live(mb, atof(argv[3]), with_thread, large));
	return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1;
}
