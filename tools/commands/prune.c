/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removes only what reads as a sidecar, in the default folders, of a process that is surely gone: the oldest first.
 * Called by `weir stat`.
 */
#include "tools/commands/prune.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/commands/cmd.h"
#include "tools/read/locate.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define AGE_NS	    (UINT64_C(86400) * 1000000000)
#define BLOCK_BYTES 512 /* what st_blocks counts */

static bool
is_gone(const struct locate_entry *e)
{
	return e->error == 0 && (e->life == LOCATE_EXITED || e->life == LOCATE_GONE);
}

/* Most of a sidecar is a hole. */
static uint64_t
bytes_of(const struct locate_entry *e)
{
	struct stat st;

	return lstat(e->path, &st) == 0 ? (uint64_t)st.st_blocks * BLOCK_BYTES : 0;
}

/* `n` of processes that are gone and `bytes` of all are left, with this one, the oldest of them. */
static bool
has_to_go(const struct prune *p, const struct locate_entry *e, uint64_t n, uint64_t bytes)
{
	if (!p->by_count && !p->by_size)
		return locate_age_ns(&e->sidecar) >= AGE_NS;
	return (p->by_count && n > p->keep) || (p->by_size && bytes > p->bytes);
}

int
prune_run(const struct prune *p)
{
	struct locate_place here = locate_here();
	struct locate_entry *entries;
	size_t n = locate_all(&here, 0, &entries), gone = 0, removed = 0;
	uint64_t bytes = 0;
	int status = CMD_OK;
	char left[SHOW_VALUE];

	for (size_t i = 0; i < n; i++) {
		gone += is_gone(&entries[i]);
		bytes += bytes_of(&entries[i]);
	}
	/* Those that run come first, then the latest. */
	for (size_t i = n; i-- > 0;) {
		const struct locate_entry *e = &entries[i];
		uint64_t its = bytes_of(e);

		if (!is_gone(e) || !has_to_go(p, e, gone, bytes))
			continue;
		if (unlink(e->path) == 0) {
			removed++;
			gone--;
			bytes -= its < bytes ? its : bytes;
		} else if (errno != ENOENT) {
			tell_error("%s: cannot be removed: %s", e->path, strerror(errno));
			status = CMD_FAILED;
		}
	}
	printf("%zu removed, %zu left (%s on the disk)\n", removed, n - removed,
	       show_bytes(left, bytes));
	locate_free(entries, n);
	return status;
}
