/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random operations of the malloc family on several threads, each block with a pattern of its
 * own that is checked before it changes or goes; blocks are handed to other threads. The same
 * seed makes the same operations. stress [THREADS [ROUNDS [SEED]]]; prints "sum N", which depends
 * on contents only and so is the same with and without weir.
 */
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 48, SWAP = 16 };

struct block {
	unsigned char *p;
	size_t size;
	uint64_t pattern;
};

static int rounds = 4000;
static _Atomic(struct block *) swap[SWAP];
static _Atomic uint64_t sum;

static uint64_t
next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static size_t
random_size(uint64_t *s)
{
	uint64_t r = next_random(s);
	unsigned shift = r % 25; /* up to 16 MB */

	return 1 + (next_random(s) & (((size_t)2 << shift) - 1));
}

static void
die(const char *what, const struct block *b)
{
	fprintf(stderr, "stress: %s: block of %zu bytes at %p\n", what, b->size,
		(void *)b->p);
	exit(1);
}

/* Every 509th byte and the last: cheap, and sees any page that changed hands. */
static void
fill(struct block *b)
{
	for (size_t at = 0; at < b->size; at += 509)
		b->p[at] = (unsigned char)(b->pattern + at);
	b->p[b->size - 1] = (unsigned char)(b->pattern ^ 0x5a);
}

static void
check(const struct block *b, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += 509)
		if (b->p[at] != (unsigned char)(b->pattern + at) && at != b->size - 1)
			die("content lost", b);
	if (bytes == b->size && b->p[b->size - 1] != (unsigned char)(b->pattern ^ 0x5a))
		die("last byte lost", b);
}

static void
make(struct block *b, uint64_t *random)
{
	uint64_t r = next_random(random);
	size_t align = (size_t)16 << r % 18;

	b->size = random_size(random);
	b->pattern = r;
	switch (r >> 32 & 7) {
	case 0:
	case 1:
		b->p = calloc(1, b->size);
		for (size_t at = 0; b->p != NULL && at < b->size; at += 127)
			if (b->p[at] != 0)
				die("calloc not zero", b);
		break;
	case 2:
		b->p = NULL;
		if (posix_memalign((void **)&b->p, align, b->size) != 0)
			b->p = NULL;
		if ((uintptr_t)b->p % align != 0)
			die("alignment", b);
		break;
	default:
		b->p = malloc(b->size);
	}
	if (b->p == NULL)
		die("no memory", b);
	if (malloc_usable_size(b->p) < b->size)
		die("usable size", b);
	fill(b);
}

static void
resize(struct block *b, uint64_t *random)
{
	size_t size = random_size(random), old = b->size;
	unsigned char *p = realloc(b->p, size);

	if (p == NULL)
		die("no memory for realloc", b);
	b->p = p;
	size_t keep = old < size ? old : size;
	struct block kept = {.p = p, .size = SIZE_MAX, .pattern = b->pattern};
	/* The old last byte has a pattern of its own, and may lie on a checked place. */
	check(&kept, keep == old ? old - 1 : keep);
	b->size = size;
	fill(b);
}

static void
end(struct block *b)
{
	check(b, b->size);
	atomic_fetch_add(&sum, b->p[0] + b->size);
	free(b->p);
	b->p = NULL;
}

/* Gives the block to whoever looks next, and takes what lies there. */
static void
exchange(struct block *b, uint64_t *random)
{
	struct block *mine = malloc(sizeof(*mine)), *other;

	*mine = *b;
	other = atomic_exchange(&swap[next_random(random) % SWAP], mine);
	b->p = NULL;
	if (other != NULL) {
		*b = *other;
		free(other);
	}
}

static void *
run(void *seed)
{
	uint64_t random = (uint64_t)(uintptr_t)seed * 0x9e3779b97f4a7c15 + 1;
	struct block blocks[BLOCKS] = {{NULL, 0, 0}};

	for (int i = 0; i < rounds; i++) {
		struct block *b = &blocks[next_random(&random) % BLOCKS];
		uint64_t what = next_random(&random) % 8;

		if (b->p == NULL)
			make(b, &random);
		else if (what < 2)
			resize(b, &random);
		else if (what == 2)
			exchange(b, &random);
		else
			end(b);
		if (i % 1024 == 1023)
			malloc_trim(0);
	}
	for (int i = 0; i < BLOCKS; i++)
		if (blocks[i].p != NULL)
			end(&blocks[i]);
	return NULL;
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 3;
	uintptr_t seed = argc > 3 ? (uintptr_t)atoi(argv[3]) : 1;
	pthread_t threads[64];

	if (argc > 2)
		rounds = atoi(argv[2]);
	for (int i = 0; i < n && i < 64; i++)
		if (pthread_create(&threads[i], NULL, run,
				   (void *)(seed + (uintptr_t)i)) != 0)
			return 2;
	for (int i = 0; i < n && i < 64; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < SWAP; i++)
		if (swap[i] != NULL)
			end(swap[i]);
	if (n == 1) /* with more, who gets which block is chance */
		printf("sum %llu\n", (unsigned long long)sum);
	return 0;
}
