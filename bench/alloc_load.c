/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads over time: how long the slowest single call takes, what a burst costs when the one
 * before it was given back, and what is left while nothing happens.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"
#include "bench/own_figures.h"

#define LIVE 32

static size_t
mixed_size(uint64_t *state)
{
	uint64_t r = gauge_random(state);

	/* Each doubling from 256 KB to 16 MB as likely as the others. */
	return ((256 * KB) << r % 6) + (r >> 8) % ((256 * KB) << r % 6);
}

/* The calls alone; what the program does with the memory is not in the times. */
void
alloc_each(double scale)
{
	struct gauge_row got = GAUGE_ROW(ALLOC_PROGRAM, "us");
	struct gauge_row freed = GAUGE_ROW(ALLOC_PROGRAM, "us");
	struct gauge_row whole = GAUGE_ROW(ALLOC_PROGRAM, "ms");
	size_t n = alloc_rounds(4000, scale);
	struct gauge_samples gets, frees, all;
	void *live[LIVE] = {NULL};
	uint64_t state = 11;

	gauge_samples_new(&gets, n);
	gauge_samples_new(&frees, n);
	gauge_samples_new(&all, 1);
	gauge_reset_peak();
	uint64_t begin = gauge_now();
	for (size_t i = 0; i < n; i++) {
		void **slot = &live[gauge_random(&state) % LIVE];
		size_t size = mixed_size(&state);
		uint64_t start = gauge_now();

		free(*slot);
		uint64_t middle = gauge_now();

		*slot = alloc_some(size);
		gauge_add(&gets, gauge_now() - middle);
		gauge_add(&frees, middle - start);
		memset(*slot, 1, size);
	}
	gauge_add(&all, gauge_now() - begin);
	gauge_spread(&got, &gets, 1e3);
	gauge_spread(&freed, &frees, 1e3);
	gauge_spread(&whole, &all, 1e6);
	whole.p99 = whole.max = whole.count = -1;
	whole.peak_mb = gauge_status_mb("VmHWM:");
	whole.maps = gauge_count_maps();
	gauge_which(&got, "each.malloc");
	gauge_which(&freed, "each.free");
	gauge_which(&whole, "each.with_fill");
	gauge_print(&got);
	gauge_print(&freed);
	gauge_print(&whole);
	for (size_t i = 0; i < LIVE; i++)
		free(live[i]);
}

static double
cpu_ms(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e3 +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e3;
}

static void
burst(size_t blocks)
{
	const size_t size = 5 * MB;
	void *live[200];

	for (size_t i = 0; i < blocks; i++) {
		live[i] = alloc_some(size);
		memset(live[i], 1, size);
	}
	for (size_t i = 0; i < blocks; i++)
		free(live[i]);
}

/* Three bursts with rests that let memory decay, then 5 s of nothing. */
void
alloc_burst(double scale)
{
	size_t blocks = alloc_rounds(200, scale > 1 ? 1 : scale);
	unsigned int rest_us = scale < 1 ? 300000 : 3000000;

	for (int i = 1; i <= 3; i++) {
		struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "ms");
		uint64_t start = gauge_now();

		burst(blocks);
		row.value = (double)(gauge_now() - start) / 1e6;
		row.rss_mb = gauge_status_mb("VmRSS:");
		gauge_which(&row, "burst.%d", i);
		gauge_print(&row);
		usleep(rest_us);
	}

	struct gauge_row left = GAUGE_ROW(ALLOC_PROGRAM, "MB");
	struct gauge_row cpu = GAUGE_ROW(ALLOC_PROGRAM, "% cpu");
	double before = cpu_ms();
	uint64_t start = gauge_now();

	usleep(rest_us / 3 * 5);
	cpu.value = (cpu_ms() - before) * 1e8 / (double)(gauge_now() - start);
	left.value = gauge_status_mb("VmRSS:");
	left.kept_mb = own_kept_mb();
	left.maps = gauge_count_maps();
	gauge_which(&left, "burst.left");
	gauge_which(&cpu, "burst.idle_cpu");
	gauge_print(&left);
	gauge_print(&cpu);
}
