/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program or library as it lies in another process's memory: where its tables for unwinding are, and its file, made
 * anew where that was replaced or removed since. Untrusted bytes: all offsets are checked.
 */
#ifndef TOOLS_PROCESS_IMAGE_H
#define TOOLS_PROCESS_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process_image {
	uint64_t start, end; /* in the process */
	uint64_t bias;	     /* between its addresses there and in its file */
	/* A sorted table of `unwind_entries` pairs of words, relative to the header; 0: none that can be searched. */
	uint64_t unwind_header, unwind_table, unwind_entries;
};

/* All of it, or false. */
bool process_image_bytes(pid_t pid, uint64_t at, void *to, size_t n);

/* What begins at `start`, where the beginning of a file is mapped; false: nothing of the kind. */
bool process_image_read(struct process_image *i, pid_t pid, uint64_t start);

/*
 * A file with what is loaded of it, and of its sections those of the dynamic symbols: open, without a name. Its code is
 * the file's, its data the process's. Or -errno.
 */
int process_image_file(const struct process_image *i, pid_t pid);

#endif
