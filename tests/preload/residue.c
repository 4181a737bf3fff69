/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host does to its mappings, and what it finds in its next blocks: residue NAME.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "residue: %s: %s\n", what, strerror(errno));
	exit(1);
}

static char *
take(size_t bytes)
{
	char *p = malloc(bytes);

	if (p == NULL)
		die("malloc");
	return p;
}

static int
is_filled(const char *p, size_t bytes, char with)
{
	for (size_t at = 0; at < bytes; at += 512)
		if (p[at] != with)
			return 0;
	return 1;
}

/* Blocks that grow by realloc with others behind them, and large ones after many small. */
static void
grow(void)
{
	enum { PIECES = 64 };
	char *pieces[PIECES];
	int wrong = 0;

	for (int i = 1; i <= 20; i++) {
		size_t n = MB + (size_t)i * 300000;
		char *p = take(n), *behind = take(200000);

		memset(p, i, n);
		for (size_t times = 2; times < 6; times++) {
			p = realloc(p, times * n);
			if (p == NULL)
				die("realloc");
			wrong += !is_filled(p, n, (char)i);
		}
		free(p);
		free(behind);
	}
	for (int i = 0; i < PIECES; i++)
		memset(pieces[i] = take(1500000), i, 1500000);
	for (int i = 0; i < PIECES; i += 2)
		free(pieces[i]);
	for (size_t i = 0; i < 8; i++) {
		size_t n = 5 * MB + i * 100000;
		char *p = calloc(1, n);

		if (p == NULL)
			die("calloc");
		wrong += !is_filled(p, n, 0);
		memset(p, 99, n);
		wrong += !is_filled(p, n, 99);
		free(p);
	}
	for (int i = 1; i < PIECES; i += 2) {
		wrong += !is_filled(pieces[i], 1500000, (char)i);
		free(pieces[i]);
	}
	printf("wrong %d\n", wrong);
}

/* Some libraries write a jump over the C library's own function, late, and lose mremap's target. */
static void
overwritten(void)
{
#ifdef __x86_64__
	static const unsigned char answer[] = {0x48, 0xc7, 0xc0, 0xff,
					       0xff, 0xff, 0xff, 0xc3};
	unsigned char *code = (unsigned char *)mremap;
	char *page = (char *)((size_t)code & ~(size_t)4095);

	free(take(4 * MB));
	if (mprotect(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		exit(77);
	memcpy(code, answer, sizeof(answer));
	if (mremap(page, 4096, 8192, 0) != MAP_FAILED)
		die("mremap");
	grow();
#else
	exit(77);
#endif
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} scenarios[] = {{"grow", grow}, {"overwritten", overwritten}};

	for (size_t i = 0; argc > 1 && i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		if (strcmp(argv[1], scenarios[i].name) == 0) {
			scenarios[i].run();
			return 0;
		}
	fprintf(stderr, "usage: residue NAME\n");
	return 2;
}
