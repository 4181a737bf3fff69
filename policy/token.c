/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words, numbers and sizes out of a text, see token.h. Called at the start of a process that
 * weir is preloaded into: must never allocate, and never read past a token's end.
 */
#include "policy/token.h"

#include <errno.h>

/* So that no digit of a fraction is lost: 10^6 * 2^40 still fits 64 bits. */
#define MAX_DECIMALS 6

struct token
token_of(const char *terminated)
{
	struct token s = {terminated, 0};

	while (s.at[s.len] != '\0')
		s.len++;
	return s;
}

bool
token_is(struct token s, const char *word)
{
	for (size_t i = 0; i < s.len; i++)
		if (word[i] == '\0' || word[i] != s.at[i])
			return false;
	return word[s.len] == '\0';
}

void
token_skip(struct token *s, size_t n)
{
	s->at += n;
	s->len -= n;
}

struct token
token_trim(struct token s)
{
	while (s.len > 0 && s.at[0] == ' ')
		token_skip(&s, 1);
	while (s.len > 0 && s.at[s.len - 1] == ' ')
		s.len--;
	return s;
}

bool
token_cut(struct token *rest, char mark, struct token *head)
{
	size_t i = 0;

	while (i < rest->len && rest->at[i] != mark)
		i++;
	*head = (struct token){rest->at, i};
	token_skip(rest, i);
	if (rest->len == 0)
		return false;
	token_skip(rest, 1);
	return true;
}

/* Moves the digits at the front of *s into *n; returns how many there were. */
static size_t
take_digits(struct token *s, uint64_t *n, bool *overflow)
{
	size_t count = 0;

	*n = 0;
	while (s->len > 0 && s->at[0] >= '0' && s->at[0] <= '9') {
		unsigned digit = (unsigned)(s->at[0] - '0');

		if (__builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, digit, n))
			*overflow = true;
		token_skip(s, 1);
		count++;
	}
	return count;
}

int
token_number(struct token s, uint64_t *n)
{
	bool overflow = false;
	uint64_t value;

	if (take_digits(&s, &value, &overflow) == 0 || s.len > 0)
		return -EINVAL;
	if (overflow)
		return -ERANGE;
	*n = value;
	return 0;
}

static bool
is_letter(char c, char upper)
{
	return c == upper || c == upper + ('a' - 'A');
}

/* The shift of "K", "KB", "KiB" and so on; 0 for an empty unit, -1 for anything else. */
static int
unit_shift(struct token unit)
{
	static const char units[] = "KMGT";
	int shift = 0;

	if (unit.len == 0)
		return 0;
	for (int i = 0; units[i] != '\0'; i++)
		if (is_letter(unit.at[0], units[i]))
			shift = 10 * (i + 1);
	if (shift == 0)
		return -1;
	if (unit.len == 1 || (unit.len == 2 && is_letter(unit.at[1], 'B')) ||
	    (unit.len == 3 && is_letter(unit.at[1], 'I') && is_letter(unit.at[2], 'B')))
		return shift;
	return -1;
}

int
token_bytes(struct token s, uint64_t *bytes)
{
	uint64_t whole, fraction = 0, scale = 1;
	size_t decimals = 0;
	bool overflow = false;
	int shift;

	if (take_digits(&s, &whole, &overflow) == 0)
		return -EINVAL;
	if (s.len > 0 && s.at[0] == '.') {
		token_skip(&s, 1);
		decimals = take_digits(&s, &fraction, &overflow);
		if (decimals == 0 || decimals > MAX_DECIMALS)
			return -EINVAL;
		for (size_t i = 0; i < decimals; i++)
			scale *= 10;
	}
	shift = unit_shift(s);
	if (shift < 0 || (shift == 0 && decimals > 0))
		return -EINVAL;
	if (overflow || whole > UINT64_MAX >> shift)
		return -ERANGE;
	*bytes = (whole << shift) + (fraction << shift) / scale;
	return 0;
}
