/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the tests of what libweir makes in blocks of its own.
 */
#ifndef TESTS_UNIT_MADE_H
#define TESTS_UNIT_MADE_H

#include <stdbool.h>
#include <stddef.h>

static inline bool
is_hex(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i += 997)
		if (text[i] != '5' && text[i] != 'a')
			return false;
	return text[0] == '5' && text[n - 1] == 'a';
}

/* For the chunked form: adds up what came. */
static inline int
count(void *total, const void *piece, size_t n)
{
	(void)piece;
	*(size_t *)total += n;
	return 0;
}

#endif
