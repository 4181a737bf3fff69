/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table of kernels (struct codec_tier) for each instruction set. A kernel converts as many whole
 * groups as it can, says how far it came, and writes nothing beyond what that gives. The drivers (hex.c,
 * base64.c, text.c) do the rest with the scalar kernels, which are also what
 * tests/unit/test_encode_tiers.c compares the others with. Every kernel ends with vzeroupper.
 */
#ifndef ENCODE_CODEC_H
#define ENCODE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weir/encode.h"

/* What a byte is in base64 text: 0 to 63, or one of these. */
#define BASE64_SKIP 0x80
#define BASE64_STOP 0xc0 /* padding, or an error: the driver decides */

/*
 * One alphabet by two shuffles each. A byte's key is its high nibble and what its low one adds:
 * avg(key[low], byte >> 3), so that bytes that must be told apart get different keys. Then
 * check[key] + byte is negative if the byte is in no alphabet, saturated, and delta[key] + byte
 * is its value if it is in one.
 */
struct base64_quick {
	int8_t check_key[16], check[16], delta_key[16], delta[16];
};

/* An alphabet with a dialect's idea of everything else. The others serve 16-byte lookups. */
struct base64_decode_table {
	uint8_t value[256];
	uint8_t bad_low
		[16]; /* [low nibble] & [high nibble] is not 0: not in the alphabet */
	uint8_t bad_high[16];
	/* Of what is not in the alphabet, [low nibble] == byte is to stop at; or all else is. */
	uint8_t mark[16];
	bool marks_stop;
	const struct base64_quick *quick[2]; /* alphabets that clean text may be all in */
	bool high_stops;		     /* bytes from 0x80 are BASE64_STOP */
};

/* Decoding under way. acc has `count` (0 to 3) values of six bits, the first one topmost. */
struct base64_run {
	const uint8_t *src, *src_end;
	uint8_t *dst, *dst_end;
	const struct base64_decode_table *table;
	uint32_t acc, count;
};

/* Two bytes to look for, `distance` apart. */
struct codec_pair {
	uint8_t first, second;
	size_t distance;
};

/* Text under way: io of state.h, which kernels do not know. */
struct codec_text_run {
	const uint8_t *src, *src_end;
	uint8_t *dst, *dst_end;
};

/*
 * Each kernel converts whole valid characters, and stops before one that is not valid, or some way before
 * the end of the source or of the room. It may write bytes behind what it returns as dst, which the rest
 * of the source will overwrite: it makes sure that there is so much of both left.
 */
struct codec_text {
	/* How many bytes are whole valid characters; perhaps less than all that are. */
	size_t (*utf8_valid)(const uint8_t *src, size_t n);
	void (*utf8_copy)(struct codec_text_run *run);
	void (*utf8_to_utf16)(struct codec_text_run *run);
	void (*utf8_to_low)(struct codec_text_run *run); /* the low byte of each unit */
	void (*utf16_to_utf8)(struct codec_text_run *run);
	void (*latin1_to_utf8)(struct codec_text_run *run);
};

/* A tier whose kernels have these names. */
#define CODEC_TEXT_KERNELS                                                               \
	{                                                                                \
		.utf8_valid = utf8_valid, .utf8_copy = utf8_copy,                        \
		.utf8_to_utf16 = utf8_to_utf16, .utf8_to_low = utf8_to_low,              \
		.utf16_to_utf8 = utf16_to_utf8, .latin1_to_utf8 = latin1_to_utf8,        \
	}

/* Where a kernel stopped, it is not tried again for so many bytes, unless it came as far. */
#define CODEC_TEXT_MIN 64

/*
 * All of a text in one call, as weir_encode and weir_decode do it, whose last calls these are: what
 * is short is done without a frame, a state or a run.
 */
typedef struct weir_result codec_whole(uint8_t *dst, size_t cap, const uint8_t *src,
				       size_t n);

struct codec_whole_text {
	codec_whole *utf8_copy, *utf8_to_utf16, *utf8_to_low, *utf16_to_utf8,
		*latin1_to_utf8;
};

/* oneshot.c: over the text kernels of the tier in use. */
codec_whole whole_utf8_copy, whole_utf8_to_utf16, whole_utf8_to_low, whole_utf16_to_utf8,
	whole_latin1_to_utf8;

#define CODEC_WHOLE_TEXT                                                                 \
	{                                                                                \
		.utf8_copy = whole_utf8_copy, .utf8_to_utf16 = whole_utf8_to_utf16,      \
		.utf8_to_low = whole_utf8_to_low, .utf16_to_utf8 = whole_utf16_to_utf8,  \
		.latin1_to_utf8 = whole_latin1_to_utf8,                                  \
	}

/* Lines of base64: so many characters, a multiple of four from 32 on, and what ends them, two bytes at most. */
struct codec_lines {
	size_t columns, eol_length;
	uint16_t eol;
};

/* Whole lines, all or all but the last ones. Returns how many bytes were encoded. */
typedef size_t codec_encode_lines(uint8_t *dst, const uint8_t *src, size_t n,
				  const struct codec_lines *lines, bool url);

struct codec_tier {
	const char *name;
	/* Return how many bytes of src were encoded, all if the tier is scalar. dst has room. */
	size_t (*hex_encode)(uint8_t *dst, const uint8_t *src, size_t n);
	/* Whole groups of three bytes. */
	size_t (*base64_encode)(uint8_t *dst, const uint8_t *src, size_t n, bool url);
	/* The whole text with its padding, as weir_encode does, with room for it. */
	struct weir_result (*base64_encode_all)(uint8_t *dst, const uint8_t *src,
						size_t n, bool url);
	/* NULL: line by line is as good. */
	codec_encode_lines *base64_encode_lines;
	/* Returns how many pairs were decoded: up to the first that is not hex, or fewer. */
	size_t (*hex_decode)(uint8_t *dst, const uint8_t *src, size_t pairs);
	/* Decodes up to BASE64_STOP, or until the next group does not fit, or less. */
	void (*base64_decode)(struct base64_run *run);
	/* How many leading bytes are below 0x80; may be less by up to a block. */
	size_t (*ascii_run)(const uint8_t *src, size_t n);
	/* n is at least 256, nothing overlaps; copy_stream writes around the caches. */
	void (*copy)(uint8_t *dst, const uint8_t *src, size_t n);
	void (*copy_stream)(uint8_t *dst, const uint8_t *src, size_t n);
	size_t copy_below; /* up to this size `copy` is faster than libc's */
	/* The first of n places that has the pair, or n. n + distance bytes are there. */
	size_t (*find_pair)(const uint8_t *bytes, size_t n,
			    const struct codec_pair *pair);
	const struct codec_text *text; /* NULL: there is nothing quicker than text.c */
	struct codec_whole_text whole;
	/* n bytes & mask as units; the low byte of n units, or 0xff above it if not `cut`. */
	void (*widen)(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask);
	void (*narrow)(uint8_t *dst, const uint8_t *src, size_t n, bool cut);
};

/* The kernels of a tier that has them all in one file, by these names; copying is libc's. */
#define CODEC_KERNELS                                                                    \
	.hex_encode = hex_encode, .base64_encode = base64_encode,                        \
	.base64_encode_all = base64_encode_groups, .hex_decode = hex_decode,             \
	.base64_decode = base64_decode, .ascii_run = ascii_run, .copy = copy,            \
	.copy_stream = copy, .find_pair = find_pair, .whole = CODEC_WHOLE_TEXT,          \
	.widen = codec_widen, .narrow = codec_narrow

/* widen.h's, for tiers that have nothing better. */
void codec_widen(uint8_t *dst, const uint8_t *src, size_t n, uint8_t mask);
void codec_narrow(uint8_t *dst, const uint8_t *src, size_t n, bool cut);

/* base64.c: over base64_encode of the tier in use, for tiers that have nothing better. */
struct weir_result base64_encode_groups(uint8_t *dst, const uint8_t *src, size_t n,
					bool url);

extern const struct codec_tier codec_scalar;
/* NULL where the compiler could not make them. */
extern const struct codec_tier *const codec_sse4,
	*const codec_avx2, *const codec_avx512, *const codec_neon;

/* avx2_bytes.c and avx2_text.c, for two tiers. */
extern const struct codec_text avx2_text;
void avx2_copy(uint8_t *dst, const uint8_t *src, size_t n);
void avx2_copy_stream(uint8_t *dst, const uint8_t *src, size_t n);
size_t avx2_find_pair(const uint8_t *bytes, size_t n, const struct codec_pair *pair);

/* copy.c, for tests: 1 has it choose its own ways to copy, 0 leaves all to libc, -1 asks the processor. */
void copy_own_ways(int own);

/* choose.c: what is in use, and all there are on this machine, the best first, then NULL. */
extern const struct codec_tier *codec_current;
const struct codec_tier *const *codec_available(void);
/* For tests and options: 0, or -ENOENT if there is none of that name here. */
int codec_force(const char *name);

/* Tables that more than one tier uses (tables.c). */
extern const uint8_t hex_values[256]; /* 0 to 15, or 0xff */
extern const char base64_alphabet[2][65];
/* [mask]: the places of the bits of a byte that are 0, a byte each, for a shuffle. */
extern const uint64_t codec_kept[256];

/* By enum weir_dialect and url. */
extern const struct base64_decode_table *const base64_tables[4][2];

static inline const struct base64_decode_table *
base64_table(unsigned dialect, bool url)
{
	return base64_tables[dialect & 3][url];
}

/* From this much output on, it is written around the caches: it would not stay there anyway. */
extern size_t codec_stream_bytes;

#endif
