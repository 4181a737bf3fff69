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

struct segment_file {
	char *mapping; /* WEIR_STATS_FILE_BYTES, or NULL: there is no file */
	char path[1024];
	dev_t device;
	ino_t inode;
};

/*
 * `where`: "auto" or a path with %p for the pid and %% for %. 0, or -errno and no mapping.
 */
int segment_file_make(struct segment_file *f, const char *where, int32_t pid,
		      uint64_t start_ticks);

/*
 * Writes into the file without ever faulting: the kernel copies into the mapping, which fails
 * where a store would end the host with SIGBUS; where that call is forbidden or missing, through
 * a descriptor, if the path still leads to the same file. 0 or -errno.
 */
int segment_file_write(const struct segment_file *f, size_t offset, const void *from,
		       size_t bytes);

#endif
