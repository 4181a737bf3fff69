/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of bytes_bench share: how a figure is said, beside what the project wants of it.
 */
#ifndef BENCH_BYTES_BENCH_H
#define BENCH_BYTES_BENCH_H

#include "bench/pairs.h"

enum { ROUNDS = 15 };

static inline void
say(const char *what, double value, const char *unit, const char *sign, double wanted)
{
	const char *end = "";

	if (*sign == '>')
		end = value >= wanted ? "reached" : "NOT reached";
	else if (*sign == '<')
		end = value <= wanted ? "reached" : "NOT reached";
	printf("%-58s %9.2f %-5s", what, value, unit);
	if (*end != '\0')
		printf(" wanted %s %g: %s", sign, wanted, end);
	putchar('\n');
}

/* bytes_safe.c */
void bytes_safe(size_t n);
void bytes_views(size_t n);

#endif
