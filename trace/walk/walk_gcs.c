/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collections of whichever runtime this is.
 */
#include <errno.h>

#include "trace/runtimes/python_gc.h"
#include "trace/runtimes/runtime_entry.h"
#include "trace/runtimes/v8_gc.h"
#include "trace/walk/walk.h"
#include "trace/walk/walk_private.h"

void
walk_gcs_look(void)
{
	if (walk_reads_python())
		python_gc_look();
}

void
walk_gcs(struct walk_gcs *g)
{
	struct python_gc p;
	struct v8_gcs v;

	walk_gcs_look();
	v8_gc_read(&v);
	*g = (struct walk_gcs){.major = v.major,
			       .main_major = v.main_major,
			       .minor = v.minor,
			       .heap_bytes = v.heap_bytes,
			       .external_bytes = v.external_bytes,
			       .known = v.known};
	if (!walk_reads_python())
		return;
	python_gc_read(&p);
	g->cycles_known = p.known;
	g->minor = p.young;
	g->unseen_objects = p.unseen;
}

int64_t
walk_collect(bool anew)
{
	return walk_reads_python() && entry_stays() ? python_gc_collect(anew) : -ENOSYS;
}
