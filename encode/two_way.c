/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See two_way.h. The needle is cut in two at its critical position; the right part is compared first,
 * forwards, and after a mismatch the search goes on behind what it matched.
 */
#include "encode/two_way.h"

#include <stdbool.h>
#include <string.h>

struct cut {
	size_t at, period;
};

/* The largest suffix by the order of bytes, or by its reverse, and that suffix's period. */
static struct cut
largest_suffix(const uint8_t *x, size_t m, bool reverse)
{
	size_t best = SIZE_MAX, j = 0, k = 1, period = 1;

	/* best + 1 is where the suffix begins; SIZE_MAX + 1 is 0. */
	while (j + k < m) {
		uint8_t a = x[j + k], b = x[best + k];

		if (a == b) {
			if (k == period) {
				j += period;
				k = 1;
			} else {
				k++;
			}
		} else if ((a < b) != reverse) {
			j += k;
			k = 1;
			period = j - best;
		} else {
			best = j++;
			k = period = 1;
		}
	}
	return (struct cut){best + 1, period};
}

static struct cut
critical_cut(const uint8_t *x, size_t m)
{
	struct cut a = largest_suffix(x, m, false), b = largest_suffix(x, m, true);

	return a.at > b.at ? a : b;
}

size_t
two_way_find(const uint8_t *bytes, size_t n, const uint8_t *needle, size_t m)
{
	struct cut cut = critical_cut(needle, m);
	bool periodic = cut.period + cut.at <= m &&
			memcmp(needle, needle + cut.period, cut.at) == 0;
	size_t at = 0, memory = 0;

	if (!periodic)
		cut.period = (cut.at > m - cut.at ? cut.at : m - cut.at) + 1;
	while (m <= n && at <= n - m) {
		size_t i = cut.at > memory ? cut.at : memory;

		while (i < m && needle[i] == bytes[at + i])
			i++;
		if (i < m) {
			at += i - cut.at + 1;
			memory = 0;
			continue;
		}
		i = cut.at;
		while (i > memory && needle[i - 1] == bytes[at + i - 1])
			i--;
		if (i <= memory)
			return at;
		at += cut.period;
		memory = periodic ? m - cut.period : 0;
	}
	return SIZE_MAX;
}
