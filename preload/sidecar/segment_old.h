/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sidecars that nobody took away: how many a default folder keeps.
 */
#ifndef PRELOAD_SEGMENT_OLD_H
#define PRELOAD_SEGMENT_OLD_H

#include "preload/sidecar/segment_file.h"

#define SEGMENT_KEPT_FILES 256
#define SEGMENT_KEPT_BYTES (UINT64_C(256) << 20)

/*
 * The file `own` has got its name in a default folder. Beyond SEGMENT_KEPT_FILES there, or SEGMENT_KEPT_BYTES on
 * the disk, those of processes that are gone make way, oldest first, a few at a time. One caller at a time.
 */
void segment_old_remove(const struct segment_path *own);

#endif
