/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool begins: every layer of it learns what it is to know. Once, by the shim or by libweir, before
 * any other call.
 */
#include "pool/magazine.h"
#include "pool/origin.h"
#include "pool/pool_private.h"

void
weir_pool_init(const struct weir_pool_config *config)
{
	heap_init(config->pages, config->region_bytes);
	heap_gather_from = config->gather_from;
	if (config->mappings_max != 0)
		origin_set_mappings(config->mappings_max);
	pool_stocks_init(config->class_bytes, config->n_classes);
	magazine_init();
}
