/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled with musl by strange.bats: calls what the shim stands in front of, and says what came of it.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void *
work(void *failed)
{
	for (size_t i = 1; i < 200; i++) {
		char *p = calloc(i, 4096);
		void *q = NULL;

		p = realloc(p, i * 9000);
		if (p == NULL || p[i * 4096 - 1] != 0 ||
		    posix_memalign(&q, 4096, 200000) != 0)
			return failed;
		memset(p, 1, i * 9000);
		memset(q, 1, 200000);
		free(q);
		free(p);
	}
	return NULL;
}

static int
status_of(pid_t child)
{
	int status;

	return waitpid(child, &status, 0) == child && WIFEXITED(status)
		       ? WEXITSTATUS(status)
		       : -1;
}

int
main(int argc, char **argv)
{
	struct sigaction ignored = {.sa_handler = SIG_IGN};
	pthread_t threads[4];
	void *failed = NULL, *one;

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, work, argv);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &one);
		failed = failed != NULL ? failed : one;
	}
	printf("threads %s\n", failed == NULL ? "right" : "wrong");
	printf("malloc %d\n", dlsym(RTLD_DEFAULT, "malloc") != NULL &&
				      dlsym(RTLD_NEXT, "malloc") != NULL);
	printf("none %d\n",
	       dlsym(RTLD_DEFAULT, "no_such_function") == NULL && dlerror() != NULL);

	void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
	int (*large)(void) =
		library != NULL ? (int (*)(void))dlsym(library, "large") : NULL;
	printf("library %d\n", large != NULL && large() == 1);
	fflush(stdout);

	pid_t child = fork();
	if (child == 0)
		_exit(work(argv) == NULL ? 3 : 4);
	printf("fork %d\n", status_of(child));
	child = vfork();
	if (child == 0) {
		execl("/bin/false", "false", (char *)NULL);
		_exit(9);
	}
	printf("vfork %d\n", status_of(child));
	sigaction(SIGUSR1, &ignored, NULL);
	raise(SIGUSR1);
	void *mapped = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("mapped %d\n", mapped != MAP_FAILED && munmap(mapped, 1 << 20) == 0);
	return 5;
}
