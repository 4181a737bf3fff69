/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that relies on "open returns the lowest free descriptor" while weir is at work, on being told
 * when the other end of a pipe was closed, and that has closed everything it did not open itself,
 * as daemons do.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/old_glibc.h"

static void *volatile escape;

static void
use_memory(void)
{
	escape = malloc(20000000);
	memset(escape, 1, 20000000);
	free(escape);
}

/* Nobody else, no thread of weir's either, has the end that writes. */
static void
close_a_pipe(const int ends[2])
{
	struct pollfd closed = {.fd = ends[0], .events = POLLIN};

	close(ends[1]);
	if (poll(&closed, 1, 10000) != 1) {
		puts("somebody has our pipe");
		exit(1);
	}
	close(ends[0]);
}

int
main(void)
{
	int ends[2];

	if (pipe(ends) != 0)
		return 2;
	use_memory(); /* the sidecar is made and the thread runs */
	usleep(100000);
	close_a_pipe(ends);
	int lowest = open("/dev/null", O_RDONLY);
	close(lowest);
	for (int i = 0; i < 3000; i++) {
		if (i % 100 == 0)
			use_memory();
		int fd = open("/dev/null", O_RDONLY);
		if (fd != lowest) {
			printf("descriptor %d instead of %d\n", fd, lowest);
			return 1;
		}
		close(fd);
		usleep(500);
	}
	closefrom(3);
	use_memory();
	int fd = open("/dev/null", O_WRONLY);
	for (int i = 0; i < 20; i++) {
		use_memory();
		usleep(10000);
	}
	if (fd != 3 || lseek(fd, 0, SEEK_CUR) != 0) {
		puts("somebody used our descriptor");
		return 1;
	}
	puts("all in order");
	return 0;
}
