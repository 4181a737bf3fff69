/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file through an encoder or a decoder to standard output, in constant memory. For
 * `weir encode` and `weir decode`, which know the command line; this knows none.
 */
#ifndef TOOLS_CONVERT_H
#define TOOLS_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include "include/weir/encode.h"

struct convert {
	bool decode;
	enum weir_codec codec;
	enum weir_dialect dialect; /* decode only */
	uint32_t columns;	   /* encode only; 0: one line, without an end */
	const char *file;	   /* NULL or "-": standard input */
};

/* By name; false: there is none of that name. */
bool convert_codec(const char *name, enum weir_codec *codec);
bool convert_dialect(const char *name, enum weir_dialect *dialect);

/* 0, or -1 after an error has been told; what was good has been written by then. */
int convert_run(const struct convert *c);

#endif
