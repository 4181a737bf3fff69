/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that lack what the library takes when weir attaches: files, memory that need not be locked, /proc, their
 * first thread; or have a second C library. For each byte that is read a block is kept.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define BYTES 300000

static __attribute__((noinline)) void *
keep_here(void)
{
	char *volatile p = malloc(BYTES);

	memset(p, 1, BYTES);
	return p;
}

static void *
work(void *unused)
{
	char byte;

	(void)unused;
	puts("ready");
	while (read(0, &byte, 1) == 1)
		if (keep_here() == NULL)
			exit(1);
	exit(7);
}

static int
limit(int which, rlim_t n)
{
	struct rlimit l;

	if (getrlimit(which, &l) != 0)
		return -1;
	l.rlim_cur = n;
	return setrlimit(which, &l);
}

/* All that it may have are open. */
static int
without_files(void)
{
	int fd;

	if (limit(RLIMIT_NOFILE, 16) != 0)
		return -1;
	while ((fd = open("/dev/null", O_RDONLY)) >= 0)
		;
	return 0;
}

static int
with_locked_memory(void)
{
	return limit(RLIMIT_MEMLOCK, 4 << 20) == 0 ? mlockall(MCL_CURRENT | MCL_FUTURE)
						   : -1;
}

/* Beside the program's own, and before it in memory. */
static int
with_two_libraries(void)
{
#ifdef __GLIBC__
	void *second = dlmopen(LM_ID_NEWLM, "libc.so.6", RTLD_NOW);
#else
	void *second = NULL;
#endif

	return second != NULL && dlsym(second, "malloc") != (void *)malloc ? 0 : -1;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	pthread_t t;
	int rc = -1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(what, "files") == 0)
		rc = without_files();
	else if (strcmp(what, "unlocked memory") == 0)
		rc = with_locked_memory();
	else if (strcmp(what, "one library") == 0)
		rc = with_two_libraries();
	else if (strcmp(what, "proc") == 0 && argc > 2)
		rc = chroot(argv[2]) != 0 ? -1 : chdir("/");
	else if (strcmp(what, "first thread") == 0 &&
		 pthread_create(&t, NULL, work, NULL) == 0)
		pthread_exit(NULL);
	else
		rc = 0;
	if (rc != 0) {
		perror(what);
		return 1;
	}
	work(NULL);
	return 0;
}
