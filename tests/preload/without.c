/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command to which some system calls are forbidden: they fail with EPERM, as in a
 * sandbox, or end it, with an exclamation mark before the name.
 * without [!]NAME[,[!]NAME...] COMMAND [ARG...]
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/preload/forbid.h"

int
main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: without NAME[,NAME...] COMMAND [ARG...]\n");
		return 2;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		perror("without: no_new_privs");
		return 77;
	}
	int error = forbid(argv[1], EPERM);
	if (error == -EINVAL) {
		fprintf(stderr, "without: unknown call in \"%s\"\n", argv[1]);
		return 2;
	}
	if (error != 0) {
		fprintf(stderr, "without: seccomp: %s\n", strerror(-error));
		return 77;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
