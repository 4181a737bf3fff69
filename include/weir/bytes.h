/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on bytes: copy, take a range out, search, compare, views that keep their parent
 * alive, and snapshots that cost nothing until somebody writes.
 *
 * Ranges are never trusted: they are cut to what is there. Memory that another thread changes
 * during a call never makes it read or write out of bounds; take a copy or a snapshot first if
 * the result must be of one moment.
 *
 * Threads: every function may be called from any thread; two threads must not change the same
 * view, block or snapshot at once. Nothing here is for signal handlers, except weir_copy,
 * weir_extract, weir_compare and the searches.
 */
#ifndef WEIR_BYTES_H
#define WEIR_BYTES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From here on it is looked at which way is the quickest; weir_copy calls weir_copy_large then. */
#define WEIR_COPY_LARGE 2048
void *weir_copy_large(void *dst, const void *src, size_t n);

/*
 * Copies n bytes, which may overlap, and returns dst. Up to 16 and up to 64 bytes are loads and
 * stores in place; beyond that it is libc's copy, but from 2 KB on, on processors where that is slow, the
 * way is chosen by size and by how the two lie to each other: AMD's string move is an order of magnitude
 * slower when they lie less than 64 bytes apart modulo 4096, and libc's idea of the caches is wrong in many
 * virtual machines.
 * Mapping memory instead of copying it is no way around the memory's own speed.
 */
static inline __attribute__((unused)) void *
weir_copy(void *dst, const void *src, size_t n)
{
	uint8_t *to = (uint8_t *)dst;
	const uint8_t *from = (const uint8_t *)src;

	if (n > 64)
		return n < WEIR_COPY_LARGE ? __builtin_memmove(dst, src, n)
					   : weir_copy_large(dst, src, n);
	if (n > 32) {
		uint64_t head[4], tail[4];

		__builtin_memcpy(head, from, 32);
		__builtin_memcpy(tail, from + n - 32, 32);
		__builtin_memcpy(to, head, 32);
		__builtin_memcpy(to + n - 32, tail, 32);
	} else if (n >= 16) {
		uint64_t head[2], tail[2];

		__builtin_memcpy(head, from, 16);
		__builtin_memcpy(tail, from + n - 16, 16);
		__builtin_memcpy(to, head, 16);
		__builtin_memcpy(to + n - 16, tail, 16);
	} else if (n >= 8) {
		uint64_t head, tail;

		__builtin_memcpy(&head, from, 8);
		__builtin_memcpy(&tail, from + n - 8, 8);
		__builtin_memcpy(to, &head, 8);
		__builtin_memcpy(to + n - 8, &tail, 8);
	} else if (n >= 4) {
		uint32_t head, tail;

		__builtin_memcpy(&head, from, 4);
		__builtin_memcpy(&tail, from + n - 4, 4);
		__builtin_memcpy(to, &head, 4);
		__builtin_memcpy(to + n - 4, &tail, 4);
	} else if (n > 0) {
		uint8_t first = from[0], middle = from[n / 2], last = from[n - 1];

		to[0] = first;
		to[n / 2] = middle;
		to[n - 1] = last;
	}
	return dst;
}

/*
 * The bytes [start, end) of a source of n, cut to what there is and to cap; returns how many.
 * One copy, of exactly these bytes.
 */
size_t weir_extract(void *dst, size_t cap, const void *src, size_t n, size_t start,
		    size_t end);

/* The same into a scratch block of the pool, *length long; NULL with errno ENOMEM. */
void *weir_extract_scratch(const void *src, size_t n, size_t start, size_t end,
			   size_t *length);

#define WEIR_NOT_FOUND SIZE_MAX

/*
 * Where `needle` of m bytes first lies in `bytes` at or after `from`, or WEIR_NOT_FOUND. An
 * empty one lies at once: at `from`, or at n if that is less. The time is linear in n + m
 * whatever they hold.
 */
size_t weir_index_of(const void *bytes, size_t n, const void *needle, size_t m,
		     size_t from);

/* -1, 0 or 1, by the first byte that differs, unsigned, then by length. */
int weir_compare(const void *a, size_t n, const void *b, size_t m);

/*
 * A view: a range of a scratch block (weir/scratch.h) that keeps the block alive, at no cost
 * in size. `parent` is NULL in a view that holds nothing.
 */
struct weir_view {
	const uint8_t *bytes;
	size_t n;
	void *parent;
};

/* Adds a reference to `block`. 0; -EINVAL: no scratch block in use; -ERANGE: not all inside. */
int weir_view_of(struct weir_view *view, void *block, size_t offset, size_t n);

/* The range [start, end) of a view, cut to what there is, with a reference of its own. */
int weir_view_slice(struct weir_view *view, const struct weir_view *from, size_t start,
		    size_t end);

/* Drops its reference. Returns what weir_scratch_unref returns; 0 if it held nothing. */
int weir_view_release(struct weir_view *view);

/* The range of a view, borrowed: valid as long as that view is held, to be released by no one. */
static inline __attribute__((unused)) struct weir_view
weir_view_borrow(const struct weir_view *from, size_t start, size_t end)
{
	struct weir_view view = {NULL, 0, NULL};

	end = end < from->n ? end : from->n;
	start = start < end ? start : end;
	view.bytes = from->bytes + start;
	view.n = end - start;
	return view;
}

/*
 * Snapshots. A block of which snapshots are wanted is made as such; from WEIR_COW_MIN bytes on
 * the kernel does the copying, page by page, when either side writes for the first time
 * (2 to 3 us a page); below, a snapshot is a plain copy, which is faster there. The kernel's
 * way wins as long as less than about one page in fifteen is then written; see doc/libweir.3.
 *
 *	struct weir_cow block;
 *	weir_cow_new(&block, bytes);
 *	fill(weir_cow_write(&block));
 *	weir_snapshot_take(&snapshot, &block);
 *
 * `bytes` may be read at any time, and written only after weir_cow_write has been called since
 * the last snapshot was taken: otherwise a write may fault. weir_snapshot's bytes may be
 * written at once, and are its own. Both survive fork as a copy of that moment, except a block
 * that has no snapshot yet, which a child shares.
 */
#define WEIR_COW_MIN ((size_t)4 << 20)

struct weir_cow {
	uint8_t *bytes;
	size_t n;
	int fd;	   /* of the kernel's object, or -1 */
	int state; /* for cow.c */
};

struct weir_snapshot {
	uint8_t *bytes;
	size_t n;
	int mapped; /* by the kernel: else a scratch block */
};

/* 0 or -errno. New memory from WEIR_COW_MIN on reads as zero, below is unspecified. */
int weir_cow_new(struct weir_cow *block, size_t bytes);
/* Makes it writable; NULL with errno set if that fails. */
void *weir_cow_write(struct weir_cow *block);
void weir_cow_free(struct weir_cow *block);

/* 0 or -errno. A snapshot outlives its block if it must. */
int weir_snapshot_take(struct weir_snapshot *snapshot, struct weir_cow *block);
void weir_snapshot_release(struct weir_snapshot *snapshot);

#ifdef __cplusplus
}
#endif

#endif
