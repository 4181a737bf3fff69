/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks by each entry of the malloc family, from a function of its own with a frame, and keeps the block: the
 * stack of each must lead through that function to main. Built with frame pointers, as runtimes are.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LARGE ((size_t)1 << 20)
#define SMALL ((size_t)1 << 10)

static volatile size_t large = LARGE;
static void *volatile kept[32];
static int n;

/* Not by a jump, either. */
#define ASKER(name, call)                                                                \
	static __attribute__((noinline)) void by_##name(void)                            \
	{                                                                                \
		void *p = NULL;                                                          \
		call;                                                                    \
		kept[n++] = p;                                                           \
	}

ASKER(malloc, p = malloc(large))
ASKER(calloc, p = calloc(large, 1))
ASKER(realloc_of_nothing, p = realloc(NULL, large))
ASKER(realloc_of_small, p = realloc(malloc(SMALL), large))
ASKER(realloc_of_small_far, p = realloc(malloc(SMALL), 64 * large))
ASKER(reallocarray_of_nothing, p = reallocarray(NULL, large, 1))
ASKER(reallocarray_of_small, p = reallocarray(malloc(SMALL), large, 1))
ASKER(posix_memalign, if (posix_memalign(&p, 64, large) != 0) p = NULL)
ASKER(aligned_alloc, p = aligned_alloc(64, large))
ASKER(memalign, p = memalign(64, large))
ASKER(valloc, p = valloc(large))
ASKER(pvalloc, p = pvalloc(large))

static __attribute__((noinline)) void
ask_all(void)
{
	static void (*const all[])(void) = {
		by_malloc,
		by_calloc,
		by_realloc_of_nothing,
		by_realloc_of_small,
		by_realloc_of_small_far,
		by_reallocarray_of_nothing,
		by_reallocarray_of_small,
		by_posix_memalign,
		by_aligned_alloc,
		by_memalign,
		by_valloc,
		by_pvalloc,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		all[i]();
}

int
main(void)
{
	ask_all();
	printf("%d\n", n);
	return kept[n - 1] == NULL;
}
