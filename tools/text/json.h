/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON, indented, to a stream: the caller opens and closes objects and arrays, this
 * keeps commas, indentation and escapes right. Output is valid UTF-8 whatever bytes go in.
 */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	int depth;
	bool first; /* nothing in the innermost object or array yet */
};

void json_begin(struct json *j, FILE *out);
void json_end(struct json *j); /* the newline after the last value */

/* `key` is NULL inside an array and for the outermost value. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);

void json_u64(struct json *j, const char *key, uint64_t value);
void json_i64(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

/* part / whole with six digits, or null when whole is 0. */
void json_ratio(struct json *j, const char *key, uint64_t part, uint64_t whole);

/* With three digits behind the point; null if it is not finite or beyond 1e15. */
void json_number(struct json *j, const char *key, double value);

/* Nanoseconds as seconds with three digits. */
void json_seconds(struct json *j, const char *key, uint64_t ns);

/* NULL gives null; a byte that is not UTF-8 becomes U+FFFD. */
void json_string(struct json *j, const char *key, const char *value);

#endif
