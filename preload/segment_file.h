/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sidecar's file: where it lies, made safely, mapped. Never follows a symbolic link in its
 * last component, never takes over a file that is not a sidecar of this user's.
 */
#ifndef PRELOAD_SEGMENT_FILE_H
#define PRELOAD_SEGMENT_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "weir/stats.h"

/* What is mapped: header, slots and mailbox. Behind it, from a new page on, lies the trace. */
#define SEGMENT_MAILBOX	    WEIR_STATS_FILE_BYTES
#define SEGMENT_FIXED_BYTES (SEGMENT_MAILBOX + sizeof(struct weir_stats_mailbox))
#define SEGMENT_PATH_BYTES  1024
#define SEGMENT_TRACE	    ((SEGMENT_FIXED_BYTES + 4095) & ~(size_t)4095)

struct segment_file {
	char *mapping; /* SEGMENT_FIXED_BYTES, or NULL: there is no file */
	char path[SEGMENT_PATH_BYTES];
	dev_t device;
	ino_t inode;
	int kept;  /* 1 + descriptor in the clock's own table, 0: none */
	int fresh; /* 1 + descriptor of a file that has no name yet, 0: it has one */
};

/*
 * `where`: "auto" or a path with %p for the pid and %% for %. 0, or -errno and no mapping. Where the
 * file system can, the file has no name until it is shown: a host that ends meanwhile leaves nothing.
 */
int segment_file_make(struct segment_file *f, const char *where, int32_t pid,
		      uint64_t start_ticks);

/* Once there is something in it. 0, or -errno and no mapping; -EAGAIN: make it once more. */
int segment_file_show(struct segment_file *f, const char *where, int32_t pid,
		      uint64_t start_ticks);

/*
 * Writes into the mapping without ever faulting: the kernel copies, which fails where a store
 * would end the host with SIGBUS; where that call is forbidden or missing, through a descriptor,
 * if the path still leads to the same file. 0 or -errno. Reading is the same.
 */
int segment_file_write(struct segment_file *f, size_t offset, const void *from,
		       size_t bytes);
int segment_file_read(struct segment_file *f, size_t offset, void *to, size_t bytes);

/*
 * A descriptor for what is not mapped, or -errno: kept on the clock's thread, whose table is its
 * own; on others opened for the moment.
 */
int segment_file_open(struct segment_file *f);
/*
 * 0 if fd is this file. In the host's table a descriptor may be closed by the host (closefrom), and
 * the next file that it opens has the number.
 */
int segment_file_check(const struct segment_file *f, int fd);
void segment_file_close(const struct segment_file *f, int fd);
/* -EFBIG if RLIMIT_FSIZE forbids a file that long: to try would be a signal, which ends the host. */
int segment_file_allowed(uint64_t end);
int segment_file_put(int fd, uint64_t offset, const void *from, size_t bytes);

/* Unmaps and removes a file that cannot be written: an empty one would tell nobody anything. */
void segment_file_drop(struct segment_file *f);

#endif
