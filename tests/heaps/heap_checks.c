/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the C library's answer is a matter of how much memory there is (a huge alignment), ours may
 * succeed where theirs fails, never the other way round.
 */
#include "tests/heaps/heap_checks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

_Noreturn void
checks_differ(const struct pairs *r, const char *what)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "%s: operation %llu, %s: %s\n", r->name,
			 (unsigned long long)r->operations, r->doing, what);

	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		_exit(3);
	abort();
}

static unsigned char
byte_at(const struct pair *b, size_t at)
{
	return (unsigned char)(b->pattern + at + (at >> 8) * 7 + (at >> 16) * 31);
}

/* The next place that is looked at: coarse, but every page of all but giants, and both ends. */
static size_t
place_after(size_t at, size_t size)
{
	size_t step = size > (size_t)64 << 20 ? size / 4096 : 509;

	if (at < 16 || at + 16 >= size)
		return at + 1;
	return at + step < size - 16 ? at + step : size - 16;
}

void
checks_fill(struct pair *b)
{
	for (size_t at = 0; at < b->size; at = place_after(at, b->size))
		b->ours[at] = b->theirs[at] = byte_at(b, at);
}

void
checks_content(const struct pairs *r, const struct pair *b, size_t keep)
{
	for (size_t at = 0; at < keep; at = place_after(at, b->size)) {
		if (b->theirs[at] != byte_at(b, at))
			checks_differ(r, "the test itself or the C library lost content");
		if (b->ours[at] != byte_at(b, at))
			checks_differ(r, "content lost");
	}
}

void
checks_zero(const struct pairs *r, const unsigned char *p, size_t size, size_t usable)
{
	for (size_t at = 0; at < size; at = place_after(at, size))
		if (p[at] != 0)
			checks_differ(r, "calloc is not zero");
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	usable = size; /* nothing and one byte are the same to it, but for the zero */
#endif
	for (size_t at = size; at < usable; at++)
		if (p[at] != 0)
			checks_differ(r, "calloc is not zero behind its end");
}

bool
checks_same(struct pairs *r, struct pair *b, int our_errno, int their_errno, size_t align)
{
	if (b->ours == NULL && b->theirs == NULL) {
		if (our_errno != their_errno)
			checks_differ(r, "both failed, errno is not the same");
		return false;
	}
	if (b->ours == NULL)
		checks_differ(r, "failed where the C library succeeds");
	if (b->theirs == NULL) {
		if (align < CHECKS_HUGE || their_errno != ENOMEM)
			checks_differ(r, "succeeded where the C library fails");
		r->ours->free(b->ours);
		b->ours = NULL;
		return false;
	}
	if (((uintptr_t)b->ours & (align - 1)) != 0 || (uintptr_t)b->ours % 16 != 0)
		checks_differ(r, "alignment");
	return true;
}

void
checks_usable(const struct pairs *r, const struct pair *b)
{
	size_t usable = r->ours->malloc_usable_size(b->ours);

	if (usable < b->size)
		checks_differ(r, "usable size below the size");
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	usable = b->size; /* no byte of an empty block is anybody's to them */
#endif
	if (usable > 0) {
		volatile unsigned char *last =
			&b->ours[usable - 1]; /* a write for sure */

		*last = *last;
	}
}
