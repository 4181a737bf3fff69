/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts to which the kernel gives little: limits NAME. Each takes its limit away from itself, then
 * allocates, resizes and frees large blocks, checks what is in them, and prints what it got. A
 * block that cannot be had is no error where the C library has none either. 77: not possible here.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

enum { BLOCKS = 24, ROUNDS = 600 };

static struct block {
	unsigned char *p;
	size_t size;
	unsigned char mark;
} blocks[BLOCKS];
static unsigned long served, refused;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "limits: %s\n", what);
	exit(1);
}

static void
fill(struct block *b)
{
	for (size_t at = 0; at < b->size; at += 4000)
		b->p[at] = b->mark;
	b->p[b->size - 1] = b->mark;
}

static void
check(const struct block *b, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += 4000)
		if (b->p[at] != b->mark)
			die("content lost");
}

static void
one(struct block *b, unsigned i)
{
	size_t size = 150000 + i * 7919 % 97 * 61 * 1024;

	if (b->p == NULL || i % 3 == 0) {
		unsigned char *p =
			b->p == NULL && i % 2 ? calloc(1, size) : realloc(b->p, size);
		if (p == NULL) {
			refused++;
			return;
		}
		served++;
		struct block got = {.p = p, .size = size, .mark = b->mark};
		if (b->p != NULL)
			check(&got, b->size < size ? b->size : size);
		got.mark = (unsigned char)(i + 1);
		*b = got;
		fill(b);
		return;
	}
	check(b, b->size);
	free(b->p);
	b->p = NULL;
}

static void
work(unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++)
		one(&blocks[i * 31 % BLOCKS], i);
}

static void
end(void)
{
	for (int i = 0; i < BLOCKS; i++)
		if (blocks[i].p != NULL) {
			check(&blocks[i], blocks[i].size);
			free(blocks[i].p);
			blocks[i].p = NULL;
		}
}

static void
say(const char *name, unsigned long n)
{
	printf("%s %lu\n", name, n);
	fflush(stdout);
}

/* Uses up the mappings: 65530 by default, of which neighbours with one protection count as one. */
static void *all[1 << 20];
static unsigned n_all;

static void
use_up(void)
{
	const unsigned most = sizeof(all) / sizeof(all[0]);

	for (; n_all < most; n_all++) {
		all[n_all] = mmap(NULL, 4096, n_all % 2 ? PROT_READ : PROT_NONE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (all[n_all] == MAP_FAILED)
			return;
	}
	fprintf(stderr, "limits: more than a million mappings are allowed here\n");
	exit(77);
}

static void
give_up(unsigned left)
{
	while (n_all > left)
		munmap(all[--n_all], 4096);
}

/* No mapping is left, then all are. */
static void
maps(void)
{
	work(ROUNDS);
	use_up();
	work(ROUNDS);
	end();
	say("mappings", n_all);
	say("refused", refused);
	refused = 0;
	give_up(0);
	work(ROUNDS);
	say("refused_after", refused);
}

/* As under a low vm.max_map_count: so many are left; then none, then so many again. */
static void
few(size_t left)
{
	use_up();
	give_up(n_all - (unsigned)left);
	work(ROUNDS);
	say("refused_before", refused);
	refused = 0;
	unsigned most = n_all;
	use_up();
	work(ROUNDS);
	end();
	say("refused", refused);
	refused = 0;
	give_up(most);
	work(ROUNDS);
	say("refused_after", refused);
}

static void
lower(int which, rlim_t to)
{
	if (setrlimit(which, &(struct rlimit){.rlim_cur = to, .rlim_max = to}) != 0)
		die("setrlimit");
}

/* Standard streams and nothing else. */
static void
files(void)
{
	lower(RLIMIT_NOFILE, 3);
	work(ROUNDS);
	say("refused", refused);
}

static void *
nothing(void *p)
{
	return p;
}

/* No thread more; root would not be held to it. */
static void
threads(void)
{
	pthread_t thread;

	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
		exit(77);
	lower(RLIMIT_NPROC, 1);
	work(ROUNDS);
	end();
	usleep(100000);
	work(ROUNDS);
	if (pthread_create(&thread, NULL, nothing, NULL) != EAGAIN)
		exit(77);
	say("refused", refused);
}

static unsigned long
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long pages;

	if (f == NULL || fscanf(f, "%*d %lu", &pages) != 1)
		die("cannot read /proc/self/statm");
	fclose(f);
	return pages * (unsigned long)sysconf(_SC_PAGESIZE);
}

/* Everything that is mapped from now on is locked into memory. */
static void
locked(void)
{
	if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
		exit(77);
	work(ROUNDS);
	say("refused", refused);
	end();
	usleep(500000);
	work(1);
	end();
	for (int i = 0; i < 3000 && resident() > 60 * MB; i++)
		usleep(20000);
	say("idle", resident());
}

/*
 * Under a control group's limit on memory that the argument names in MB: half of it stays, bursts
 * of a quarter in ever other sizes come and go.
 */
static void
group(size_t limit)
{
	size_t keep = limit / 2, burst = limit / 4;

	blocks[0] = (struct block){.p = malloc(keep), .size = keep, .mark = 1};
	if (blocks[0].p == NULL)
		die("no memory");
	fill(&blocks[0]);
	for (unsigned i = 0; i < 150; i++) {
		size_t size = burst / (1 + i % 7);

		for (unsigned k = 1; k <= 1 + i % 7; k++) {
			blocks[k] = (struct block){.p = malloc(size),
						   .size = size,
						   .mark = (unsigned char)k};
			if (blocks[k].p == NULL)
				die("no memory");
			fill(&blocks[k]);
		}
		for (unsigned k = 1; k <= 1 + i % 7; k++) {
			check(&blocks[k], size);
			free(blocks[k].p);
			blocks[k].p = NULL;
		}
	}
	say("bursts", 150);
}

/* Requests that nobody could fulfil, and what they leave behind. */
static void
absurd(void)
{
	free(malloc(MB));
	unsigned long before = resident();

	for (unsigned i = 0; i < 100; i++) {
		void *volatile p = malloc((size_t)1 << (41 + i % 6));

		/* Where memory may be promised without end, it is there. */
		if (p != NULL)
			exit(77);
	}
	unsigned long after = resident();
	say("grown", after > before ? after - before : 0);
}

/* Blocks too large for a region of the usual size: their address space is given back, too. */
static void
giant(void)
{
	for (int i = 0; i < 3; i++) {
		char *volatile p = malloc(5120 * MB);

		if (p == NULL)
			exit(77);
		p[0] = p[5120 * MB - 1] = 1;
		free(p);
		for (int k = 0; k < 10; k++) {
			usleep(20000);
			free(malloc(MB));
		}
	}
	say("giants", 3);
}

static void *
small_blocks(void *between)
{
	char *volatile small = malloc(100);
	char *const *ends = between;

	if (small < ends[0] || small > ends[1])
		exit(77);
	for (int i = 0; i < 1000; i++) {
		small = realloc(small, 100 + (size_t)i);
		if (malloc_usable_size(small) < 100 + (size_t)i)
			exit(1);
		free(malloc(50 + (size_t)i));
	}
	free(small);
	return NULL;
}

/*
 * Weir's second region stands far from its first, next to the libraries: what lies between, as a thread's heap
 * does then, is as ever.
 */
static void
between(void)
{
	const uintptr_t region = (uintptr_t)4096 * MB;
	char *first = malloc(MB);
	void *end_of_first = (void *)(((uintptr_t)first & ~(MB - 1)) + region);
	pthread_t thread;

	if (mmap(end_of_first, MB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	    end_of_first)
		exit(77);
	char *far = malloc(5120 * MB);
	if (far == NULL ||
	    pthread_create(&thread, NULL, small_blocks, (char *[]){first, far}) != 0)
		exit(77);
	pthread_join(thread, NULL);
	free(far);
	free(first);
	say("between", 1000);
}

/* Blocks for which a region each comes and goes, and then half of all addresses, as some hosts reserve them. */
static void
half(void)
{
	const size_t large = (size_t)8192 * MB, half = (size_t)64 << 40;
	uintptr_t first = 0, last = 0;
	void *kept = malloc(MB);

	for (int i = 0; i < 20; i++) {
		void *p = malloc(large);

		last = (uintptr_t)p;
		first = i == 0 ? last : first;
		free(p);
		malloc_trim(0);
	}
	say("crept", last - first);
	void *p = mmap(NULL, half, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);
	say("half", p != MAP_FAILED);
	free(kept);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} scenarios[] = {{"maps", maps},       {"files", files},   {"threads", threads},
			 {"locked", locked},   {"absurd", absurd}, {"giant", giant},
			 {"between", between}, {"half", half}};

	if (argc > 2) {
		unsigned long n = strtoul(argv[2], NULL, 10);

		strcmp(argv[1], "group") == 0 ? group(n * MB) : few(n);
		end();
		return 0;
	}
	for (size_t i = 0; argc > 1 && i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		if (strcmp(argv[1], scenarios[i].name) == 0) {
			scenarios[i].run();
			end();
			return 0;
		}
	fprintf(stderr, "limits: which one?\n");
	return 2;
}
