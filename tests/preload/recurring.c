/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of one thread that needs the same memory again: recurring NAME [MB]. What it cost is said in page faults,
 * which are the same on a busy machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MB   ((size_t)1 << 20)
#define MOST 4096

static size_t mb = 100;

static long
faults(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_minflt;
}

static long
resident(void)
{
	long all, own = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f == NULL || fscanf(f, "%ld %ld", &all, &own) != 2)
		own = 0;
	if (f != NULL)
		fclose(f);
	return own * sysconf(_SC_PAGESIZE) / (long)MB;
}

static void
burst(void)
{
	static char *block[MOST];

	for (size_t i = 0; i < mb; i++)
		if ((block[i] = malloc(MB)) != NULL)
			memset(block[i], 1, MB);
	for (size_t i = 0; i < mb; i++)
		free(block[i]);
}

/* The first two teach weir. */
static void
bursts(void)
{
	burst();
	burst();
	long before = faults();
	for (int i = 0; i < 4; i++)
		burst();
	printf("faults %ld\n", faults() - before);
	printf("kept %ld MB\n", resident());
}

/* The host goes on after a rest, with less. */
static void
rest(void)
{
	bursts();
	sleep(4);
	for (int i = 0; i < 40; i++)
		free(malloc(MB));
	printf("after %ld MB\n", resident());
}

/* It asks for small blocks only. */
static void
small(void)
{
	long before = resident();

	burst();
	time_t end = time(NULL) + 60;
	while (resident() > before + 4 && time(NULL) < end) {
		for (int i = 0; i < 1000; i++)
			free(malloc(1000));
		usleep(1000);
	}
	printf("small %ld MB\n", resident() - before);
}

static void
fork_once(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
}

static void
forks(void)
{
	long before = resident();

	burst();
	fork_once();
	printf("first %ld MB\n", resident() - before);
	fork_once();
	printf("second %ld MB\n", resident() - before);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} scenarios[] = {
		{"bursts", bursts}, {"rest", rest}, {"small", small}, {"forks", forks}};

	if (argc > 2)
		mb = (size_t)atoi(argv[2]);
	for (size_t i = 0;
	     argc > 1 && mb <= MOST && i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		if (strcmp(argv[1], scenarios[i].name) == 0) {
			scenarios[i].run();
			return 0;
		}
	fprintf(stderr, "recurring: which one?\n");
	return 2;
}
