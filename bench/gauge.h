/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clock, samples and output of the C benchmarks. Uses mmap for its own memory, so that the
 * allocator under test sees only what the benchmark asks of it.
 */
#ifndef BENCH_GAUGE_H
#define BENCH_GAUGE_H

#include <stddef.h>
#include <stdint.h>

#define KB ((size_t)1 << 10)
#define MB ((size_t)1 << 20)
#define GB ((size_t)1 << 30)

/* Keeps the compiler from knowing what a pointer is, and from leaving its allocation out. */
#define GAUGE_OPAQUE(p) __asm__ volatile("" : "+r"(p) : : "memory")

struct gauge_samples {
	uint64_t *ns;
	size_t n;
	size_t room;
};

/* One line of output; a negative member is left out. */
struct gauge_row {
	const char *program;
	char which[64];
	double value;
	const char *unit;
	double low; /* what a tenth of the samples do not exceed: the machine at its quietest */
	double p99, max; /* in the same unit */
	double rss_mb, peak_mb;
	double kept_mb; /* free but not given back, by the allocator's own account */
	long maps;
	double count; /* of samples */
};

#define GAUGE_ROW(program_, unit_)                                                       \
	{                                                                                \
		.program = (program_), .value = -1, .unit = (unit_), .low = -1,          \
		.p99 = -1, .max = -1, .rss_mb = -1, .peak_mb = -1, .kept_mb = -1,        \
		.maps = -1, .count = -1                                                  \
	}

uint64_t gauge_now(void);
/* Processor time of the whole process, ns. */
double gauge_processor_ns(void);

/* Exits with a message if there is no memory. */
void gauge_samples_new(struct gauge_samples *samples, size_t room);
void gauge_samples_release(struct gauge_samples *samples);
void gauge_add(struct gauge_samples *samples, uint64_t ns);
/* Sorts the samples and sets value, low, p99, max and count, each ns divided by `per`. */
void gauge_spread(struct gauge_row *row, struct gauge_samples *samples, double per);

/* Of /proc/self/status in MB: "VmRSS" or "VmHWM". */
double gauge_status_mb(const char *field);
/* Starts VmHWM anew. */
void gauge_reset_peak(void);
long gauge_count_maps(void);

void gauge_which(struct gauge_row *row, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void gauge_print(const struct gauge_row *row);
void gauge_skip(const char *program, const char *which, const char *reason);

/* "64", "256K", "5M", "1G" */
const char *gauge_size(size_t bytes, char text[24]);

/* The same sequence in every run: xorshift64. */
static inline uint64_t
gauge_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif
