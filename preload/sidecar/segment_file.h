/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sidecar's file: where it lies, made safely, written and read through a descriptor. Never follows a
 * symbolic link in its last component, never takes over a file that is not a sidecar of this user's.
 */
#ifndef PRELOAD_SEGMENT_FILE_H
#define PRELOAD_SEGMENT_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "weir/collect.h"
#include "weir/stats.h"

/* Header, slots, mailbox and the record of collections, for which there is room from the start; on a new page, the trace. */
#define SEGMENT_MAILBOX	    WEIR_STATS_FILE_BYTES
#define SEGMENT_COLLECT	    (SEGMENT_MAILBOX + sizeof(struct weir_stats_mailbox))
#define SEGMENT_FIXED_BYTES (SEGMENT_COLLECT + 8 * WEIR_N_COLLECT_FIELDS)
#define SEGMENT_PATH_BYTES  1024
#define SEGMENT_TRACE	    ((SEGMENT_FIXED_BYTES + 4095) & ~(size_t)4095)

struct segment_path {
	char text[SEGMENT_PATH_BYTES];
	size_t n;
	bool cut;
};

struct segment_file {
	_Atomic bool made; /* asked without the lock by who wants a clock */
	bool nameless;	   /* so far; a host that ends meanwhile leaves nothing */
	struct segment_path path;
	dev_t device;
	ino_t inode;
	int open;	  /* 1 + descriptor, 0: none */
	unsigned table;	  /* where it is open: own_files_here */
	uint64_t allowed; /* how long RLIMIT_FSIZE lets it become */
	const char *page; /* of the mailbox, mapped: NULL, or not to be had */
};

/*
 * `where`: "auto" or a path with %p for the pid and %% for %. 0 and it is open, or -errno and there is
 * none. Where the file system can, the file has no name until it is shown.
 */
int segment_file_make(struct segment_file *f, const char *where, int32_t pid,
		      uint64_t start_ticks);

/* As long as it will ever be, sparse, if it may: a copy that was cut is told from a whole one. */
void segment_file_extend(const struct segment_file *f, uint64_t bytes);

/* Once there is something in it. 0, or -errno and no file; -EAGAIN: make it once more. */
int segment_file_show(struct segment_file *f, const char *where, int32_t pid,
		      uint64_t start_ticks);

/*
 * Before put and get: by its path, if that still leads to the same file; 0 or -errno. The clock, whose
 * table of descriptors is its own, keeps it open, others close it. In the host's table a descriptor
 * may be closed by the host (closefrom), and the next file that it opens has the number.
 */
int segment_file_open(struct segment_file *f);
void segment_file_close(struct segment_file *f);

/* 0 or -errno; -EFBIG where the kernel's answer would be a signal, which ends the host. */
int segment_file_put(const struct segment_file *f, uint64_t offset, const void *from,
		     size_t bytes);
int segment_file_get(const struct segment_file *f, uint64_t offset, void *to,
		     size_t bytes);

/*
 * Where the mailbox lies in memory, for the kernel to wait on, or NULL: while the file is open. Nobody may
 * load from it, for the file may have been cut.
 */
const void *segment_file_mailbox(struct segment_file *f);

/* Removes a file that cannot be written: an empty one would tell nobody anything. */
void segment_file_drop(struct segment_file *f);

/* The child of a fork has none. */
void segment_file_after_fork(struct segment_file *f);

#endif
