/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kind of memory stands behind a block: huge pages, pages that are there before they are
 * touched, pages of certain NUMA nodes. Pure: the machine's nodes are an argument. The options
 * huge and numa are read and written here too.
 */
#ifndef POLICY_BACKING_H
#define POLICY_BACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/emit.h"
#include "policy/token.h"

enum weir_huge { WEIR_HUGE_NEVER, WEIR_HUGE_AUTO, WEIR_HUGE_ALWAYS };

/* With huge=auto, blocks from this size on are advised to be huge, in whole units of 2 MB. */
#define WEIR_HUGE_AUTO_BYTES (32ull << 20)

enum weir_numa_mode {
	WEIR_NUMA_OFF,
	WEIR_NUMA_LOCAL,
	WEIR_NUMA_INTERLEAVE,
	WEIR_NUMA_BIND
};

#define WEIR_NUMA_NODES 64

struct weir_numa {
	enum weir_numa_mode mode;
	uint64_t nodes; /* bit i: node i; for BIND */
};

/* "never", "auto", "always"; "off", "local", "interleave", "bind:0:2". 0 or -EINVAL. */
int weir_huge_parse(enum weir_huge *value, struct token s);
int weir_numa_parse(struct weir_numa *value, struct token s);
void weir_huge_print(enum weir_huge value, struct emit *out);
void weir_numa_print(const struct weir_numa *value, struct emit *out);

/* Blocks of so many bytes and more are to be huge; 0: everything; UINT64_MAX: nothing. */
uint64_t weir_huge_from(enum weir_huge huge);

enum weir_numa_verdict {
	WEIR_NUMA_USE, /* *use says what */
	WEIR_NUMA_NOT_ASKED,
	WEIR_NUMA_ONE_NODE, /* nothing to choose from: inert */
	WEIR_NUMA_NO_NODE,  /* none of the nodes to bind to may be used: inert */
};

/* `allowed`: the nodes this process may have memory from. */
enum weir_numa_verdict weir_numa_decide(const struct weir_numa *asked, uint64_t allowed,
					struct weir_numa *use);

#endif
