/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file that a subcommand is told to write: it appears whole or not at all.
 */
#ifndef TOOLS_OUTPUT_H
#define TOOLS_OUTPUT_H

#include <stdio.h>

/*
 * Puts what `print` prints in the place of the file, or, if that is a device or a pipe, into it. A
 * symbolic link stays. Returns 0 or -errno, and then the file is as it was.
 */
int output_file(const char *path, void (*print)(const void *what, FILE *out),
		const void *what);

#endif
