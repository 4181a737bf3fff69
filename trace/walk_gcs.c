/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collections of whichever runtime this is.
 */
#include <errno.h>

#include "trace/python_gc.h"
#include "trace/v8_gc.h"
#include "trace/walk.h"
#include "trace/walk_private.h"

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

	walk_gcs_look();
	v8_gc_read(g);
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
	return walk_reads_python() && walk_runtime_stays() ? python_gc_collect(anew)
							   : -ENOSYS;
}
