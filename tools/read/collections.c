/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read in one piece; a field that a hook is just writing may be newer than its neighbours.
 */
#include "tools/read/collections.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tools/read/foreign.h"

struct collections
collections_read(const char *path, const struct weir_stats_header *h)
{
	struct collections c = {0};
	int fd;

	if (h->collect_offset == 0 || h->collect_offset > INT64_MAX - sizeof(c.words))
		return c;
	fd = foreign_regular(AT_FDCWD, path, O_NOFOLLOW);
	if (fd < 0)
		return c;
	if (pread(fd, c.words, sizeof(c.words), (off_t)h->collect_offset) !=
	    (ssize_t)sizeof(c.words))
		memset(c.words, 0, sizeof(c.words));
	close(fd);
	c.asked_for = c.words[WEIR_COLLECT_token] != 0;
	c.hooked = c.asked_for && c.words[WEIR_COLLECT_state] != 0;
	return c;
}
