/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of V8's heap that its size alone does not tell: what collections leave, how it follows from one to the next, and whether
 * it is most of what there is.
 */
#ifndef TOOLS_GROWTH_HEAP_H
#define TOOLS_GROWTH_HEAP_H

#include <stdint.h>

#include "tools/model/growth_parts.h"

/*
 * `is`: the facts by its size (FACT_*, growth_facts.h), `bytes` of which there are now; `script`: what was in use, with what
 * collections left. Returns all facts; *slope is changed where collections tell it better. Pure.
 */
unsigned growth_heap_facts(uint64_t rss_bytes, uint64_t bytes,
			   const struct growth_windows *size,
			   const struct growth_script *script, unsigned is,
			   double *slope);

#endif
