/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What weir_index_of must give, too simple to be wrong. For test_bytes.c and fuzz_bytes.c.
 */
#ifndef TESTS_UNIT_BYTES_MODEL_H
#define TESTS_UNIT_BYTES_MODEL_H

#include <string.h>

#include "weir/bytes.h"

static inline size_t
bytes_model_find(const uint8_t *bytes, size_t n, const uint8_t *needle, size_t m,
		 size_t from)
{
	if (m == 0)
		return from < n ? from : n;
	for (size_t i = from; i < n && m <= n - i; i++)
		if (memcmp(bytes + i, needle, m) == 0)
			return i;
	return WEIR_NOT_FOUND;
}

#endif
