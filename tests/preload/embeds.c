/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embeds LIBPYTHON: a program that loads CPython, has it ask for large blocks, unloads it, and goes on for some seconds.
 * Its second thread lets weir have one of its own, which looks at what the collector of CPython has done.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define AT_WORK                                                                          \
	"import time\nkeep = []\nfor i in range(40):\n    "                              \
	"keep.append(bytearray(500000))\n"                                               \
	"    time.sleep(0.02)\n"

static void *
wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

int
main(int argc, char **argv)
{
	pthread_t thread;
	void *python = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) : NULL;

	if (python == NULL || pthread_create(&thread, NULL, wait_for_ever, NULL) != 0)
		return 2;
	void (*begin)(int) = (void (*)(int))dlsym(python, "Py_InitializeEx");
	int (*run)(const char *) =
		(int (*)(const char *))dlsym(python, "PyRun_SimpleString");
	int (*end)(void) = (int (*)(void))dlsym(python, "Py_FinalizeEx");

	begin(0);
	if (run(AT_WORK) != 0 || end() != 0 || dlclose(python) != 0)
		return 3;
	for (int i = 0; i < 30; i++) {
		volatile char *block = malloc(300000);

		block[0] = 1;
		free((void *)block);
		usleep(100000);
	}
	puts("went on");
	return 0;
}
