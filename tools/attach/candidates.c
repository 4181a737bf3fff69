/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stop ends waits that the kernel does not begin again: a thread that did not suit, and waits in the same call at the
 * same place, would not suit now, and is stopped twice a second at most.
 */
#include "tools/attach/candidates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "tools/attach/safe_point.h"
#include "tools/read/proc.h"
#include "tools/read/proc_threads.h"
#include "tools/text/monotonic.h"
#include "tools/text/text_hash.h"

#define AGAIN_NS 500000000

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

void
candidates_open(struct candidates *c, pid_t pid)
{
	int64_t mode = 0;
	char *text;

	c->pid = pid;
	c->n = c->left = c->n_refused = 0;
	c->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (proc_text(pid, "status", &text, NULL) == 0) {
		mode = proc_status_number(text, "\nSeccomp:", 10);
		free(text);
	}
	c->filtered = mode != 0;
}

void
candidates_close(struct candidates *c)
{
	if (c->pidfd >= 0)
		close(c->pidfd);
	c->pidfd = -1;
}

/* Whether it is a socket that does not wait for ever. Nothing else of the process's is held, however shortly. */
static bool
has_time_limit(const struct candidates *c, int file)
{
	struct timeval limit = {0};
	socklen_t n = sizeof(limit);
	char name[32], to[64];

	snprintf(name, sizeof(name), "fd/%d", file);
	if (c->pidfd < 0 || file < 0 || proc_link(c->pid, name, to, sizeof(to)) < 0 ||
	    strncmp(to, "socket:", 7) != 0)
		return false;
	int fd = (int)syscall(SYS_pidfd_getfd, c->pidfd, file, 0);
	if (fd < 0)
		return false;
	bool limited = getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, &n) == 0 &&
		       (limit.tv_sec != 0 || limit.tv_usec != 0);
	close(fd);
	return limited;
}

/* A thread that runs is nowhere. */
static uint64_t
where_of(const char *text)
{
	return strncmp(text, "running", 7) == 0 ? 0 : text_hash(text) | 1;
}

static void
examine(const struct candidates *c, struct candidate *one)
{
	char path[64], *text;

	snprintf(path, sizeof(path), "task/%d/syscall", (int)one->tid);
	/* Not all kernels have the file: then any thread may do. */
	one->rank = SAFE_POINT_NEVER - 1;
	one->where = 0;
	if (proc_text(c->pid, path, &text, NULL) != 0)
		return;
	one->rank = safe_point_rank(text);
	one->where = where_of(text);
	if (has_time_limit(c, safe_point_file(text)))
		one->rank = safe_point_rank_bounded(one->rank);
	if (c->filtered)
		one->rank = safe_point_rank_filtered(one->rank);
	free(text);
}

static bool
is_refused(const struct candidates *c, const struct candidate *one, uint64_t now)
{
	for (size_t k = 0; one->where != 0 && k < c->n_refused; k++)
		if (c->refused[k].tid == one->tid && c->refused[k].where == one->where)
			return now < c->refused[k].until_ns;
	return false;
}

static int
better_first(const void *a, const void *b)
{
	const struct candidate *c = a, *d = b;

	return c->rank != d->rank ? c->rank - d->rank : (int)(d->tid - c->tid);
}

void
candidates_take(struct candidates *c)
{
	uint64_t now = (uint64_t)monotonic_ns();
	struct proc_threads threads;

	c->n = c->left = 0;
	proc_threads_begin(&threads, c->pid);
	while (c->n < CANDIDATES_MOST &&
	       proc_threads_next(&threads, &c->list[c->n].tid)) {
		struct candidate *one = &c->list[c->n];

		examine(c, one);
		if (one->rank == SAFE_POINT_NEVER)
			c->left++;
		else if (!is_refused(c, one, now))
			c->n++;
	}
	proc_threads_end(&threads);
	qsort(c->list, c->n, sizeof(c->list[0]), better_first);
}

void
candidates_refuse(struct candidates *c, const struct candidate *one)
{
	size_t k = 0;

	if (one->where == 0)
		return;
	while (k < c->n_refused && c->refused[k].tid != one->tid)
		k++;
	if (k == CANDIDATES_MOST)
		return;
	if (k == c->n_refused)
		c->n_refused++;
	c->refused[k].tid = one->tid;
	c->refused[k].where = one->where;
	c->refused[k].until_ns = (uint64_t)monotonic_ns() + AGAIN_NS;
}

void
candidates_forget(struct candidates *c)
{
	c->n_refused = 0;
}
