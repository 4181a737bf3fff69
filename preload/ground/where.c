/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line of /proc/self/maps that an address lies in, and its file's name. While another thread reads
 * that file, the address alone.
 */
#include "preload/ground/where.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "trace/native/maps.h"

struct search {
	struct line *to;
	uint64_t address;
	bool found;
};

static bool
say_if_in(void *context, const struct maps_line *row)
{
	struct search *s = context;

	if (s->address < row->start || s->address >= row->end)
		return true;
	const char *name = strrchr(row->path, '/');
	line_text(s->to, name != NULL ? name + 1 : "code");
	line_text(s->to, "+");
	line_pointer(s->to, (void *)(uintptr_t)(name != NULL ? s->address - row->start +
								       row->offset
							     : s->address));
	s->found = true;
	return false;
}

void
line_where(struct line *l, const void *address)
{
	int saved_errno = errno;
	struct search s = {.to = l, .address = (uintptr_t)address};

	maps_read(say_if_in, &s);
	if (!s.found)
		line_pointer(l, address);
	errno = saved_errno;
}
