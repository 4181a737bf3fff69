/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resident memory as a host under weir sees it. Each scenario prints "NAME BYTES" lines of what
 * /proc/self/statm says, for a test to judge; memory NAME.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

static void *volatile escape;

static long
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages;

	if (f == NULL || fscanf(f, "%*d %ld", &pages) != 1) {
		fprintf(stderr, "memory: cannot read /proc/self/statm\n");
		exit(1);
	}
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static void
say(const char *name, long bytes)
{
	printf("%s %ld\n", name, bytes);
	fflush(stdout);
}

static void *
take(size_t size, int zero)
{
	void *p = zero ? calloc(1, size) : malloc(size);

	if (p == NULL) {
		fprintf(stderr, "memory: no %zu bytes\n", size);
		exit(1);
	}
	escape = p;
	return p;
}

/* 1 GB of which 1 MB is touched, fresh and after such sizes have been used and freed. */
static void
lazy(void)
{
	long before = resident();
	char *p = take(1024 * MB, 1);

	memset(p, 1, MB);
	say("grown", resident() - before);
	free(p);
	for (int i = 0; i < 20; i++) {
		p = take(1024 * MB, 1);
		memset(p, 1, MB);
		free(p);
	}
	say("grown", resident() - before);
}

/* So many tenths of a second memory may take to go back; less is asked for where it is to stay. */
static int patience = 600;

/* A burst, then silence: not one call of the host's brings the memory back, only the clock. */
static void
burst(void)
{
	static void *blocks[300];
	long before = resident();

	for (int i = 0; i < 300; i++) {
		size_t size = MB + (size_t)(i % 40) * 100000;

		blocks[i] = take(size, 0);
		memset(blocks[i], i, size);
	}
	say("peak", resident() - before);
	for (int i = 0; i < 300; i++)
		free(blocks[i]);
	for (int i = 0; i < patience && resident() - before > (long)(8 * MB); i++)
		usleep(100000);
	say("idle", resident() - before);
}

/* The first large blocks are a child's that shares our memory: what weir sets up is ours all the same. */
static void
vforked(void)
{
	pid_t child = vfork();

	if (child == 0) {
		free(take(30 * MB, 0));
		_exit(0);
	}
	if (child < 0 || waitpid(child, NULL, 0) != child)
		exit(1);
	say("pid", getpid());
	burst();
}

/* The source documents' check: 1000 times 1 MB. */
static void
thousand(void)
{
	free(take(MB, 0));
	long before = resident();

	for (int i = 0; i < 1000; i++) {
		char *p = take(MB, 0);

		memset(p, i, MB);
		free(p);
	}
	say("grown", resident() - before);
}

/* A touched block that grows to five times its size, with no room behind it. */
static void
grow(void)
{
	long before = resident();
	char *p = take(64 * MB, 0), *behind;

	memset(p, 7, 64 * MB);
	behind = take(64 * MB, 0);
	p = realloc(p, 320 * MB);
	if (p == NULL || p[0] != 7 || p[64 * MB - 1] != 7) {
		fprintf(stderr, "memory: realloc lost content\n");
		exit(1);
	}
	memset(p + 64 * MB, 8, 256 * MB);
	say("peak", resident() - before);
	free(behind);
	free(p);
}

static char *
grown(char *p, size_t size)
{
	p = realloc(p, size);
	if (p == NULL)
		exit(1);
	escape = p;
	return p;
}

/* Blocks that grow by half, one after the other, each where there is nothing behind it. */
static void
regrow(void)
{
	uint64_t random = 1;

	for (int i = 0; i < 300; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		size_t size = MB / 8 + random % 3000000;
		char *p = take(size, 0);

		memset(p, i, size);
		free(grown(p, size + size / 2));
	}
}

/* Two neighbours that had no room to grow leave room for one that has. */
static void
outgrown(void)
{
	const size_t size = MB / 2; /* moved by copying */
	char *a = take(size, 0), *b = take(size, 0), *c = take(size, 0);

	if (b != a + size || c != b + size)
		exit(1);
	a = grown(a, size + size / 2);
	b = grown(b, size + size / 2);
	free(grown(take(size, 0), 2 * size));
	free(a);
	free(b);
	free(c);
}

/* malloc_trim gives back at once what was freed. */
static void
trim(void)
{
	long before = resident();
	char *p = take(200 * MB, 0);

	memset(p, 1, 200 * MB);
	free(p);
	malloc_trim(0);
	say("left", resident() - before);
}

/* A zeroed block of which little is touched costs little, also when its like was freed before. */
static void
sparse(void)
{
	long before = resident(), worst = 0;

	for (int i = 0; i < 200; i++) {
		void *held[8];

		for (int k = 0; k < 8; k++) {
			held[k] = take((size_t)(k + 4) * MB, 1);
			memset(held[k], 1, (size_t)(k + 4) * MB / 25);
		}
		if (resident() - before > worst)
			worst = resident() - before;
		for (int k = 0; k < 8; k++)
			free(held[k]);
	}
	say("peak", worst);
}

/* The next allocator's heap, full of holes below a block that stays; then nothing happens. */
static void
hoard(void)
{
	static void *chunks[4096];
	long before = resident();

	for (size_t i = 0; i < 4096; i++) {
		chunks[i] = take(50000, 0);
		memset(chunks[i], 1, 50000);
	}
	void *large = take(4 * MB, 0);
	memset(large, 1, 4 * MB);
	for (size_t i = 0; i < 4096 - 1; i++)
		free(chunks[i]);
	free(large);
	say("hoarded", resident() - before);
	/* Whoever looks each tenth of a second does not rest. */
	for (int i = 0; i < patience && resident() - before > (long)(20 * MB); i += 60)
		sleep(6);
	say("idle", resident() - before);
}

/* What a request asks for, with a block of each function; its content is looked at. */
static void
work_a_little(void)
{
	unsigned char *own[40];

	for (size_t i = 0; i < 40; i++) {
		size_t bytes = 100 + i * 1000;

		own[i] = i % 4 == 0 ? calloc(1, bytes) : malloc(bytes / 2);
		if (own[i] == NULL || (i % 4 == 0 && own[i][bytes - 1] != 0))
			exit(1);
		own[i][0] = (unsigned char)i;
		if (i % 4 == 1)
			own[i] = realloc(own[i], bytes);
		memset(own[i] + 1, 1, bytes / 2 - 1);
	}
	for (size_t i = 0; i < 40; i++) {
		if (own[i][0] != i || own[i][(100 + i * 1000) / 2 - 1] != 1)
			exit(1);
		free(own[i]);
	}
	usleep(500);
}

/* As hoard, but the host works the whole time: it never rests for longer than half a millisecond. */
static void
busy(void)
{
	static void *chunks[4096];
	long before = resident();

	for (size_t i = 0; i < 4096; i++) {
		chunks[i] = take(50000, 0);
		memset(chunks[i], 1, 50000);
	}
	for (size_t i = 0; i < 4096; i++)
		if (i % 8 != 0)
			free(chunks[i]);
	free(take(4 * MB, 0)); /* so that there is a clock */
	say("hoarded", resident() - before);
	time_t end = time(NULL) + patience;
	while (time(NULL) < end && resident() - before > (long)(60 * MB))
		for (int i = 0; i < 100; i++)
			work_a_little();
	say("busy", resident() - before);
}

/* Two bursts with a pause of 1.6 s between them; how long it really was is said too. */
static void
paused(void)
{
	struct timespec start, end;
	long before = resident();

	for (int burst = 0; burst < 2; burst++) {
		void *p = take(64 * MB, 0);

		memset(p, 1, 64 * MB);
		free(p);
		clock_gettime(CLOCK_MONOTONIC, &start);
		usleep(1600000);
		clock_gettime(CLOCK_MONOTONIC, &end);
		say("kept", resident() - before);
		say("ms", (end.tv_sec - start.tv_sec) * 1000 +
				  (end.tv_nsec - start.tv_nsec) / 1000000);
	}
}

/* A size that goes to and fro across the floor. */
static void
across(void)
{
	free(malloc(2000000)); /* so that there is a sidecar */
	char *p = malloc(130000);

	for (int i = 0; i < 500; i++) {
		p = realloc(p, 135000);
		p[134999] = (char)i;
		p = realloc(p, 130000);
		p[0] = (char)i;
	}
	p = realloc(p, 1000);
	if (p == NULL || p[0] != (char)499)
		exit(1);
	free(p);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} scenarios[] = {{"lazy", lazy},       {"burst", burst},   {"thousand", thousand},
			 {"grow", grow},       {"trim", trim},	   {"sparse", sparse},
			 {"hoard", hoard},     {"busy", busy},	   {"paused", paused},
			 {"vforked", vforked}, {"regrow", regrow}, {"outgrown", outgrown},
			 {"across", across}};

	if (argc > 2)
		patience = 10 * atoi(argv[2]);
	for (size_t i = 0; argc > 1 && i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		if (strcmp(argv[1], scenarios[i].name) == 0) {
			scenarios[i].run();
			return 0;
		}
	fprintf(stderr, "usage: memory "
			"lazy|burst|thousand|grow|trim|sparse|hoard|busy|paused|vforked|"
			"regrow|outgrown "
			"[SECONDS]\n");
	return 2;
}
