/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file that this process runs.
 */
#ifndef TRACE_EXECUTABLE_H
#define TRACE_EXECUTABLE_H

#include <stddef.h>

/*
 * Its path, cut to `size` with the NUL byte, "" if there is none to be had. As the kernel knows it; where
 * /proc does not tell, as it was started, which may be relative, or a script's. Keeps errno.
 */
void executable_path(char *to, size_t size);

/* What follows the last slash. */
const char *executable_name(const char *path);

/* The runtime that it is by its name, as weir names it; "": none that is known. */
const char *executable_runtime(void);

#endif
