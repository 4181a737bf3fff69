/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does anybody but weir and the C library stand where this process moves, unmaps or gives back pages? Then the calls
 * that they would not see are not made: moves (pages_move.c), and purges of many pieces at once (pages.c).
 */
#include "pool/pages_private.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

/* The functions, how their code begins while nobody has written over it, and what is called for mremap. */
enum { CODE_BYTES = 16 };
static struct watched {
	const void *own;
	unsigned char code[CODE_BYTES];
} watched[WEIR_WATCHED];
static const void *called_first;
static _Atomic bool seen;

/* Loaded each time from where libraries that watch would put their own. */
static const void *
called_for_mremap(void)
{
	void *(*volatile called)(void *, size_t, size_t, int, ...) = mremap;

	return (const void *)called;
}

void
weir_pages_watch(const void *const own[WEIR_WATCHED])
{
	called_first = called_for_mremap();
	for (int i = 0; i < WEIR_WATCHED; i++) {
		watched[i].own = own[i];
		if (own[i] == NULL)
			seen = true;
		else
			memcpy(watched[i].code, own[i], CODE_BYTES);
	}
}

/* By writing over the functions, or over where this library's calls of them go. */
static bool
is_watched_since(void)
{
	if (called_for_mremap() != called_first)
		return true;
	for (int i = 0; i < WEIR_WATCHED; i++)
		if (memcmp(watched[i].own, watched[i].code, CODE_BYTES) != 0)
			return true;
	return false;
}

bool
pages_watched(void)
{
	if (!seen && called_first != NULL && is_watched_since())
		seen = true;
	return seen;
}
