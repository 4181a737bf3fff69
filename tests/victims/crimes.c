/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One misuse of a large block a name; weir must end the host with SIGABRT and one exact line.
 * With "innocent" nothing is wrong. crimes NAME.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *weir_scratch_get(size_t bytes) __attribute__((weak));

static void *volatile escape;

static char *
block(size_t size)
{
	escape = malloc(size);
	return escape;
}

static void
double_free(void)
{
	char *p = block(3000000);

	free(p);
	free(escape);
}

/* Far apart: the block has left its class by then. */
static void
late_double_free(void)
{
	char *p = block(30000000);

	free(p);
	free(block(1000000));
	escape = p;
	free(escape);
}

static void
interior_free(void)
{
	char *p = block(3000000);

	escape = p + 4096;
	free(escape);
}

static void
odd_free(void)
{
	char *p = block(3000000);

	escape = p + 17;
	free(escape);
}

static void
realloc_after_free(void)
{
	char *p = block(3000000);

	free(p);
	escape = realloc(escape, 4000000);
}

static void
free_of_scratch(void)
{
	escape = weir_scratch_get != NULL ? weir_scratch_get(50000) : NULL;
	free(escape);
}

static void
innocent(void)
{
	char *p = block(3000000);

	memset(p, 1, 3000000);
	free(p);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} crimes[] = {{"double_free", double_free},
		      {"late_double_free", late_double_free},
		      {"interior_free", interior_free},
		      {"odd_free", odd_free},
		      {"realloc_after_free", realloc_after_free},
		      {"free_of_scratch", free_of_scratch},
		      {"innocent", innocent}};

	for (size_t i = 0; argc > 1 && i < sizeof(crimes) / sizeof(crimes[0]); i++)
		if (strcmp(argv[1], crimes[i].name) == 0) {
			crimes[i].run();
			puts("still here");
			return 0;
		}
	fprintf(stderr, "crimes: which one?\n");
	return 2;
}
