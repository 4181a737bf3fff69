/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A macro for each byte, for the files that make tables (tables.c, compress.c).
 */
#ifndef ENCODE_ALL_H
#define ENCODE_ALL_H

#define ROW(X, r)                                                                        \
	X((r) + 0), X((r) + 1), X((r) + 2), X((r) + 3), X((r) + 4), X((r) + 5),          \
		X((r) + 6), X((r) + 7), X((r) + 8), X((r) + 9), X((r) + 10),             \
		X((r) + 11), X((r) + 12), X((r) + 13), X((r) + 14), X((r) + 15)
#define ALL(X)                                                                           \
	ROW(X, 0x00), ROW(X, 0x10), ROW(X, 0x20), ROW(X, 0x30), ROW(X, 0x40),            \
		ROW(X, 0x50), ROW(X, 0x60), ROW(X, 0x70), ROW(X, 0x80), ROW(X, 0x90),    \
		ROW(X, 0xa0), ROW(X, 0xb0), ROW(X, 0xc0), ROW(X, 0xd0), ROW(X, 0xe0),    \
		ROW(X, 0xf0)

#endif
