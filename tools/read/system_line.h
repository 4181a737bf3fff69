/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small files by which the kernel tells its settings: /proc/sys, /sys, those of a control
 * group. For doctor.
 */
#ifndef TOOLS_SYSTEM_LINE_H
#define TOOLS_SYSTEM_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* The first line of the file, cut to `size`, without its newline. False if it cannot be read. */
bool system_line(const char *path, char *line, size_t size);

#endif
