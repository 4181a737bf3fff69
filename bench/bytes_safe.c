/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it costs to be safe: ranges that cost the same whatever their size, an operation's own copy of
 * its source, and that mapping memory is no way to copy quicker. Part of bytes_bench.
 */
#include <stdbool.h>
#include <sys/mman.h>

#include "bench/bytes_bench.h"

#include "weir/bytes.h"
#include "weir/encode.h"
#include "weir/scratch.h"

/* Through a pointer, as a library's caller gets it, and never left out. */
static void *(*volatile libc_copy)(void *, const void *, size_t) = memcpy;

/* What is done to 20 MB, and the copy that makes it safe. */
struct safe {
	const char *bytes;
	char *copy, *text;
	size_t n;
};

static void
safe_copy(const void *context)
{
	const struct safe *s = context;

	weir_extract(s->copy, s->n, s->bytes, s->n, 0, s->n);
}

static void
safe_hex(const void *context)
{
	const struct safe *s = context;

	weir_encode(WEIR_HEX, s->text, 2 * s->n, s->bytes, s->n);
}

static void
safe_search(const void *context)
{
	const struct safe *s = context;

	weir_index_of(s->bytes, s->n, "\xff nowhere", 9, 0);
}

static void
safe_compare(const void *context)
{
	const struct safe *s = context;

	weir_compare(s->bytes, s->n, s->copy, s->n);
}

static void
copy_mapped(const void *context)
{
	const struct safe *s = context;
	char *p = mmap(NULL, s->n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	if (p == MAP_FAILED)
		abort();
	libc_copy(p, s->bytes, s->n);
	munmap(p, s->n);
}

/* A hundred ranges without a reference, and a hundred that keep their block alive. */
static void
borrow(const void *context)
{
	const struct weir_view *all = context;

	for (size_t i = 0; i < 100; i++) {
		struct weir_view part = weir_view_borrow(all, i, all->n - i);

		GAUGE_OPAQUE(part.bytes);
	}
}

static void
slice(const void *context)
{
	const struct weir_view *all = context;

	for (size_t i = 0; i < 100; i++) {
		struct weir_view part;

		if (weir_view_slice(&part, all, i, all->n - i) != 0)
			abort();
		weir_view_release(&part);
	}
}

void
bytes_views(size_t n)
{
	struct weir_view all;
	struct pairs p = {ROUNDS, 10000, 0, 0};
	void *block = weir_scratch_get(n);
	char what[96];

	if (block == NULL || weir_view_of(&all, block, 0, n) != 0)
		abort();
	pairs_run(&p, borrow, slice, &all);
	snprintf(what, sizeof(what), "a range of %zu KB, borrowed", n / KB);
	say(what, p.own * 1e7, "ns", "<=", 1);
	say("  the same with a reference of its own, and its release", p.other * 1e7,
	    "ns", "", 0);
	weir_view_release(&all);
	weir_scratch_unref(block);
}

void
bytes_safe(size_t n)
{
	static const struct {
		const char *what;
		pairs_call *call;
	} others[] = {{"hex text of 20 MB", safe_hex},
		      {"a search of 20 MB", safe_search},
		      {"a comparison of 20 MB", safe_compare}};
	struct safe s = {pairs_memory(n), pairs_memory(n), pairs_memory(2 * n), n};
	struct pairs p = {ROUNDS, 1, 0, 0};
	char what[96];

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		pairs_run(&p, safe_copy, others[i].call, &s);
		snprintf(what, sizeof(what), "%s: its safe copy's part of both",
			 others[i].what);
		say(what, 100 * p.own / (p.own + p.other), "%", "", 0);
	}
	say("  that copy, for 10 MB", p.own / (double)n * (double)(10 * MB) * 1e3, "ms",
	    "", 0);
	pairs_run(&p, copy_mapped, safe_copy, &s);
	say("a copy of 20 MB into a new mapping, to one into warm memory",
	    p.own / p.other, "x", "", 0);
	free((char *)s.bytes);
	free(s.copy);
	free(s.text);
}
