/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace's bytes. Called by all that read one; never maps the file, which another process may cut at
 * any moment.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tools/read/trace_read.h"

int
trace_source_read(const struct trace_source *src, uint64_t at, void *to, size_t n)
{
	size_t done = 0;

	if (at > src->size || n > src->size - at)
		return -ENODATA;
	if (src->memory != NULL) {
		memcpy(to, src->memory + at, n);
		return 0;
	}
	while (done < n) {
		ssize_t got = pread(src->fd, (unsigned char *)to + done, n - done,
				    (off_t)(at + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -ENODATA; /* cut since it was measured */
		done += (size_t)got;
	}
	return 0;
}
