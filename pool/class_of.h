/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a request to its size class, in one load: what the quick half of the scratch API and the
 * pool share. Written once, before there is a second thread.
 */
#ifndef POOL_CLASS_OF_H
#define POOL_CLASS_OF_H

#include <stddef.h>
#include <stdint.h>

#include "pool/pages.h"

extern uint32_t pool_n_classes __attribute__((visibility("hidden")));

/* The class of a request of up to 16 MB, by its last page. */
#define POOL_FAST_PAGES 4096
extern uint8_t pool_class_by_page[POOL_FAST_PAGES] __attribute__((visibility("hidden")));

uint32_t pool_class_of_large(size_t bytes);

static inline size_t
pool_last_page(size_t bytes)
{
	return (bytes - (bytes != 0)) >> WEIR_PAGE_SHIFT;
}

/* The smallest class that holds `bytes`, or pool_n_classes. */
static inline uint32_t
pool_class_of(size_t bytes)
{
	size_t page = pool_last_page(bytes);

	return page < POOL_FAST_PAGES ? pool_class_by_page[page]
				      : pool_class_of_large(bytes);
}

#endif
