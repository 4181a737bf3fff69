/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sidecar's folder and name.
 */
#ifndef PRELOAD_SEGMENT_NAME_H
#define PRELOAD_SEGMENT_NAME_H

#include <stdint.h>

#include "preload/sidecar/segment_file.h"

/* The folder of `where` ("auto": the first usable one of the rule). 0 or -errno. */
int segment_name_folder(struct segment_path *folder, const char *where, int32_t pid);

/*
 * Gives the file a name, or makes one under a name if it has none yet; f->path is the name. An
 * earlier run's sidecar is replaced, anything else left alone. The descriptor, or -errno.
 */
int segment_name_take(struct segment_file *f, const char *where, int32_t pid,
		      uint64_t start_ticks);

/* Is it a sidecar of this user's whose process does not run? */
bool segment_name_is_gone(const char *path);

#endif
