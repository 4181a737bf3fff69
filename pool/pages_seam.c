/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process may have so many mappings (vm.max_map_count), and who has them all cannot map anew what would join
 * others: so weir keeps two that it does not need, the seams around a page of a table of its own that may only be
 * read. Closing them never fails. retry.c asks, when a call of the host's was refused.
 */
#include "pool/pages_private.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>

/* Its pages, none of them ever touched. Two are to try: to move a mapping, the kernel wants four to be left. */
enum { SEAMED = 1, TRIED = 3, TRIED_TOO = 5, TABLE_PAGES = 7 };

static char *_Atomic table;
static _Atomic bool closed;

static bool
protect(int page, int protection)
{
	char *at = table;
	int saved_errno = errno;
	bool done = at != NULL && pages_may(WEIR_CALL_MPROTECT) && !pages_sparing() &&
		    mprotect(at + (size_t)page * weir_machine_page, weir_machine_page,
			     protection) == 0;

	errno = saved_errno;
	return done;
}

void
weir_pages_seam(void)
{
	if (table == NULL)
		table = pages_meta(TABLE_PAGES * weir_machine_page);
	closed = !protect(SEAMED, PROT_READ);
}

void
weir_pages_seam_again(void)
{
	if (atomic_load_explicit(&closed, memory_order_relaxed) && !weir_pages_crowded())
		weir_pages_seam();
}

void
weir_pages_seam_close(void)
{
	closed = true;
	protect(SEAMED, PROT_READ | PROT_WRITE);
}

bool
weir_pages_crowded(void)
{
	if (table == NULL || !pages_may(WEIR_CALL_MPROTECT) || pages_sparing())
		return false;
	bool crowded = !protect(TRIED, PROT_READ) || !protect(TRIED_TOO, PROT_READ);
	protect(TRIED, PROT_READ | PROT_WRITE);
	protect(TRIED_TOO, PROT_READ | PROT_WRITE);
	return crowded;
}
