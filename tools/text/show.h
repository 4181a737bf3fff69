/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values and bytes as text for people: units, ages, percentages, and cleaning of strings
 * that come from outside. Pure: writes into the caller's buffer, always terminated, and
 * returns that buffer so that calls nest in a printf.
 */
#ifndef TOOLS_SHOW_H
#define TOOLS_SHOW_H

#include <stddef.h>
#include <stdint.h>

#define SHOW_VALUE 32 /* enough for any value below */

/* snprintf for texts that may be cut: always terminated, and no promise that all fits. */
void show_format(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "1.5 MB", "128 KB", "512 B"; K = 1024. */
char *show_bytes(char buf[SHOW_VALUE], uint64_t bytes);

/* "1,234,567". */
char *show_count(char buf[SHOW_VALUE], uint64_t count);

/* "93.4 %" of `part` in `whole`, or "-" when whole is 0. */
char *show_percent(char buf[SHOW_VALUE], uint64_t part, uint64_t whole);

/* "0 us", "1.5 ms", "0.4 s", "2 min 5 s", "3 h 12 min", "4 d 3 h". */
char *show_duration(char buf[SHOW_VALUE], uint64_t ns);

/*
 * One code point of `n` bytes of UTF-8: its length, or 0 if the bytes are not valid (n = 0
 * included). Overlong forms, surrogates and values above U+10FFFF are not valid.
 */
size_t show_utf8(const unsigned char *bytes, size_t n, uint32_t *code_point);

/*
 * `src` with everything that could steer a terminal (controls, bidirectional overrides,
 * invalid UTF-8) written as \xNN for each byte. Cut to `size`, between characters.
 */
char *show_clean(char *dst, size_t size, const char *src);

/* Columns that `s` takes: its code points, a byte of invalid UTF-8 counting as one. */
size_t show_width(const char *s);

/* The ending of a word that so many are counted in. */
static inline const char *
show_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

#endif
