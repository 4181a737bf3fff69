/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much room threads have on their stacks, by where what they stand on is mapped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "tools/attach/picture.h"
#include "tools/attach/safe_point.h"
#include "tools/read/proc.h"
#include "tools/read/proc_threads.h"

/* The kernel leaves so much between a stack that grows and what lies below it. */
#define STACK_GAP ((uint64_t)1 << 20)

bool
picture_is_first_stack(const struct picture *p, uint64_t sp)
{
	const struct picture_range *r = picture_range_at(p, sp);

	return r != NULL && r->is_first_stack;
}

uint64_t
picture_room(const struct picture *p, uint64_t sp)
{
	const struct picture_range *r = picture_range_at(p, sp);
	struct rlimit limit;

	if (r == NULL)
		return 0;
	/* It grows on demand, up to a limit and to what lies below it. */
	if (r->is_first_stack && prlimit(p->pid, RLIMIT_STACK, NULL, &limit) == 0) {
		uint64_t used = r->end - sp;
		uint64_t below = r > p->ranges ? r->start - r[-1].end : 0;
		uint64_t most = below > STACK_GAP ? sp - r->start + below - STACK_GAP
						  : sp - r->start;
		uint64_t allowed =
			limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur <= used
				? sp - r->start
				: limit.rlim_cur - used;

		return allowed < most ? allowed : most;
	}
	return sp - r->start;
}

/* As far as the kernel tells where they stand: one that runs may have it. */
bool
picture_some_room(const struct picture *p, uint64_t bytes)
{
	struct proc_threads threads;
	bool has = false, any = false;
	char path[64], *text;
	uint64_t sp;
	pid_t tid;

	proc_threads_begin(&threads, p->pid);
	while (!has && proc_threads_next(&threads, &tid)) {
		any = true;
		snprintf(path, sizeof(path), "task/%d/syscall", (int)tid);
		if (proc_text(p->pid, path, &text, NULL) != 0) {
			has = true;
			continue;
		}
		has = !safe_point_stack(text, &sp) || picture_room(p, sp) >= bytes;
		free(text);
	}
	proc_threads_end(&threads);
	return has || !any;
}
