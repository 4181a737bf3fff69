/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages moved from one place to another without copying, and what a kernel that refuses it, or an
 * emulator of one, may leave behind. Libraries of RDMA watch the host's mappings by replacing mremap,
 * munmap and their like, and keep the physical addresses of what was not unmapped: what they do not see
 * would be wrong content, and some of them lose mremap's target. So the call is made by its number,
 * which nobody can replace, and not at all where somebody wants to see such calls. Purges and unmapping
 * stay calls that can be watched.
 */
#include "pool/pages_private.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_COLD
#define MADV_COLD 20
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* Maps what is not mapped: 1 if that was all of it, 0 if something is there, or -errno. */
static int
fill_hole(void *addr, size_t bytes)
{
	void *p = mmap(addr, bytes, PROT_READ | PROT_WRITE,
		       PAGES_FLAGS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p == MAP_FAILED)
		return errno == EEXIST ? 0 : -errno;
	if (p == addr) {
		pages_tune_reserved(p, bytes);
		return 1;
	}
	munmap(p, bytes); /* it knows no NOREPLACE */
	return 0;
}

/* A kernel may have taken the target's mapping away, or a part of it, before it refused. */
static bool
fill_holes(char *addr, size_t bytes)
{
	/* Asked first: with all mappings used up, mmap refuses before it sees that something is there. */
	if (pages_resident(addr, bytes) >= 0)
		return true;
	int rc = fill_hole(addr, bytes);
	if (rc != 0)
		return rc > 0;
	if (pages_resident(addr, bytes) != -ENOMEM)
		return true;
	for (size_t at = 0; at < bytes; at += weir_machine_page)
		if (fill_hole(addr + at, weir_machine_page) < 0)
			return false;
	return pages_resident(addr, bytes) != -ENOMEM;
}

/*
 * Emulators of another machine (qemu-user) move pages, but take the place that they leave for
 * unmapped. Seen once, by a call that reads there and does nothing, no page is moved any more.
 */
static _Atomic enum { MOVES_UNTRIED, MOVES_WELL, MOVES_BADLY } moves;

static void
try_place_left(void *from, size_t bytes)
{
	bool usable = syscall(SYS_rt_sigprocmask, SIG_BLOCK, from, NULL, 8) == 0;

	if (!usable)
		pages_map_anew(from, bytes, PROT_READ | PROT_WRITE);
	moves = usable ? MOVES_WELL : MOVES_BADLY;
}

/* The pages went to `astray`: back with them, and never again. */
static int
bring_back(void *from, const void *astray, size_t bytes)
{
	moves = MOVES_BADLY;
	if (fill_holes(from, bytes)) {
		memcpy(from, astray, bytes);
		munmap((void *)astray, bytes);
	}
	return -EIO;
}

static int
move(void *from, void *to, size_t bytes)
{
	long p = syscall(SYS_mremap, from, bytes, bytes,
			 MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to);

	if (p == (long)to)
		return 0;
	int error = p == -1 ? -errno : bring_back(from, (const void *)p, bytes);
	return fill_holes(to, bytes) ? error : WEIR_MOVE_LOST;
}

static int
pages_move(void *from, void *to, size_t bytes)
{
	int saved_errno = errno, error;

	if (moves != MOVES_BADLY && pages_watched())
		moves = MOVES_BADLY;
	/* Locked memory knows no cold pages; a move would unlock all of the mapping around it. */
	if (moves == MOVES_BADLY || pages_sparing() ||
	    (madvise(from, weir_machine_page, MADV_COLD) != 0 && errno == EINVAL)) {
		errno = saved_errno;
		return -EPERM;
	}
	error = move(from, to, bytes);
	if (error == 0 && moves == MOVES_UNTRIED)
		try_place_left(from, bytes);
	errno = saved_errno;
	return error;
}

const struct weir_pages weir_pages_system = {
	.reserve = pages_reserve,
	.commit = pages_commit,
	.prepare = pages_prepare,
	.purge = pages_purge,
	.purge_many = pages_purge_many,
	.offer = pages_offer,
	.reset = pages_reset,
	.renew = pages_renew,
	.release = pages_release,
	.move = pages_move,
	.meta = pages_meta,
	.resident = pages_resident,
};
