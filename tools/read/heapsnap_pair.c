/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of edges that are of a pair of a WeakMap, looked up among those that heapsnap_learn has found. Pure.
 */
#include "tools/read/heapsnap.h"

bool
heapsnap_is_pair(const struct heapsnap *s, uint32_t name, uint64_t *table)
{
	size_t low = 0, high = s->n_pairs;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->pairs[middle].name < name)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == s->n_pairs || s->pairs[low].name != name)
		return false;
	*table = s->pairs[low].table;
	return true;
}
