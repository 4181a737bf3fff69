/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Levenshtein's distance, by one row of the table.
 */
#include "tools/text/nearest.h"

#include <stdbool.h>
#include <string.h>

size_t
nearest_distance(const char *a, const char *b)
{
	size_t row[32], n = strlen(b);

	if (n >= sizeof(row) / sizeof(row[0]))
		return n;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t replace = corner + (a[i] != b[j]);
			size_t least = row[j] < row[j + 1] ? row[j] + 1 : row[j + 1] + 1;

			corner = row[j + 1];
			row[j + 1] = replace < least ? replace : least;
		}
	}
	return row[n];
}

/* Two letters in each other's place, as in "rnu". */
static bool
is_swapped(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a != '\0' && a[0] == b[1] && a[1] == b[0] && strcmp(a + 2, b + 2) == 0;
}

int
nearest_is_slip(const char *typed, const char *meant)
{
	return is_swapped(typed, meant) ||
	       nearest_distance(typed, meant) <= (strlen(meant) < 4 ? 1 : 2);
}
