/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An address of code as a person can use it: "libfoo.so+0x1234", for addr2line. Reads
 * /proc/self/maps and takes no lock of the loader; for messages only.
 */
#ifndef PRELOAD_WHERE_H
#define PRELOAD_WHERE_H

#include "preload/ground/say.h"

void line_where(struct line *l, const void *address);

#endif
