/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a filter of system calls (seccomp, a program of classic BPF) does to a call, found without running
 * it: all of the program's paths are followed for what is known of the call. Called by preload/entries/filter.c before
 * the host installs one.
 */
#ifndef POLICY_CALL_FILTER_H
#define POLICY_CALL_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As the kernel's struct sock_filter. */
struct weir_filter_step {
	uint16_t code;
	uint8_t jump_true, jump_false;
	uint32_t k;
};
#define WEIR_FILTER_MOST 4096 /* steps of a program, as the kernel has it */

/* The kernel's struct seccomp_data by words of 32 bits. Bit i of `known`: word i is that; else it may be anything. */
#define WEIR_FILTER_WORDS 16
struct weir_filter_call {
	uint32_t word[WEIR_FILTER_WORDS];
	uint32_t known;
};
#define WEIR_FILTER_NUMBER  0
#define WEIR_FILTER_MACHINE 1
#define WEIR_FILTER_LOW(argument)                                                        \
	(4 + 2 * (argument)) /* where the low half comes first */

/* What is known when a step is reached. The caller gives the room, one for each step. */
struct weir_filter_state {
	uint32_t a, x;
	bool reached, a_known, x_known;
};

/*
 * True: whatever is not known of the call, it is made, or fails with an errno. False: it may be more than that (the
 * end of the process, a signal, a tracer, a success that was none), or it cannot be told.
 */
bool weir_filter_spares(const struct weir_filter_step *program, size_t n,
			const struct weir_filter_call *call,
			struct weir_filter_state state[WEIR_FILTER_MOST]);

#endif
