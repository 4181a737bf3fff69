/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When small blocks are sampled, of which weir sees nothing else: while what it does not serve grows, and
 * no longer. What it was when it last was flat is its level; what goes up and down below that, as a
 * garbage collected heap does, is flat. Called at looks at the process's size. Pure.
 */
#ifndef POLICY_SAMPLING_H
#define POLICY_SAMPLING_H

#include <stdbool.h>
#include <stdint.h>

/* A byte of so many is chosen (trace_sample=auto), and as a value of the option: by itself. */
#define WEIR_SAMPLE_USUAL ((uint64_t)512 << 10)
#define WEIR_SAMPLE_AUTO  UINT64_MAX

/* All zero at first. */
struct weir_sampling {
	bool on;
	int64_t level_ns;     /* until when it was at its level; 0: no look yet */
	uint64_t level_bytes; /* the most that it was while it was flat */
	int64_t high_ns;      /* while on: when it last rose */
	uint64_t high_bytes;
	int64_t lately_ns;     /* since when */
	uint64_t lately_bytes; /* this was the most */
	uint64_t grown_bytes;  /* by so much it was larger when sampling began */
};

/* `bytes`: what is resident and not weir's. True: that has switched sampling on or off. */
bool weir_sampling_look(struct weir_sampling *s, int64_t now_ns, uint64_t bytes);

#endif
