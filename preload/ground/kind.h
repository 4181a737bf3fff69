/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kind of caller asks: a compare of its return address with the code ranges of a few
 * exported functions of the runtime (kinds.def), remembered by address.
 */
#ifndef PRELOAD_KIND_H
#define PRELOAD_KIND_H

#include <stdint.h>

/* Once, before kind_of. Reads the executable's own symbol table in memory; no loader lock. */
void kind_init(void);

/* enum weir_kind. */
uint32_t kind_of(const void *return_address);

#endif
