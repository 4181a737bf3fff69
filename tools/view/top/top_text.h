/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that fits a number of columns, for `weir top`. Pure. Foreign text is cleaned here; where
 * the terminal is not UTF-8, what is not ASCII becomes "?".
 */
#ifndef TOOLS_TOP_TEXT_H
#define TOOLS_TOP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The beginning of `src`, at most `width` columns. Returns the columns used. */
size_t top_text_fit(char *dst, size_t size, const char *src, size_t width, bool utf8);

/* The end of `src`, behind an ellipsis if something is left out. Returns the columns used. */
size_t top_text_tail(char *dst, size_t size, const char *src, size_t width, bool utf8);

/*
 * A line of code, whose function stays as far as that leaves room for the file's name, and words without a path, whose
 * beginning stays. Else as above.
 */
size_t top_text_place(char *dst, size_t size, const char *src, size_t width, bool utf8);

/* A row of bars, one column each: the newest `width` values between the lowest and the highest. */
void top_text_spark(char *dst, size_t size, const uint64_t *values, size_t n,
		    size_t width, bool utf8);

#endif
