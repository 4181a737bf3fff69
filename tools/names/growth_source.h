/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of a script as it is on disk, for a frame whose file and line are known. Called by the
 * views that show stacks.
 */
#ifndef TOOLS_GROWTH_SOURCE_H
#define TOOLS_GROWTH_SOURCE_H

#include <stddef.h>
#include <stdint.h>

enum growth_source_state {
	GROWTH_SOURCE_SHOWN,
	GROWTH_SOURCE_GONE,  /* no such file, or no such line in it */
	GROWTH_SOURCE_NEWER, /* changed since the process began: not believed */
	GROWTH_SOURCE_NONE,  /* not a file: node:internal, eval, a URL */
};

/*
 * One line of a script on disk, cut, without its newline, not cleaned. Only an absolute path to a
 * regular file that was last changed before `started_unix_ns` is read.
 */
enum growth_source_state growth_source_line(const char *file, uint32_t line,
					    uint64_t started_unix_ns, char *buf,
					    size_t size);

#endif
