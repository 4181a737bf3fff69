/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of the shim, one line each, on standard error: "weir[PID]: ...". Never allocates, no
 * stdio, keeps errno. All wording of the shim lives in say.c and boot.c.
 */
#ifndef PRELOAD_SAY_H
#define PRELOAD_SAY_H

#include <stddef.h>
#include <stdint.h>

/* A line under construction; what does not fit is cut. */
struct line {
	char text[512];
	size_t n;
};

void line_begin(struct line *l);
void line_text(struct line *l, const char *text);
void line_bytes(struct line *l, const char *text, size_t n);
void line_number(struct line *l, uint64_t n);
void line_pointer(struct line *l, const void *p);
void line_end(struct line *l); /* writes it */

#endif
