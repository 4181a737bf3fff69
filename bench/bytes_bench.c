/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the operations on bytes are, each beside what the project wants of it: copies, search,
 * snapshots. Run by `make bench-encode`; pin it to a processor and leave the machine alone.
 */
#include <stdbool.h>

#include "bench/bytes_bench.h"

#include "weir/bytes.h"
#include "weir/encode.h"

struct copied {
	char *to;
	const char *from;
	size_t n;
};

/* Through a pointer, as a library's caller gets it, and never left out. */
static void *(*volatile libc_copy)(void *, const void *, size_t) = memcpy;

static void
copy_weir(const void *context)
{
	const struct copied *c = context;

	weir_copy(c->to, c->from, c->n);
	__asm__ volatile("" ::: "memory");
}

static void
copy_libc(const void *context)
{
	const struct copied *c = context;

	libc_copy(c->to, c->from, c->n);
}

/* A hundred copies of a size that the compiler knows. */
#define FIXED(n)                                                                         \
	static void fixed_##n(const void *context)                                       \
	{                                                                                \
		const struct copied *c = context;                                        \
		char *to = c->to;                                                        \
		const char *from = c->from;                                              \
                                                                                         \
		for (int i = 0; i < 100; i++) {                                          \
			GAUGE_OPAQUE(to);                                                \
			GAUGE_OPAQUE(from);                                              \
			weir_copy(to, from, n);                                          \
		}                                                                        \
	}
FIXED(1)
FIXED(8)
FIXED(16)
FIXED(32)
FIXED(64)

static void
bench_fixed(void)
{
	static pairs_call *const calls[] = {fixed_1, fixed_8, fixed_16, fixed_32,
					    fixed_64};
	char *memory = pairs_memory(4096);
	const struct copied c = {memory, memory + 2048, 0};
	double worst = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct pairs p = {.rounds = ROUNDS, .times = 100000};

		pairs_run(&p, calls[i], NULL, &c);
		worst = p.own > worst ? p.own : worst;
	}
	say("copy of 1 to 64 bytes, a fixed size, the slowest", worst * 1e7, "ns",
	    "<=", 1.2);
	free(memory);
}

/* All distances that have been seen to be slow, in sizes on both sides of the caches'. */
static void
bench_alias(void)
{
	static const size_t sizes[] = {2112,	4 * KB,	  16 * KB,
				       64 * KB, 256 * KB, 1000 * KB};
	static const size_t skews[] = {0, 1, 8, 15, 16, 31, 48, 63, 64, 100, 2048, 4095};
	char *memory = pairs_memory(4 * MB), *from = pairs_memory(2 * MB);
	double worst = 2, worst_libc = 2;

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		double best = 0, low = 1e30, best_libc = 0, low_libc = 1e30;

		for (size_t k = 0; k < sizeof(skews) / sizeof(skews[0]); k++) {
			struct pairs p = {.rounds = 9, .times = 1 + (2 * MB) / sizes[s]};
			size_t to = (size_t)(from - memory) % 4096 + skews[k];
			struct copied c = {memory + to, from, sizes[s]};

			pairs_run(&p, copy_weir, copy_libc, &c);
			double own = (double)sizes[s] / p.own,
			       libc = (double)sizes[s] / p.other;
			best = own > best ? own : best;
			low = own < low ? own : low;
			best_libc = libc > best_libc ? libc : best_libc;
			low_libc = libc < low_libc ? libc : low_libc;
		}
		worst = low / best < worst ? low / best : worst;
		low_libc /= best_libc;
		worst_libc = low_libc < worst_libc ? low_libc : worst_libc;
	}
	say("copy of 2 KB to 1 MB at its worst distance, to its best", worst, "x",
	    ">=", 0.65);
	say("  the same with libc", worst_libc, "x", "", 0);
	free(from);
	free(memory);
}

static void
bench_large(size_t n)
{
	struct copied c = {pairs_memory(n), pairs_memory(n), n};
	struct pairs p = {.rounds = 9, .times = 1};
	char what[64];

	pairs_run(&p, copy_weir, copy_libc, &c);
	snprintf(what, sizeof(what), "copy of %zu MB (%.1f GB/s), to libc's speed",
		 n / MB, (double)n / p.own * 1e-9);
	say(what, p.other / p.own, "x", ">=", 1.5);
	free(c.to);
	free((char *)c.from);
}

struct searched {
	const char *text, *needle;
	size_t n, m;
};

static void
search(const void *context)
{
	const struct searched *s = context;

	if (weir_index_of(s->text, s->n, s->needle, s->m, 0) != WEIR_NOT_FOUND)
		abort();
}

static void
bench_search(const char *what, const char *text, const char *needle, size_t m,
	     double wanted)
{
	struct searched s = {text, needle, MB, m};
	struct pairs p = {.rounds = ROUNDS, .times = 4};

	pairs_run(&p, search, NULL, &s);
	say(what, (double)MB / p.own * 1e-9, "GB/s", wanted > 0 ? ">=" : "", wanted);
}

static void
bench_searches(void)
{
	char *text = pairs_memory(MB), *needle = pairs_memory(4096);

	memset(text, 'a', MB);
	memset(needle, 'a', 4096);
	bench_search("search of 1 MB, a byte that is nowhere", text, "b", 1, 10);
	needle[32] = 'b';
	bench_search("search of 1 MB of a, for 32 times a, then b", text, needle, 33, 10);
	needle[32] = 'a';
	needle[2000] = 'b';
	bench_search("search of 1 MB of a, for 4000 times a, b in the middle", text,
		     needle, 4000, 10);
	/* What the filter lets through in each place: nothing but Two-Way is left. */
	for (size_t i = 0; i < MB; i++)
		text[i] = i % 16 == 15 ? 'b' : 'a';
	for (size_t i = 0; i < 33; i++)
		needle[i] = i == 15 ? 'b' : 'a';
	bench_search("search of 1 MB made against the filter", text, needle, 33, 0);
	free(text);
	free(needle);
}

static double
snapshot_seconds(struct weir_cow *block)
{
	double samples[ROUNDS];
	struct weir_snapshot s;

	for (size_t i = 0; i < ROUNDS; i++) {
		uint64_t start = gauge_now();

		if (weir_snapshot_take(&s, block) != 0)
			abort();
		samples[i] = (double)(gauge_now() - start) * 1e-9;
		weir_snapshot_release(&s);
	}
	return pairs_median(samples, ROUNDS);
}

static bool
make_block(struct weir_cow *block, size_t n)
{
	struct weir_snapshot s;
	void *p;

	if (weir_cow_new(block, n) != 0 || (p = weir_cow_write(block)) == NULL)
		return false;
	memset(p, 7, n);
	/* The first one after a change freezes the block. */
	if (weir_snapshot_take(&s, block) != 0)
		return false;
	weir_snapshot_release(&s);
	return true;
}

static void
bench_snapshot(size_t n, double wanted)
{
	struct weir_cow block;
	char what[64], size[24];

	snprintf(what, sizeof(what), "snapshot of %s that has not changed",
		 gauge_size(n, size));
	if (!make_block(&block, n)) {
		printf("%-58s skipped: no memory\n", what);
		return;
	}
	say(what, snapshot_seconds(&block) * 1e6, "us", "<=", wanted);
	weir_cow_free(&block);
}

enum { READS = 1000 };

/* Wherever in the block, a read each; `sum` so that none is left out. */
static void
read_once(const uint8_t *bytes, size_t n, size_t i, volatile uint8_t *sum)
{
	*sum += bytes[(i * 7919 * 64 + i) % n];
}

/* Who shares by copying copies for each read and for the write. */
static double
by_copying(const uint8_t *bytes, size_t n, size_t span, char *warm)
{
	volatile uint8_t sum = 0;
	size_t reads = n > 4 * MB ? READS / 50 : READS;
	double start = pairs_now();

	for (size_t i = 0; i <= reads; i++) {
		char *copy = warm != NULL ? warm : malloc(n);

		libc_copy(copy, bytes, n);
		if (i < reads)
			read_once((uint8_t *)copy, span, i, &sum);
		else
			copy[0] = 1;
		if (warm == NULL)
			free(copy);
	}
	return (pairs_now() - start) * (READS + 1) / (double)(reads + 1);
}

static double
by_snapshot(struct weir_cow *block, size_t span)
{
	volatile uint8_t sum = 0;
	struct weir_snapshot s;
	double start = pairs_now();

	if (weir_snapshot_take(&s, block) != 0)
		abort();
	for (size_t i = 0; i < READS; i++)
		read_once(s.bytes, span, i, &sum);
	s.bytes[0] = 1;
	weir_snapshot_release(&s);
	return (pairs_now() - start);
}

static void
bench_sharing(size_t n, size_t span)
{
	double own[ROUNDS], fresh[3], warm[3];
	char *memory = pairs_memory(n), what[96], size[24], part[24];
	struct weir_cow block;

	if (!make_block(&block, n))
		abort();
	for (int i = 0; i < 3; i++) {
		fresh[i] = by_copying(block.bytes, n, span, NULL);
		warm[i] = by_copying(block.bytes, n, span, memory);
	}
	for (int i = 0; i < ROUNDS; i++)
		own[i] = by_snapshot(&block, span);
	double seconds = pairs_median(own, ROUNDS);
	gauge_size(n, size);
	gauge_size(span, part);
	snprintf(what, sizeof(what),
		 "snapshot of %s, 1000 reads in %s, 1 write; to copies", size, part);
	say(what, pairs_median(fresh, 3) / seconds, "x", ">=", 1000);
	snprintf(what, sizeof(what), "  the same with copies into one warm block");
	say(what, pairs_median(warm, 3) / seconds, "x", "", 0);
	weir_cow_free(&block);
	free(memory);
}

int
main(void)
{
	printf("%s, %s\n", weir_isa(), __VERSION__);
	bench_fixed();
	bench_alias();
	bench_large(64 * MB);
	bench_large(256 * MB);
	bench_searches();
	bytes_views(KB);
	bytes_views(20 * MB);
	bytes_safe(20 * MB);
	bench_snapshot(20 * MB, 20);
	bench_snapshot(GB, 40);
	bench_sharing(MB, MB);
	bench_sharing(20 * MB, MB);
	bench_sharing(20 * MB, 20 * MB);
	return 0;
}
