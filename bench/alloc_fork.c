/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fork costs the child: its page faults and its processor time, in a program that never asked
 * for a large block, and in one that did.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"

static double
us(const struct timeval *t)
{
	return (double)t->tv_sec * 1e6 + (double)t->tv_usec;
}

static void
children(const char *after, size_t n)
{
	struct gauge_row faults = GAUGE_ROW(ALLOC_PROGRAM, "faults");
	struct gauge_row cpu = GAUGE_ROW(ALLOC_PROGRAM, "us");
	struct rusage from, to;

	getrusage(RUSAGE_CHILDREN, &from);
	for (size_t i = 0; i < n; i++) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		if (child < 0) {
			perror("alloc_bench: fork");
			exit(1);
		}
		waitpid(child, NULL, 0);
	}
	getrusage(RUSAGE_CHILDREN, &to);
	faults.value = (double)(to.ru_minflt - from.ru_minflt) / (double)n;
	gauge_which(&faults, "fork.%s.faults", after);
	gauge_print(&faults);
	cpu.value = (us(&to.ru_utime) + us(&to.ru_stime) - us(&from.ru_utime) -
		     us(&from.ru_stime)) /
		    (double)n;
	gauge_which(&cpu, "fork.%s.cpu", after);
	gauge_print(&cpu);
}

void
alloc_fork(double scale)
{
	void *blocks[20];

	children("small", alloc_rounds(1000, scale));
	for (size_t i = 0; i < 20; i++) {
		blocks[i] = alloc_some((200 + i * 64) * KB);
		*(volatile char *)blocks[i] = 1;
	}
	for (size_t i = 1; i < 20; i += 2)
		free(blocks[i]);
	children("large", alloc_rounds(1000, scale));
	for (size_t i = 0; i < 20; i += 2)
		free(blocks[i]);
}
