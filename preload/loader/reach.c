/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tries it out: one small block is asked for, resized and freed as the host would, and at the far end
 * of weir it is seen whether the call came by. Who wraps the family and hands it on
 * (heaptrack) passes; comparing addresses would not tell it from who does not, and
 * a program without PIE has addresses of its own for what is not its own.
 */
#include "preload/loader/reach.h"

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "preload/ground/gate.h"
#include "preload/ground/next.h"

static struct weir_next behind;
/* volatile: the compiler knows free, and that it changes nothing. */
static volatile uintptr_t awaited;
static volatile bool came;

/* Other threads, of a constructor before ours, are not in the gate. */
static void
note(void *p)
{
	if (gate_depth != 0 && (uintptr_t)p == awaited)
		came = true;
}

static void *
noted_malloc(size_t size)
{
	note((void *)awaited); /* any: its address is not known before */
	return behind.malloc(size);
}

static void *
noted_realloc(void *p, size_t size)
{
	note(p);
	return behind.realloc(p, size);
}

static void
noted_free(void *p)
{
	note(p);
	behind.free(p);
}

static size_t
noted_usable_size(void *p)
{
	note(p);
	return behind.malloc_usable_size(p);
}

/*
 * The functions are called by their names: who is bound to them is what it is about. The same address
 * must come: whoever puts something in front of a block would do so to weir's, too.
 */
static bool
try_all(void)
{
	void *p = malloc(1);
	bool all = came;

	for (int step = 0; step < 4; step++) {
		void *q = NULL;

		came = false;
		awaited = (uintptr_t)p;
		if (step == 0)
			malloc_usable_size(p);
		else if (step == 1)
			q = realloc(p, 16);
		else if (step == 2)
			q = reallocarray(p, 2, 16);
		else
			free(p);
		if (q != NULL)
			p = q;
		all &= came;
	}
	return all;
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
