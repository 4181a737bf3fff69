/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is mapped where in a process, as its maps say: whose code an address is, how far a stack reaches, and what its
 * C library offers.
 */
#ifndef TOOLS_PICTURE_H
#define TOOLS_PICTURE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/attach/safe_point.h"
#include "tools/read/dynsym.h"
#include "tools/read/process_image.h"

#define PICTURE_WHY 256

struct picture_range {
	uint64_t start, end;
	enum safe_object object;
	uint8_t library; /* of SAFE_LIBC */
	bool is_first_stack;
};

/* The C library; before glibc 2.34 that of threads is one by itself. */
enum { PICTURE_LIBC, PICTURE_THREADS, PICTURE_LIBRARIES };
struct picture_library {
	uint64_t bias;
	struct dynsym symbols;
};

struct picture {
	pid_t pid;
	struct picture_range *ranges;
	size_t n;
	struct process_image *images; /* by address */
	size_t n_images;
	struct picture_library libraries[PICTURE_LIBRARIES];
	char allocator
		[PATH_MAX]; /* what defines malloc before the C library does, or "" */
	/* In the process: dlopen, and what ends a signal handler. */
	uint64_t dlopen_at, return_at;
	int dlopen_flags; /* besides those of dlopen(3) */
};

/* 0, or -errno with a sentence in `why`. picture_free releases. */
int picture_take(struct picture *p, pid_t pid, char why[PICTURE_WHY]);
/* The same of the text of its maps, which is changed. */
int picture_read(struct picture *p, pid_t pid, char *maps, char why[PICTURE_WHY]);
void picture_free(struct picture *p);

struct safe_frame picture_frame(const struct picture *p, uint64_t address);

/* The program or library that the address is of, or NULL. */
const struct process_image *picture_image(const struct picture *p, uint64_t address);

/* What was mapped there then, or NULL. */
const struct picture_range *picture_range_at(const struct picture *p, uint64_t address);

/* Whether that is on the stack that the kernel made, which others than the first thread never are. */
bool picture_is_first_stack(const struct picture *p, uint64_t sp);

/* How much of its stack a thread has left that stands at `sp`, if all that is mapped there is one. */
uint64_t picture_room(const struct picture *p, uint64_t sp);

/* Whether a thread has so much left, as far as the kernel tells where they stand: one that runs may have. */
bool picture_some_room(const struct picture *p, uint64_t bytes);

#endif
