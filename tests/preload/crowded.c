/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of two threads that may have just one task more, as a user with no other process. crowded CALL [UID]: how
 * often that is refused to it of twelve times, with large blocks in between.
 */
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static int prepared, atoned;

static void
prepare(void)
{
	prepared++;
}

static void
atone(void)
{
	atoned++;
}

static int
waited(pid_t child)
{
	int status = 1;

	if (child == 0)
		_exit(3);
	if (child > 0)
		waitpid(child, &status, 0);
	return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 3;
}

static int
spawned(int (*spawn)(pid_t *, const char *, const posix_spawn_file_actions_t *,
		     const posix_spawnattr_t *, char *const *, char *const *))
{
	static char shell[] = "sh", option[] = "-c", command[] = "exit 3";
	char *argv[] = {shell, option, command, NULL};
	pid_t child = -1;

	return spawn(&child, "/bin/sh", NULL, NULL, argv, environ) == 0 && waited(child);
}

static int
piped(void)
{
	FILE *f = popen("exit 3", "r");

	return f != NULL && WEXITSTATUS(pclose(f)) == 3;
}

static int
leave(void *unused)
{
	(void)unused;
	_exit(3);
}

static int
cloned(int flags)
{
	static char stack[64 << 10] __attribute__((aligned(64)));

	return waited(clone(leave, stack + sizeof(stack), flags | SIGCHLD, NULL));
}

static int
done(const char *call)
{
	errno = 0;
	return strcmp(call, "fork") == 0	   ? waited(fork())
	       : strcmp(call, "vfork") == 0	   ? waited(vfork())
	       : strcmp(call, "clone_copy") == 0   ? cloned(0)
	       : strcmp(call, "clone_shared") == 0 ? cloned(CLONE_VM | CLONE_VFORK)
	       : strcmp(call, "clone") == 0
		       ? waited((pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0))
	       : strcmp(call, "posix_spawn") == 0  ? spawned(posix_spawn)
	       : strcmp(call, "posix_spawnp") == 0 ? spawned(posix_spawnp)
	       : strcmp(call, "system") == 0	   ? WEXITSTATUS(system("exit 3")) == 3
						   : piped();
}

static void
fill(void)
{
	char *p = malloc(3 << 20);

	memset(p, 1, 3 << 20);
	free(p);
}

static void *
rest(void *unused)
{
	for (;;)
		pause();
	return unused;
}

int
main(int argc, char **argv)
{
	const struct rlimit limit = {3, 3};
	const struct timespec moment = {.tv_nsec = 5000000};
	gid_t id = argc == 3 ? (gid_t)atoi(argv[2]) : 0;
	pthread_t made;
	int refused = 0;

	if (id == 0 || setgroups(0, NULL) != 0 || setgid(id) != 0 || setuid(id) != 0)
		return 77;
	pthread_atfork(prepare, atone, NULL);
	if (pthread_create(&made, NULL, rest, NULL) != 0 ||
	    setrlimit(RLIMIT_NPROC, &limit) != 0)
		return 1;
	for (int i = 0; i < 12; i++) {
		fill();
		nanosleep(&moment, NULL);
		refused += !done(argv[1]);
	}
	printf("refused %d, handlers %s\n", refused,
	       prepared == atoned ? "in pairs" : "alone");
	return 0;
}
