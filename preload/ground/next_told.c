/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the next allocator tells of itself, and gives back if it is asked.
 */
#include "preload/ground/next_told.h"

#include "preload/ground/next.h"
#include "preload/ground/symbol_next.h"

/*
 * Looked for before main, without dlsym, which would leave an error of what is not there for the host. Not by the
 * clock: a constructor of a library holds the loader's lock, and may wait until the clock has ended.
 */
static bool glibcs;
static struct symbol_code peers; /* of another allocator's library */
static int (*real_trim)(size_t);
static struct mallinfo2 (*real_told)(void);
#ifdef __GLIBC__
static struct mallinfo (*real_told_little)(void);
#endif

void
next_told_init(void)
{
	bool is_found = next_found() == 0;

	glibcs = is_found && next_is_glibc();
	if (is_found && !glibcs)
		peers = symbol_code((const void *)(uintptr_t)next.malloc);
	real_trim = (int (*)(size_t))symbol_next_by_walk("malloc_trim");
	real_told = (struct mallinfo2(*)(void))symbol_next_by_walk("mallinfo2");
#ifdef __GLIBC__
	real_told_little = (struct mallinfo(*)(void))symbol_next_by_walk("mallinfo");
#endif
}

/*
 * A stacked allocator without its own malloc_trim leaves glibc's behind it in the symbol
 * order: trimming that heap is what the host would have got without weir.
 */
int
next_malloc_trim(size_t pad)
{
	return real_trim != NULL ? real_trim(pad) : 0;
}

bool
next_has_code(uintptr_t pc)
{
	return pc - peers.from < peers.bytes;
}

bool
next_tells(void)
{
	return glibcs;
}

bool
next_told(struct next_told *t)
{
	if (!next_tells())
		return false;
	if (real_told != NULL) {
		struct mallinfo2 i = real_told();

		*t = (struct next_told){.used_bytes = i.uordblks,
					.free_bytes = i.fordblks};
		return true;
	}
#ifdef __GLIBC__
	/* Before glibc 2.33; what is beyond 4 GB it does not tell. */
	if (real_told_little != NULL) {
		struct mallinfo i = real_told_little();

		*t = (struct next_told){.used_bytes = (unsigned)i.uordblks,
					.free_bytes = (unsigned)i.fordblks};
		return true;
	}
#endif
	return false;
}

struct mallinfo2
next_mallinfo2(void)
{
	return real_told != NULL ? real_told() : (struct mallinfo2){0};
}
