/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small files of /proc and of the tree of control groups, read whole. Not for two threads at once: the
 * text is static, since a host's stack may be small. All callers of what gives or takes it have the timer's work lock,
 * or come before main; small_file_copy is for any thread.
 */
#ifndef PRELOAD_SMALL_FILE_H
#define PRELOAD_SMALL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SMALL_FILE_BYTES 8192

/* The text, or its first 8 KB, until the next call; "" if it cannot be read. */
const char *small_file_text(const char *path);

/* Its first bytes, which may be zeros among others, to `to`. How many; 0 if it cannot be read. */
size_t small_file_copy(const char *path, char *to, size_t size);

/* For what is read often: the clock, whose descriptors are its own, keeps it open. */
struct small_file {
	int open; /* 1 + descriptor, 0: none */
	unsigned table;
};
const char *small_file_again(struct small_file *f, const char *path);

/* Another path from now on. */
void small_file_close(struct small_file *f);

/* A decimal number at p, after blanks; *end is what follows it. */
uint64_t small_file_number(const char *p, const char **end);

/* The number that follows `name`, which begins with a newline; 0 if it is not there. */
uint64_t small_file_named(const char *text, const char *name);

/* False if it is missing or no number ("max"). */
bool small_file_is_number(const char *text, uint64_t *n);

#endif
