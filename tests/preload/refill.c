/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refill MB mapped|small|child [threaded]: blocks of 1 MB, so many MB of them, come and are all freed; then the
 * same amount is taken in another way, at once, faster than anybody could look: by mmap, by smaller blocks,
 * in a child. Six times over. With a limit of little more than MB, that works as long as nothing is kept.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB    ((size_t)1 << 20)
#define SMALL ((size_t)100000)

static char *blocks[100000];

static void
fill(size_t n, size_t bytes, int mark)
{
	for (size_t i = 0; i < n; i++) {
		blocks[i] = malloc(bytes);
		if (blocks[i] == NULL)
			exit(1);
		memset(blocks[i], mark, bytes);
	}
}

static void
empty(size_t n, size_t bytes, int mark)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t at = 0; at < bytes; at += 4096)
			if (blocks[i][at] != mark)
				exit(2);
		free(blocks[i]);
	}
}

static void
map(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	memset(p, 1, bytes);
	munmap(p, bytes);
}

static void
child(size_t mb)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		fill(mb, MB, 9);
		empty(mb, MB, 9);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		exit(3);
}

static void *
sleep_on(void *unused)
{
	pause();
	return unused;
}

int
main(int argc, char **argv)
{
	size_t mb = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	pthread_t thread;

	if (mb == 0 || mb > 9000)
		return 2;
	if (argc > 3 && pthread_create(&thread, NULL, sleep_on, NULL) != 0)
		return 1;
	for (int round = 1; round <= 6; round++) {
		fill(mb, MB, round);
		empty(mb, MB, round);
		if (argv[2][0] == 'm') {
			map(mb * MB);
		} else if (argv[2][0] == 's') {
			fill(mb * MB / SMALL, SMALL, round);
			empty(mb * MB / SMALL, SMALL, round);
		} else {
			child(mb);
		}
	}
	/* Weir's last words are said where there is a second thread, too. */
	exit(0);
}
