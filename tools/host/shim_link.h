/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LD_PRELOAD is split at blanks and colons, and has no way to quote one.
 */
#ifndef TOOLS_SHIM_LINK_H
#define TOOLS_SHIM_LINK_H

#include <stddef.h>

/*
 * A link to the file `shim` at a path without blanks and colons: in a folder of this user's in
 * $XDG_RUNTIME_DIR or /tmp, that others may read and only this user may write. 0 with the link's
 * path, or -errno with a sentence in `why`. It stays: programs that run under weir start others.
 */
int shim_link(const char *shim, char *path, size_t size, char *why, size_t why_size);

#endif
