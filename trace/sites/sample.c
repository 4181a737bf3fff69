/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic needs no library of mathematics, which the shim must not load. The table of live
 * samples is open-addressed; in front of it a count for each of many hashes says at once that
 * a pointer is none.
 */
#include "trace/sites/sample.h"

#include <errno.h>
#include <string.h>

#include "pool/lock.h"
#include "pool/pages.h"
#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/sites/sites.h"

#define SLOTS	   65536u
#define MOST	   (SLOTS / 4 * 3)
#define FILTER_MAX 255 /* a count that has got there stays */
#define LN2	   0.69314718055994530942

static struct sample {
	const void *p;
	uint64_t bytes;
	uint32_t count, row;
	struct weir_birth birth;
	bool unsaid; /* freed, since nothing is sampled any more */
} * samples;
static _Atomic uint32_t n_samples, n_unsaid;
static bool halted;
static uint64_t mean_bytes;
static uint64_t census[WEIR_STATS_SMALL_ROWS][WEIR_N_SMALL_FIELDS];
static _Atomic uint64_t events, all_bytes;
static struct weir_lock lock;
_Atomic uint8_t *_Atomic weir_sample_filter;
_Thread_local uint32_t weir_sample_left;

/* ln of a number of (0, 1]. */
static double
logarithm(double x)
{
	int halvings = 0;

	for (; x < 0.5; halvings++)
		x *= 2;
	double z = (x - 1) / (x + 1), power = z, sum = 0;
	for (int k = 1; k < 28; k += 2, power *= z * z)
		sum += power / k;
	return 2 * sum - halvings * LN2;
}

/* 1 - e^-x for x >= 0. */
static double
chance(double x)
{
	double term = 1, sum = 0;
	int halvings = 0;

	if (x > 40)
		return 1;
	for (; x > 0.5; halvings++)
		x /= 2;
	for (int k = 1; k < 16; k++) {
		term *= -x / k;
		sum -= term;
	}
	/* 1 - e^-2x = (1 - e^-x)(2 - (1 - e^-x)) */
	for (; halvings > 0; halvings--)
		sum *= 2 - sum;
	return sum;
}

uint64_t
weir_sample_distance(uint64_t mean, uint64_t random)
{
	double u = (double)((random >> 11) + 1) / 9007199254740992.0;
	double distance = -logarithm(u) * (double)mean;

	return distance < 1e18 ? 1 + (uint64_t)distance : (uint64_t)1e18;
}

struct weir_sample_weight
weir_sample_weight(uint64_t mean, uint64_t bytes)
{
	double p = bytes != 0 ? chance((double)bytes / (double)mean) : 1;
	double count = 1 / p + 0.5;

	return (struct weir_sample_weight){
		.bytes = (uint64_t)((double)bytes / p + 0.5),
		.count = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX,
	};
}

uint64_t
weir_sample_mean(void)
{
	return mean_bytes;
}

/* Steps of 16 bytes up to 256, then eight a doubling up to 128 KB, then one row. */
static uint32_t
row_of(uint64_t bytes)
{
	if (bytes <= 256)
		return bytes == 0 ? 0 : (uint32_t)(bytes - 1) / 16;
	if (bytes > (128 << 10))
		return WEIR_STATS_SMALL_ROWS - 1;
	uint32_t log = 63 - (uint32_t)__builtin_clzll(bytes - 1);

	return 16 + (log - 8) * 8 + (uint32_t)((bytes - 1) >> (log - 3) & 7);
}

static uint64_t
most_of(uint32_t row)
{
	uint32_t step = row - 16;

	if (row < 16)
		return (row + 1) * UINT64_C(16);
	if (row == WEIR_STATS_SMALL_ROWS - 1)
		return UINT64_MAX;
	return (UINT64_C(9) + step % 8) << (step / 8 + 5);
}

static uint32_t
home_of(const void *p)
{
	return (uint32_t)ledger_mix(0, (uintptr_t)p) & (SLOTS - 1);
}

/* The slot of p, or the free one where it would go. */
static uint32_t
find(const void *p)
{
	uint32_t i = home_of(p);

	while (samples[i].p != NULL && samples[i].p != p)
		i = (i + 1) & (SLOTS - 1);
	return i;
}

/* Frees a slot and moves those up that had to go past it. */
static void
clear(uint32_t hole)
{
	for (uint32_t i = (hole + 1) & (SLOTS - 1); samples[i].p != NULL;
	     i = (i + 1) & (SLOTS - 1)) {
		uint32_t home = home_of(samples[i].p);

		if (((i - home) & (SLOTS - 1)) < ((i - hole) & (SLOTS - 1)))
			continue;
		samples[hole] = samples[i];
		hole = i;
	}
	samples[hole].p = NULL;
	n_samples--;
}

/* The lock is held; others only read. */
static void
note(const void *p, int change)
{
	_Atomic uint8_t *count = &weir_sample_filter[weir_sample_slot(p)];
	uint8_t n = atomic_load_explicit(count, memory_order_relaxed);

	if (n < FILTER_MAX)
		atomic_store_explicit(count, (uint8_t)(n + change), memory_order_relaxed);
}

static void
live(const struct sample *s, int sign)
{
	uint64_t *c = census[s->row];

	c[WEIR_M_live] += sign * (int64_t)s->count;
	c[WEIR_M_live_bytes] += sign * (int64_t)s->bytes;
	c[WEIR_M_live_samples] += sign;
}

static void
gone(const struct sample *s)
{
	weir_trace_gone(&s->birth, s->bytes, s->count);
	live(s, -1);
	census[s->row][WEIR_M_frees] += s->count;
}

/* What was freed meanwhile. A slot that is cleared may get one that was behind it. */
static void
resume(void)
{
	weir_lock(&lock);
	halted = false;
	for (uint32_t i = 0; n_unsaid > 0 && i < SLOTS; i++)
		while (samples[i].p != NULL && samples[i].unsaid) {
			n_unsaid--;
			gone(&samples[i]);
			clear(i);
		}
	weir_unlock(&lock);
}

int
weir_sample_start(uint64_t bytes)
{
	if (mean_bytes != 0) {
		resume();
		return 0;
	}
	samples = weir_pages_system.meta(SLOTS * sizeof(*samples));
	_Atomic uint8_t *filter =
		weir_pages_system.meta((size_t)1 << WEIR_SAMPLE_FILTER_BITS);

	if (samples == NULL || filter == NULL)
		return -ENOMEM;
	/* Last, for who finds a filter takes samples: the table and the mean are there then. */
	mean_bytes = bytes;
	atomic_store_explicit(&weir_sample_filter, filter, memory_order_release);
	return 0;
}

void
weir_sample_halt(void)
{
	weir_lock(&lock);
	halted = true;
	weir_unlock(&lock);
}

void
weir_sample_born(const void *p, uint32_t site, uint64_t bytes)
{
	if (weir_sample_filter == NULL)
		return;
	struct weir_sample_weight weight = weir_sample_weight(mean_bytes, bytes);
	uint32_t row = row_of(bytes);

	atomic_fetch_add_explicit(&events, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&all_bytes, weight.bytes, memory_order_relaxed);
	weir_lock(&lock);
	if (n_samples < MOST) {
		struct sample *s = &samples[find(p)];

		if (s->p == NULL || s->unsaid)
			note(p, 1);
		if (s->p != NULL) { /* freed, or behind our back */
			n_unsaid -= s->unsaid;
			gone(s);
		} else {
			n_samples++;
		}
		*s = (struct sample){
			.p = p,
			.bytes = weight.bytes,
			.count = weight.count,
			.row = row,
			.birth = weir_trace_born(site, weight.bytes, weight.count),
		};
		census[row][WEIR_M_allocs] += weight.count;
		live(s, 1);
	} else {
		intern_drop(WEIR_DROP_samples);
	}
	weir_unlock(&lock);
}

void
weir_sample_gone(const void *p)
{
	weir_lock(&lock);
	uint32_t i = find(p);
	const struct sample s = samples[i];
	if (s.p != NULL && !s.unsaid) {
		if (halted) {
			samples[i].unsaid = true;
			n_unsaid++;
		} else {
			gone(&s);
			clear(i);
		}
		note(p, -1);
		atomic_fetch_add_explicit(&events, 1, memory_order_relaxed);
	}
	weir_unlock(&lock);
}

void
weir_sample_forget(void)
{
	if (weir_sample_filter == NULL)
		return;
	weir_lock(&lock);
	for (uint32_t i = 0; n_samples > 0 && i < SLOTS; i++)
		if (samples[i].p != NULL) {
			gone(&samples[i]);
			samples[i] = (struct sample){0};
			n_samples--;
		}
	n_unsaid = 0;
	/* Pages that nobody has written to stay without memory. */
	for (size_t i = 0; i < (size_t)1 << WEIR_SAMPLE_FILTER_BITS; i++)
		if (weir_sample_filter[i] != 0)
			weir_sample_filter[i] = 0;
	weir_unlock(&lock);
}

bool
weir_sample_none(void)
{
	return n_samples == n_unsaid;
}

void
weir_sample_census(uint64_t rows[WEIR_STATS_SMALL_ROWS][WEIR_N_SMALL_FIELDS])
{
	weir_lock(&lock);
	memcpy(rows, census, sizeof(census));
	weir_unlock(&lock);
	for (uint32_t i = 0; i < WEIR_STATS_SMALL_ROWS; i++)
		rows[i][WEIR_M_most_bytes] = most_of(i);
}

struct weir_sample_use
weir_sample_use(void)
{
	return (struct weir_sample_use){
		atomic_load_explicit(&events, memory_order_relaxed),
		atomic_load_explicit(&all_bytes, memory_order_relaxed)};
}

void
weir_sample_freeze(void)
{
	weir_lock(&lock);
}

void
weir_sample_thaw(void)
{
	weir_unlock(&lock);
}

void
weir_sample_after_fork(void)
{
	weir_lock_reset(&lock);
	events = all_bytes = 0;
	for (uint32_t i = 0; i < WEIR_STATS_SMALL_ROWS; i++)
		census[i][WEIR_M_allocs] = census[i][WEIR_M_frees] = 0;
}
