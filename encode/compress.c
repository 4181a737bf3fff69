/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of compress.h, made by the compiler from what they do. Only where there are kernels that shuffle by them.
 */
#include "encode/compress.h"

#include "encode/all.h"

#if defined(__x86_64__) || defined(__aarch64__)

/* How many of the first n bits are set. */
#define SET(mask, n) __builtin_popcount((mask) & ((1u << (n)) - 1))
/* `place` at `to`, as far as that lies in this half of a row. */
#define PUT(half, to, place)                                                             \
	((to) / 8 == (half) ? (uint64_t)(place) << 8 * ((to) % 8u) : 0)
#define HALF(X, h, mask) (X(h, mask, 0) | X(h, mask, 1) | X(h, mask, 2) | X(h, mask, 3))
#define BOTH(X, Y, mask)                                                                 \
	{                                                                                \
		{                                                                        \
			HALF(X, 0, mask) | HALF(Y, 0, mask),                             \
				HALF(X, 1, mask) | HALF(Y, 1, mask)                      \
		}                                                                        \
	}

#define PAIR(h, mask, i)                                                                 \
	(PUT(h, (i) + SET(mask, i), 2 * (i)) |                                           \
	 ((mask) >> (i)&1 ? PUT(h, (i) + 1 + SET(mask, i), 2 * (i) + 1) : 0))
#define PAIR_4(h, mask, i) PAIR(h, mask, (i) + 4)
#define PAIRS(mask)	   BOTH(PAIR, PAIR_4, mask)

const struct row compress_pairs[256] = {ALL(PAIRS)};

#define BYTES(mask, i) (1 + __builtin_popcount((mask) >> 2 * (i)&3))
#define END(h, mask, i, n)                                                               \
	((n) <= BYTES(mask, i) ? PUT(h, (i) + SET(mask, 2 * (i)) + BYTES(mask, i) - (n), \
				     4 * (i) + 4 - (n))                                  \
			       : 0)
#define END_3(h, mask, i)  (END(h, mask, i, 1) | END(h, mask, i, 2) | END(h, mask, i, 3))
#define NO_END(h, mask, i) 0
#define ENDS(mask)	   BOTH(END_3, NO_END, mask)

const struct row compress_ends[256] = {ALL(ENDS)};

#define WORD(h, mask, i)                                                                 \
	((mask) >> (i)&1 ? 0                                                             \
			 : PUT(h, 2 * SET(~(mask), i), 2 * (i)) |                        \
				   PUT(h, 2 * SET(~(mask), i) + 1, 2 * (i) + 1))
#define WORD_4(h, mask, i) WORD(h, mask, (i) + 4)
#define WORDS(mask)	   BOTH(WORD, WORD_4, mask)

const struct row compress_words[256] = {ALL(WORDS)};

/* Place i, behind 8 - n of the first half. */
#define JOIN_AT(n, i)                                                                    \
	((uint64_t)((i) < 8 - (n) ? (i) : ((i) + (n)) % 16) << 8 * ((i) % 8))
#define JOIN_HALF(n, i)                                                                  \
	JOIN_AT(n, i) | JOIN_AT(n, (i) + 1) | JOIN_AT(n, (i) + 2) |                      \
		JOIN_AT(n, (i) + 3) | JOIN_AT(n, (i) + 4) | JOIN_AT(n, (i) + 5) |        \
		JOIN_AT(n, (i) + 6) | JOIN_AT(n, (i) + 7)
#define JOIN(n)                                                                          \
	{                                                                                \
		{                                                                        \
			JOIN_HALF(n, 0), JOIN_HALF(n, 8)                                 \
		}                                                                        \
	}

const struct row compress_joins[9] = {
	JOIN(0), JOIN(1), JOIN(2), JOIN(3), JOIN(4), JOIN(5), JOIN(6), JOIN(7), JOIN(8),
};

#define SKIP_AT(n, i)                                                                    \
	((uint64_t)(((i) + ((n) / 16 == 1 && (i) >= (n) % 16)) % 16) << 8 * ((i) % 8))
#define SKIP_HALF(n, i)                                                                  \
	SKIP_AT(n, i) | SKIP_AT(n, (i) + 1) | SKIP_AT(n, (i) + 2) |                      \
		SKIP_AT(n, (i) + 3) | SKIP_AT(n, (i) + 4) | SKIP_AT(n, (i) + 5) |        \
		SKIP_AT(n, (i) + 6) | SKIP_AT(n, (i) + 7)
#define SKIP(n)                                                                          \
	{                                                                                \
		{                                                                        \
			SKIP_HALF(n, 0), SKIP_HALF(n, 8)                                 \
		}                                                                        \
	}

const struct row compress_skips[48] = {ROW(SKIP, 0), ROW(SKIP, 16), ROW(SKIP, 32)};

#endif
