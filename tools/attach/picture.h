/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is mapped where in a process, as its maps say: whose code an address is, how far a stack reaches, and what its
 * C library offers.
 */
#ifndef TOOLS_PICTURE_H
#define TOOLS_PICTURE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "tools/attach/safe_point.h"
#include "tools/read/dynsym.h"

#define PICTURE_WHY 256

struct picture_range {
	uint64_t start, end;
	enum safe_object object;
	bool is_first_stack;
};

struct picture {
	pid_t pid;
	struct picture_range *ranges;
	size_t n;
	uint64_t libc_bias;
	struct dynsym libc;
	char libc_path[PATH_MAX]; /* as the process sees it */
	char allocator
		[PATH_MAX]; /* what defines malloc before the C library does, or "" */
	uint64_t dlopen_at,
		return_at; /* in the process: dlopen, and what ends a signal handler */
};

/* 0, or -errno with a sentence in `why`. picture_free releases. */
int picture_take(struct picture *p, pid_t pid, char why[PICTURE_WHY]);
void picture_free(struct picture *p);

struct safe_frame picture_frame(const struct picture *p, uint64_t address);

/* How much of its stack a thread has left that stands at `sp`. */
uint64_t picture_room(const struct picture *p, uint64_t sp);

#endif
