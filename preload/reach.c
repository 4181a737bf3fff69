/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tries it out: one small block is asked for, resized and freed as the host would, and at the far end
 * of weir it is seen whether the call came by. Who wraps the family and hands it on
 * (heaptrack) passes; comparing addresses would not tell it from who does not, and
 * a program without PIE has addresses of its own for what is not its own.
 */
#include "preload/reach.h"

#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>

#include "preload/gate.h"
#include "preload/next.h"

static struct weir_next behind;
static volatile bool came; /* the compiler knows free, and that it changes nothing */

/* Other threads, of a constructor before ours, are not in the gate. */
static void
note(void)
{
	if (gate_depth != 0)
		came = true;
}

static void *
noted_malloc(size_t size)
{
	note();
	return behind.malloc(size);
}

static void *
noted_realloc(void *p, size_t size)
{
	note();
	return behind.realloc(p, size);
}

static void
noted_free(void *p)
{
	note();
	behind.free(p);
}

static size_t
noted_usable_size(void *p)
{
	note();
	return behind.malloc_usable_size(p);
}

static bool
it_came(void)
{
	bool so = came;

	came = false;
	return so;
}

/* The functions are called by their names: who is bound to them is what it is about. */
static bool
try_all(void)
{
	char *p = malloc(1), *q;
	bool all = it_came();

	malloc_usable_size(p);
	all &= it_came();
	q = realloc(p, 16);
	all &= it_came();
	p = q != NULL ? q : p;
	q = reallocarray(p, 2, 16);
	all &= it_came();
	free(q != NULL ? q : p);
	return all & it_came();
}

bool
reach_all(void)
{
	struct gate g;

	if (next_found() != 0 || !gate_enter(&g))
		return false;
	behind = next;
	next.malloc = noted_malloc;
	next.realloc = noted_realloc;
	next.free = noted_free;
	next.malloc_usable_size = noted_usable_size;
	bool all = try_all();
	next = behind;
	gate_leave(&g);
	return all;
}
