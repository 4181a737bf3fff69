/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the taking of a stack took, as a histogram (weir/trace.h, struct weir_trace_cost): `weir
 * stat` shows its median. Fixed memory, no lock; called for each stack that is timed.
 */
#ifndef TRACE_COST_H
#define TRACE_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/sites/publish.h"
#include "weir/trace.h"

/* `weight` stacks took `ns` each; `known`: seen before, so that nothing had to be decoded. */
void cost_count(bool known, uint64_t ns, uint32_t weight);

/* As it is now, WEIR_TRACE_COSTS records. */
void cost_copy(struct weir_trace_cost to[WEIR_TRACE_COSTS]);

/* Writes it, unless the heads of that parity have it as it is. 0, or what the sink says. */
int cost_write(const struct weir_trace_sink *sink, uint64_t offset, int parity);

/* The bucket of a duration: four for each doubling. */
uint32_t cost_bucket(uint64_t ns);

void cost_after_fork(void);

#endif
