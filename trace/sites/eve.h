/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each site held when blocks were freed last and hardly any came again. A runtime that ends frees all it
 * has, and how long after the last write that begins nobody knows: so the state before is kept as it was, to the
 * byte, by the first change of each site. Its upkeep is O(1) for each block; no lock of its own.
 */
#ifndef TRACE_EVE_H
#define TRACE_EVE_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/ground/ledger.h"

/* Of a site, whose lock is held: so many bytes are about to go, at CLOCK_MONOTONIC_COARSE, or to come. */
void eve_goes(struct ledger_site *s, uint64_t now_ns, uint64_t bytes);
void eve_comes(struct ledger_site *s, uint64_t now_ns, uint64_t bytes);

struct eve {
	uint64_t began_ns;
	uint64_t more_bytes, more_count; /* than now, over all sites */
};

/* Whether what went since the last fall began is all but everything: the process has taken itself down. */
bool eve_of_end(uint64_t now_ns, struct eve *e);

/* The fields of a site on that eve; NULL: it is as it was. */
const uint64_t *eve_fields(const struct ledger_site *s);

void eve_forget(void);

#endif
