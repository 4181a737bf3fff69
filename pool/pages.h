/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the pool's memory comes from: a table of functions, so that tests can count, fail and
 * fake them. weir_pages_system is the kernel. All addresses and sizes are multiples of
 * WEIR_PAGE_BYTES; all functions may be called from any thread, keep errno and never allocate.
 */
#ifndef POOL_PAGES_H
#define POOL_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* weir does not serve systems with other pages (the shim says so and stays inert). */
#define WEIR_PAGE_SHIFT 12
#define WEIR_PAGE_BYTES ((size_t)1 << WEIR_PAGE_SHIFT)

enum weir_purged {
	WEIR_PURGED_USABLE,   /* reads as zero, needs no commit */
	WEIR_PURGED_RESERVED, /* must be committed before use */
};

struct weir_pages {
	/* Address space at a multiple of `align`, not usable yet; NULL if there is none. */
	void *(*reserve)(size_t bytes, size_t align);
	/* Makes reserved pages usable; they read as zero. 0 or -errno (then nothing changed). */
	int (*commit)(void *addr, size_t bytes);
	/* Gives memory back to the system and keeps the address space. enum or -errno. */
	int (*purge)(void *addr, size_t bytes);
	/* Throws pages away and makes their address space as new: reserved. 0 or -errno. */
	int (*reset)(void *addr, size_t bytes);
	/* Gives address space back. 0 or -errno. */
	int (*release)(void *addr, size_t bytes);
	/*
	 * Moves the pages of `from` to `to`, both usable, without copying; `from` stays usable
	 * and reads as zero after. 0 or -errno (then nothing changed).
	 */
	int (*move)(void *from, void *to, size_t bytes);
	/* Usable zeroed memory for the pool's own tables; never given back. NULL if none. */
	void *(*meta)(size_t bytes);
	/* Resident bytes in a range, or -errno. */
	int64_t (*resident)(void *addr, size_t bytes);
};

extern const struct weir_pages weir_pages_system;

/*
 * Strict commit accounting (vm.overcommit_memory = 2): purge then also hands the commit charge
 * back, which costs a mapping call a purge. Set before the first use.
 */
void weir_pages_strict_commit(bool strict);

#endif
