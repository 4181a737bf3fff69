/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the pool's memory comes from: a table of functions, so that tests can count, fail and
 * fake them. weir_pages_system is the kernel. All addresses and sizes are multiples of
 * weir_machine_page; all functions may be called from any thread, keep errno and never allocate.
 */
#ifndef POOL_PAGES_H
#define POOL_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* The smallest page of any machine, and the grain of all tables: on every machine the same, so that a look-up shifts by a constant. */
#define WEIR_PAGE_SHIFT 12
#define WEIR_PAGE_BYTES ((size_t)1 << WEIR_PAGE_SHIFT)

/*
 * The page of this machine: a power of two from WEIR_PAGE_BYTES to WEIR_PAGE_MOST. Spans start at and measure
 * multiples of it. WEIR_PAGE_BYTES until it is told, before the first use; constant after.
 */
#define WEIR_PAGE_MOST ((size_t)64 << 10)
extern size_t weir_machine_page __attribute__((visibility("hidden")));

/* False, and nothing is changed: weir cannot work with such pages. */
bool weir_machine_page_is(size_t bytes);

/* So many bytes, in whole pages of this machine. */
static inline size_t
weir_whole_pages(size_t bytes)
{
	return (bytes + weir_machine_page - 1) & -weir_machine_page;
}

enum weir_purged {
	WEIR_PURGED_USABLE,   /* reads as zero, needs no commit */
	WEIR_PURGED_RESERVED, /* must be committed before use */
};

#define WEIR_MOVE_LOST 1

struct weir_pages {
	/* Address space at a multiple of `align`, not usable yet; NULL if there is none. */
	void *(*reserve)(size_t bytes, size_t align);
	/* Makes reserved pages usable; they read as zero. 0 or -errno (then nothing changed). */
	int (*commit)(void *addr, size_t bytes);
	/*
	 * Called before fresh pages are lent, to apply huge pages and prefault (weir_pages_tune).
	 * `zero`: for a calloc, whose caller may never touch most of them. Cannot fail. NULL in
	 * the table: there is nothing to do.
	 */
	void (*prepare)(void *addr, size_t bytes, bool zero);
	/* Gives memory back to the system, keeps the address space. WEIR_PURGED_* or -errno. */
	int (*purge)(void *addr, size_t bytes);
	/*
	 * Gives back the first few of many ranges by one call: how many, they are USABLE then; 0 where that is
	 * not possible. NULL in the table: it is not.
	 */
	int (*purge_many)(const struct iovec *ranges, int n);
	/*
	 * Lets the kernel take the pages when it needs memory, until they are written to again; taken, they
	 * read as zero. 0 or -errno (some may be offered then). NULL in the table: none are offered.
	 */
	int (*offer)(void *addr, size_t bytes);
	/* Throws pages away and makes their address space as new: reserved. 0 or -errno. */
	int (*reset)(void *addr, size_t bytes);
	/*
	 * Maps the range anew, so that it is as if no page was ever moved there. Usable then,
	 * if that costs no commit charge; returns what purge returns.
	 */
	int (*renew)(void *addr, size_t bytes);
	/* Gives address space back. 0 or -errno. */
	int (*release)(void *addr, size_t bytes);
	/*
	 * Moves the pages of `from` to `to`, both usable, without copying; `from` stays usable
	 * and reads as zero after. 0 or -errno (then nothing changed), or WEIR_MOVE_LOST: `to` is no
	 * address space of ours any more and must not be used again.
	 */
	int (*move)(void *from, void *to, size_t bytes);
	/* Usable zeroed memory for the pool's own tables; never given back. NULL if none. */
	void *(*meta)(size_t bytes);
	/* Resident bytes in a range, or -errno. */
	int64_t (*resident)(void *addr, size_t bytes);
};

extern const struct weir_pages weir_pages_system;

/* Which nodes' memory weir's is, if not as the process's own policy has it. */
enum weir_pages_nodes {
	WEIR_NODES_DEFAULT,
	WEIR_NODES_LOCAL,
	WEIR_NODES_INTERLEAVE,
	WEIR_NODES_BIND
};

struct weir_pages_tuning {
	uint64_t huge_from; /* blocks of so many bytes are advised huge; 0: all memory */
	uint64_t prefault_to; /* smaller ones are made resident by prepare; 0: none */
	enum weir_pages_nodes nodes;
	uint64_t node_mask; /* bit i: node i; for INTERLEAVE and BIND */
};

/* Before the first use. What the kernel refuses of it is left out: it is advice. */
void weir_pages_tune(const struct weir_pages_tuning *tuning);

/*
 * The host has a filter of system calls, which may kill for what few programs call: mappings get no name and no
 * advice any more, nothing is asked of mincore, and no page is moved.
 */
void weir_pages_spare_calls(void);

/* And it may kill for these as well: nothing is done for which they are needed, as if the kernel refused. For ever. */
enum weir_pages_call {
	WEIR_CALL_MMAP = 1,
	WEIR_CALL_MUNMAP = 2,
	WEIR_CALL_MPROTECT = 4,
	WEIR_CALL_MADVISE = 8,
};
void weir_pages_forbid(unsigned calls);

/*
 * Two mappings that weir can do without, for when the process has all that it may have: kept from the first call on;
 * given up; and kept again, if there is room for more by now. weir_pages_crowded: there is none for one more.
 */
void weir_pages_seam(void);
void weir_pages_seam_close(void);
void weir_pages_seam_again(void);
bool weir_pages_crowded(void);

/* Where weir's own tables lie, in the order in which they were made; how many. Any time. */
#define WEIR_PAGES_METAS 512
struct weir_pages_range {
	uintptr_t base;
	size_t bytes;
};
uint32_t weir_pages_metas(struct weir_pages_range rows[WEIR_PAGES_METAS]);

/*
 * Who says that a call may be made for which few programs have a use, and a filter of system calls may kill, and who is
 * told when it is over. Without them it is not made.
 */
void weir_pages_rare_calls(bool (*begin)(void), void (*end)(void));

/* The nodes this process may have memory from, bit i: node i; 1 if the kernel does not tell. */
uint64_t weir_pages_allowed_nodes(void);

/*
 * The functions by which this process moves and unmaps pages, one NULL if somebody else's is among them: pages
 * are moved only as long as nobody else wants to see that (pages_move.c). Before the first use; not told,
 * nobody does.
 */
#define WEIR_WATCHED 6
void weir_pages_watch(const void *const own[WEIR_WATCHED]);

/*
 * Strict commit accounting (vm.overcommit_memory = 2), or a limit of data: purge then also hands the
 * charge back, which costs a mapping call a purge.
 */
void weir_pages_strict_commit(bool strict);

#endif
