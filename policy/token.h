/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads words, numbers and sizes from text that is not terminated, without libc. For
 * grades.c and options.c, which run before anything in the process may allocate.
 */
#ifndef POLICY_TOKEN_H
#define POLICY_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A stretch of someone else's text, not terminated. */
struct token {
	const char *at;
	size_t len;
};

struct token token_of(const char *terminated);

bool token_is(struct token s, const char *word);

/* Without the spaces at both ends. */
struct token token_trim(struct token s);

void token_skip(struct token *s, size_t n);

/*
 * Moves what stands before the first `mark` from *rest to *head, and drops the mark. Without
 * one, moves everything and returns false.
 */
bool token_cut(struct token *rest, char mark, struct token *head);

/* Decimal digits only. Returns 0, -EINVAL (not a number) or -ERANGE (does not fit). */
int token_number(struct token s, uint64_t *n);

/*
 * "10M", "64K", "1G", "2T", "512", "1.5M"; K = 1024, and "KB", "KiB" mean the same, in either
 * case. A fraction needs a unit, has at most six decimals and is cut to whole bytes. Returns 0,
 * or -EINVAL (not a size) or -ERANGE (does not fit), leaving *bytes alone.
 */
int token_bytes(struct token s, uint64_t *bytes);

#endif
