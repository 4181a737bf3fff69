/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a person would name a running process: by what was typed.
 */
#ifndef TOOLS_COMMAND_LINE_H
#define TOOLS_COMMAND_LINE_H

#include <stddef.h>
#include <sys/types.h>

#define COMMAND_LINE_BYTES 72

/*
 * The program without its folder, then its arguments, cut to `size`; what is no printable character is shown
 * as "?". "" if it cannot be read.
 */
void command_line_of(pid_t pid, char *line, size_t size);

/* The same of the bytes of /proc/PID/cmdline. Pure. */
void command_line_text(const char *arguments, size_t bytes, char *line, size_t size);

#endif
