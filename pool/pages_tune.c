/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Huge pages, nodes, and touching ahead: all off unless asked for, all advice, so that no error matters.
 */
#include "pool/pages_private.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#define HUGE_BYTES ((size_t)2 << 20)

static struct weir_pages_tuning tuning = {.huge_from = UINT64_MAX};

void
weir_pages_tune(const struct weir_pages_tuning *t)
{
	tuning = *t;
}

/* The kernel's names for memory policies: <linux/mempolicy.h> is not for user programs. */
enum { POLICY_BIND = 2, POLICY_INTERLEAVE = 3, POLICY_LOCAL = 4, GET_ALLOWED = 4 };

uint64_t
weir_pages_allowed_nodes(void)
{
	unsigned long mask[16] = {0};
	int saved_errno = errno;
	long rc = syscall(SYS_get_mempolicy, NULL, mask, sizeof(mask) * 8, NULL,
			  GET_ALLOWED);

	errno = saved_errno;
	return rc == 0 ? mask[0] : 1;
}

static void
choose_nodes(void *addr, size_t bytes)
{
	static const int modes[] = {[WEIR_NODES_LOCAL] = POLICY_LOCAL,
				    [WEIR_NODES_INTERLEAVE] = POLICY_INTERLEAVE,
				    [WEIR_NODES_BIND] = POLICY_BIND};
	unsigned long mask = tuning.node_mask;
	bool local = tuning.nodes == WEIR_NODES_LOCAL;

	if (tuning.nodes != WEIR_NODES_DEFAULT)
		syscall(SYS_mbind, addr, bytes, modes[tuning.nodes], local ? NULL : &mask,
			local ? 0 : sizeof(mask) * 8 + 1, 0);
}

/* For address space that is reserved anew. */
void
pages_tune_reserved(void *addr, size_t bytes)
{
	if (pages_sparing())
		return;
	choose_nodes(addr, bytes);
	if (tuning.huge_from == 0)
		madvise(addr, bytes, MADV_HUGEPAGE);
}

void
pages_prepare(void *addr, size_t bytes, bool zero)
{
	int saved_errno = errno;

	if (pages_sparing())
		return;
	if (tuning.huge_from != 0 && bytes >= tuning.huge_from) {
		uintptr_t from = ((uintptr_t)addr + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1);
		uintptr_t to = ((uintptr_t)addr + bytes) & ~(HUGE_BYTES - 1);

		if (to > from)
			madvise((void *)from, to - from, MADV_HUGEPAGE);
	}
	if (!zero && bytes <= tuning.prefault_to)
		madvise(addr, bytes, MADV_POPULATE_WRITE);
	errno = saved_errno;
}
