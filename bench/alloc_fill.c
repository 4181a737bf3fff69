/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One block after the other: got, used, freed. Wholly used, where recycled pages win; 5 % used,
 * where fresh ones do; and one that grows.
 */
#include <stdlib.h>
#include <string.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"

static const size_t sizes[] = {MB,     5 * MB,	7 * MB,	 8 * MB,
			       9 * MB, 20 * MB, 33 * MB, 100 * MB};

/* Times rounds of `once` at each size; the number of rounds makes 2 GB in all. */
static void
loop(const char *name, const size_t *bytes, size_t n_sizes,
     void (*once)(size_t bytes, size_t round), double scale)
{
	for (size_t i = 0; i < n_sizes; i++) {
		struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "us");
		size_t n = alloc_rounds((double)(2 * GB) / (double)bytes[i], scale);
		struct gauge_samples samples;
		char text[24];

		gauge_samples_new(&samples, n);
		gauge_reset_peak();
		for (size_t round = 0; round < n; round++) {
			uint64_t start = gauge_now();

			once(bytes[i], round);
			gauge_add(&samples, gauge_now() - start);
		}
		gauge_spread(&row, &samples, 1e3);
		row.peak_mb = gauge_status_mb("VmHWM:");
		gauge_which(&row, "%s.%s", name, gauge_size(bytes[i], text));
		gauge_print(&row);
		gauge_samples_release(&samples);
	}
}

static void
fill_and_free(void *p, size_t bytes, size_t round)
{
	GAUGE_OPAQUE(p);
	memset(p, (int)round, bytes);
	GAUGE_OPAQUE(p);
	free(p);
}

static void
fill_zeroed(size_t bytes, size_t round)
{
	fill_and_free(alloc_zeroed(bytes), bytes, round);
}

static void
fill_some(size_t bytes, size_t round)
{
	fill_and_free(alloc_some(bytes), bytes, round);
}

void
alloc_calloc_loop(double scale)
{
	loop("calloc_loop", sizes, sizeof(sizes) / sizeof(sizes[0]), fill_zeroed, scale);
}

void
alloc_malloc_loop(double scale)
{
	loop("malloc_loop", sizes, sizeof(sizes) / sizeof(sizes[0]), fill_some, scale);
}

/* Looks for a cliff: what a megabyte costs shall not depend on the size of its block. */
void
alloc_sweep(double scale)
{
	static const unsigned char mbs[] = {4,	5,  6,	7,  8,	9,  10, 11,
					    12, 14, 16, 18, 20, 24, 28, 31,
					    32, 33, 36, 40, 48, 64, 80, 100};

	for (size_t i = 0; i < sizeof(mbs); i++) {
		struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "us/MB");
		size_t n =
			alloc_rounds((double)(512 * MB) / (double)(mbs[i] * MB), scale);
		struct gauge_samples samples;

		gauge_samples_new(&samples, n);
		for (size_t round = 0; round <= n; round++) {
			uint64_t start = gauge_now();
			void *p = alloc_zeroed(mbs[i] * MB);

			memset(p, (int)round, mbs[i] * MB);
			GAUGE_OPAQUE(p);
			free(p);
			if (round > 0) /* not what comes once */
				gauge_add(&samples, gauge_now() - start);
		}
		gauge_spread(&row, &samples, 1e3 * mbs[i]);
		gauge_which(&row, "sweep.%uM", mbs[i]);
		gauge_print(&row);
		gauge_samples_release(&samples);
	}
}

/* Sixteen alive at a time, as a garbage collector leaves them. */
void
alloc_sparse(double scale)
{
	static const size_t sparse_sizes[] = {MB, 2 * MB, 4 * MB, 8 * MB, 16 * MB};

	for (size_t i = 0; i < sizeof(sparse_sizes) / sizeof(sparse_sizes[0]); i++) {
		struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "us");
		size_t size = sparse_sizes[i];
		size_t n = alloc_rounds((double)(8 * GB) / (double)size, scale);
		struct gauge_samples samples;
		void *live[16] = {NULL};
		char text[24];

		gauge_samples_new(&samples, n);
		gauge_reset_peak();
		for (size_t round = 0; round < n; round++) {
			void **slot = &live[round % 16];
			uint64_t start = gauge_now();

			free(*slot);
			*slot = alloc_zeroed(size);
			memset(*slot, 1, size / 20);
			gauge_add(&samples, gauge_now() - start);
		}
		gauge_spread(&row, &samples, 1e3);
		row.rss_mb = gauge_status_mb("VmRSS:");
		row.peak_mb = gauge_status_mb("VmHWM:");
		for (size_t k = 0; k < 16; k++)
			free(live[k]);
		gauge_which(&row, "sparse.%s", gauge_size(size, text));
		gauge_print(&row);
		gauge_samples_release(&samples);
	}
}

/* From 64 KB to `to` by an eighth at a time, what is new filled: a collector of chunks. */
static void
grow(size_t to, size_t round)
{
	size_t size = 64 * KB;
	char *p = alloc_some(size);

	(void)round;
	memset(p, 1, size);
	while (size < to) {
		size_t more = size / 8;
		char *moved = realloc(p, size + more);

		if (moved == NULL)
			abort();
		p = moved;
		GAUGE_OPAQUE(p);
		memset(p + size, 1, more);
		size += more;
	}
	free(p);
}

void
alloc_growing(double scale)
{
	static const size_t ends[] = {MB, 10 * MB, 100 * MB};

	loop("growing", ends, sizeof(ends) / sizeof(ends[0]), grow, scale);
}

/* A block that nothing stands behind grows by half, once: glibc extends it at its top. */
void
alloc_half_more(double scale)
{
	struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "us");
	size_t n = alloc_rounds(1500, scale);
	struct gauge_samples samples;
	uint64_t state = 1;

	gauge_samples_new(&samples, n);
	for (size_t i = 0; i < n; i++) {
		size_t size = 130000 + gauge_random(&state) % 3000000;
		uint64_t start = gauge_now();
		char *p = alloc_some(size);

		memset(p, 1, size);
		char *more = realloc(p, size + size / 2);
		if (more == NULL)
			abort();
		for (size_t at = 0; at < size; at += 4096)
			*(volatile char *)(more + at) += 1;
		free(more);
		gauge_add(&samples, gauge_now() - start);
	}
	gauge_spread(&row, &samples, 1e3);
	gauge_which(&row, "half_more");
	gauge_print(&row);
	gauge_samples_release(&samples);
}
