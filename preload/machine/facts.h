/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the shim reads of its machine and process. What needs a file descriptor again and again is
 * called on the background thread, which has a descriptor table of its own (own_files.h), so
 * that the host's "lowest free descriptor" does not jump.
 */
#ifndef PRELOAD_FACTS_H
#define PRELOAD_FACTS_H

#include <stdbool.h>
#include <stdint.h>

/* vm.overcommit_memory = 2: the kernel counts every writable page as promised. Asked at start. */
bool facts_strict_commit(void);

/* vm.max_map_count: how many mappings a process may have. 0 if it cannot be read. */
uint64_t facts_mappings_max(void);

/* A system call filter is installed, for this thread or the first one. */
bool facts_is_filtered(void);

struct facts_memory {
	/* The control group's, see group.h. */
	uint64_t limit_bytes, charged_bytes, droppable_bytes;
	uint64_t rss_bytes;  /* a tenth of a second old at most */
	uint64_t anon_bytes; /* of it, neither of files nor shared memory */
	bool fresh;	     /* both were read just now */
	/* Under strict commit accounting, what the machine may promise and has promised; else 0. */
	uint64_t promise_limit_bytes, promised_bytes;
};

/* rss_bytes and anon_bytes of this moment, and nothing else. */
void facts_size(struct facts_memory *m);

/* May be called often: see group.h. */
void facts_memory(struct facts_memory *m);
void facts_memory_now(struct facts_memory *m); /* whatever was read before */

/* What the machine could still give to somebody without swapping; 0 if that cannot be read. */
uint64_t facts_available(void);

/* Field 22 of /proc/self/stat; 0 if it cannot be read. */
uint64_t facts_start_ticks(void);

/* So much at most has become resident since the process began: of a forked child, what is not its parent's. */
uint64_t facts_touched(void);

/* Highest resident size so far; needs no descriptor. */
uint64_t facts_rss_peak(void);

void facts_after_fork(void);

#endif
