/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of 10 MB to 8 GB that nobody touches: each shall cost the same small time, whether
 * by malloc or by calloc, also in a process that has been busy before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"

#define SAMPLES	  200
#define BUDGET_NS 1000000000 /* who touches all of it need not do so 200 times */

static const size_t sizes[] = {10 * MB, 100 * MB, GB, 2 * GB, 4 * GB, 8 * GB};

static void
measure(const char *name, const char *kind, void *(*get)(size_t bytes), size_t size,
	double scale)
{
	struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "us");
	struct gauge_samples samples;
	size_t n = alloc_rounds(SAMPLES, scale);
	uint64_t begin = gauge_now();
	char text[24];

	gauge_samples_new(&samples, SAMPLES);
	while (samples.n < n && gauge_now() - begin < BUDGET_NS) {
		uint64_t start = gauge_now();
		void *p = get(size);

		gauge_add(&samples, gauge_now() - start);
		GAUGE_OPAQUE(p);
		free(p);
	}
	gauge_spread(&row, &samples, 1e3);
	row.rss_mb = gauge_status_mb("VmRSS:");
	gauge_which(&row, "%s.%s.%s", name, kind, gauge_size(size, text));
	gauge_print(&row);
	gauge_samples_release(&samples);
}

/* Gets more memory than a small machine has only from those who leave it untouched. */
static size_t
largest(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	size_t kb = 0;

	while (f != NULL && kb == 0 && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "MemAvailable: %zu kB", &kb) != 1)
			kb = 0;
	}
	if (f != NULL)
		fclose(f);
	return kb * KB / 2;
}

static void
measure_all(const char *name, double scale)
{
	size_t limit = largest();

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		measure(name, "malloc", alloc_some, sizes[i], scale);
		if (sizes[i] <= limit)
			measure(name, "calloc", alloc_zeroed, sizes[i], scale);
	}
}

/* Large blocks come and go, filled: what moves glibc's threshold and fills every cache. */
static void
churn(void)
{
	void *live[16] = {NULL};
	uint64_t state = 7;

	for (size_t i = 0; i < 200; i++) {
		size_t at = gauge_random(&state) % 16;
		size_t size = 5 * MB + gauge_random(&state) % (15 * MB);

		free(live[at]);
		live[at] = alloc_some(size);
		memset(live[at], 1, size);
	}
	for (size_t i = 0; i < 16; i++)
		free(live[i]);
}

void
alloc_lazy(double scale)
{
	measure_all("lazy", scale);
}

void
alloc_lazy_churned(double scale)
{
	churn();
	measure_all("lazy_churned", scale);
}
