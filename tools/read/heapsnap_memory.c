/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory that looking at a snapshot takes, against its bound; and what is said when something is wrong. Calls
 * nothing but the allocator: the models use it as well.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/read/heapsnap.h"

int
heapsnap_fail(struct heapsnap *s, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(s->why, sizeof(s->why), format, ap);
	va_end(ap);
	return error;
}

int
heapsnap_room(struct heapsnap *s, void *array, size_t *room, size_t n, size_t bytes)
{
	size_t most = *room + (s->most - s->used) / bytes, more = *room;
	void *old, *grown;

	if (n <= *room)
		return 0;
	while (more < n)
		more = more < 1024 ? 1024 : more + more / 4;
	if (more > most)
		more = most;
	if (more < n)
		return heapsnap_fail(s, -ENOMEM,
				     "it takes more than %zu MB of memory; --memory=SIZE "
				     "allows more",
				     s->most >> 20);
	memcpy(&old, array, sizeof(old));
	grown = realloc(old, more * bytes);
	if (grown == NULL)
		return heapsnap_fail(s, -ENOMEM, "out of memory");
	s->used += (more - *room) * bytes;
	*room = more;
	memcpy(array, &grown, sizeof(grown));
	return 0;
}

void
heapsnap_drop(struct heapsnap *s, void *array, size_t *room, size_t bytes)
{
	void *old;

	memcpy(&old, array, sizeof(old));
	free(old);
	old = NULL;
	memcpy(array, &old, sizeof(old));
	s->used -= *room * bytes;
	*room = 0;
}
