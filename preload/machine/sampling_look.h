/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether small blocks are sampled (the option trace_sample), and what the sampler has to do for it: it is
 * told by a function that it has given. Changes under the timer's work lock, but where it is said otherwise.
 */
#ifndef PRELOAD_SAMPLING_LOOK_H
#define PRELOAD_SAMPLING_LOOK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Small requests are samples, or lead to looks; frees are compared with the samples. */
enum sampling_mode { SAMPLING_COUNTS = 1, SAMPLING_LOOKS = 2, SAMPLING_FREES = 4 };

/* From the constructor; without it nothing is ever sampled. `be`: these modes on, those off; from any thread. */
typedef void sampling_be(unsigned on, unsigned off);
void sampling_init(sampling_be *be);

/* Whether samples are taken now, and how many bytes apart. Any time. */
extern _Atomic bool sampling_on __attribute__((visibility("hidden")));

static inline bool
sampling_now(void)
{
	return atomic_load_explicit(&sampling_on, memory_order_relaxed);
}

uint64_t sampling_mean(void);

/* There is a background thread that looks, or none any more: then small requests do. Any time. */
void sampling_clocked(bool clocked);

/* So much is resident, of which weir has so much. */
void sampling_look(int64_t now_ns, uint64_t rss_bytes, uint64_t own_bytes);

/* For the sidecar. */
struct sampling_facts {
	int64_t on_ns,
		off_ns; /* when it last began and ended, 0: never; CLOCK_MONOTONIC */
	uint64_t grown_bytes; /* what made it begin */
	uint64_t starts;
	uint64_t mode; /* 0: never, 1: while something grows, 2: always */
};
struct sampling_facts sampling_facts(void);

/* Nothing is sampled from now on, until sampling_init is called again. */
void sampling_halt(void);

void sampling_after_fork(void);

#endif
