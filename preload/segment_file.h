/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sidecar's file: where it lies, made safely, mapped. Never follows a symbolic link in its
 * last component, never takes over a file that is not a sidecar of this user's.
 */
#ifndef PRELOAD_SEGMENT_FILE_H
#define PRELOAD_SEGMENT_FILE_H

#include <stdint.h>

/*
 * `where`: "auto" or a path with %p for the pid and %% for %. Returns the mapping of
 * WEIR_STATS_FILE_BYTES zero bytes, or NULL with *error = -errno.
 */
char *segment_file_make(const char *where, int32_t pid, uint64_t start_ticks, int *error);

void segment_file_unmap(char *mapping);

#endif
