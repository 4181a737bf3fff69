/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much is kept where nobody gives anything back while the host idles: little, as it may be kept for
 * ever, and more once it is seen that the host needs in one burst what was given back after the one before.
 * Pure: time and what was given and needed are arguments. Kept by whoever asks for memory.
 */
#ifndef POLICY_BURSTS_H
#define POLICY_BURSTS_H

#include <stdint.h>

/* Half of what the C library itself keeps at most. */
#define WEIR_KEEP_INLINE (32ull << 20)

/* All zero at first. */
struct weir_bursts {
	uint64_t
		more_bytes; /* kept beyond WEIR_KEEP_INLINE: what bursts were seen to need */
	uint64_t
		given_bytes; /* that the bound made go, and that nobody has needed since */
	int64_t given_ns;    /* when the last of them went */
	int64_t asked_ns;    /* the last request */
};

/*
 * With each request: since the one before, so many bytes of new pages were lent. Those that the bound had made go
 * within twice the decay time raise it: a clock would have kept them for as long. A longer pause is a rest,
 * after which all that was learned is forgotten.
 */
void weir_bursts_asked(struct weir_bursts *b, int64_t now_ns, uint64_t fresh_bytes,
		       uint64_t decay_ms);

/* The bound made so many bytes go. */
void weir_bursts_gave(struct weir_bursts *b, int64_t now_ns, uint64_t bytes);

/* The bound. */
uint64_t weir_bursts_keep(const struct weir_bursts *b, uint64_t decay_ms);

/*
 * So much of it nobody else can have. The rest is offered to the kernel, which costs more at its next use,
 * but less than to give it back. However many such hosts there are, each leaves most of what it finds.
 */
uint64_t weir_bursts_firm(uint64_t available_bytes);

/*
 * A fork copies the tables of all that is kept, and takes most of its worth. So only so much is kept then as the
 * host has asked for since it forked last.
 */
uint64_t weir_bursts_fork(uint64_t asked_bytes);

#endif
