/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host on a machine whose switches are set against it (scripts/vm-trials): switches NAME ARGUMENT...
 * Prints "NAME NUMBER" lines, for the trial to compare with those of a run without weir. Sizes are in MB.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

enum { MOST = 1 << 16 };

static char *blocks[MOST];

static void
say(const char *name, long n)
{
	printf("%s %ld\n", name, n);
	fflush(stdout);
}

/* A figure of /proc, in MB. */
static long
figure(const char *file, const char *name)
{
	FILE *f = fopen(file, "re");
	char line[256];
	long kb = -1;

	while (f != NULL && kb < 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			kb = strtol(line + strlen(name), NULL, 10);
	if (f == NULL || kb < 0) {
		fprintf(stderr, "switches: no %s in %s\n", name, file);
		exit(1);
	}
	fclose(f);
	return kb / 1024;
}

static long
promised(void)
{
	return figure("/proc/meminfo", "Committed_AS:");
}

static void
touch(char *p, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += 4096)
		p[at] = 1;
}

static int
take(size_t bytes, int most)
{
	int n = 0;

	while (n < most && (blocks[n] = malloc(bytes)) != NULL)
		n++;
	return n;
}

static void
drop(int n)
{
	while (n > 0)
		free(blocks[--n]);
}

/* Blocks that were used and freed, so that an allocator has something to keep. */
static void
use(size_t used)
{
	int n = take(MB + 4096, (int)used);

	for (int i = 0; i < n; i++)
		touch(blocks[i], MB);
	drop(n);
}

/* Up to the refusal in blocks of a size, none of them touched; then what is promised after their end. */
static void
grow(size_t block, size_t used)
{
	long before = promised();

	use(used);
	int n = take(block * MB, MOST), error = errno;
	drop(n);
	long left = promised() - before;
	for (int i = 0; i < 100 && left > 8; i++) {
		usleep(100000);
		left = promised() - before;
	}
	/* Only now: what is written to a file of memory must be promised, too. */
	say("grown", n * (long)block);
	say("errno", n < MOST ? error : 0);
	say("left", left);
}

/* A child, while so much is held and as much was freed: it is promised all of that again. */
static void
forks(size_t held, size_t used)
{
	char *p = malloc(held * MB);
	int status = -1;

	if (p != NULL)
		touch(p, held * MB);
	use(used);
	pid_t child = fork();
	if (child == 0) {
		char *own = malloc(8 * MB);
		_exit(own != NULL ? (touch(own, 8 * MB), 0) : 1);
	}
	say("held", p != NULL);
	if (child > 0)
		waitpid(child, &status, 0);
	say("forked", child > 0 && status == 0);
}

static void *
nothing(void *p)
{
	return p;
}

/* No thread may start, or none but few: the same work all the same. */
static void
threads(void)
{
	pthread_t t;
	int refused = pthread_create(&t, NULL, nothing, NULL);

	say("refused", refused == EAGAIN);
	for (int i = 0; i < 20; i++)
		use(20);
	usleep(300000);
	use(1);
	say("resident", figure("/proc/self/status", "VmRSS:"));
}

/* Node of each page of blocks, by move_pages: counted by node. */
static void
nodes(size_t used)
{
	long at[2] = {0, 0}, elsewhere = 0;
	size_t bytes = used * MB;
	char *p = malloc(bytes);

	if (p == NULL)
		exit(1);
	touch(p, bytes);
	for (size_t i = 0; i < bytes; i += 4096) {
		void *page = p + i;
		int node = -1;

		if (syscall(SYS_move_pages, 0, 1ul, &page, NULL, &node, 0) == 0 &&
		    node >= 0 && node < 2)
			at[node]++;
		else
			elsewhere++;
	}
	say("node0", at[0]);
	say("node1", at[1]);
	say("elsewhere", elsewhere);
	free(p);
}

/* Memory comes, rests, and goes; somebody watches. */
static void
stay(size_t held, size_t seconds)
{
	int n = take(MB, (int)held);

	for (int i = 0; i < n; i++)
		touch(blocks[i], MB);
	say("held", n);
	sleep((unsigned)seconds);
	drop(n);
}

int
main(int argc, char **argv)
{
	static char line
		[256]; /* there may be no memory for it when there is something to say */
	const char *name = argc > 1 ? argv[1] : "";
	size_t a = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	size_t b = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;

	setvbuf(stdout, line, _IOLBF, sizeof(line));
	if (strcmp(name, "grow") == 0 && a > 0)
		grow(a, b);
	else if (strcmp(name, "forks") == 0)
		forks(a, b);
	else if (strcmp(name, "threads") == 0)
		threads();
	else if (strcmp(name, "nodes") == 0)
		nodes(a);
	else if (strcmp(name, "stay") == 0)
		stay(a, b);
	else {
		fprintf(stderr, "usage: switches grow BLOCK USED | forks HELD USED | "
				"threads | nodes USED | stay HELD SECONDS\n");
		return 2;
	}
	return 0;
}
