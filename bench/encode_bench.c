/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the encoders are: GB/s of the binary side, and that against a memcpy of as many
 * bytes as the operation writes, in turns in the same run, into warm memory. Medians; a second
 * number in brackets is the ratio, a third the one that the project wants. Run by
 * `make bench-encode`; pin it to a processor and leave the machine alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "weir/encode.h"
#include "weir/scratch.h"

enum { LARGEST = 20 << 20, ROUNDS = 25, TEXT = 3 * LARGEST };

static const size_t sizes[] = {64, 1 << 10, 64 << 10, 1 << 20, LARGEST};
#define N_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static char *bytes, *text, *out, *other;

enum source { BYTES, IN_HEX, IN_BASE64, IN_LINES, IN_GARBAGE };

struct subject {
	const char *name;
	enum weir_codec codec;
	enum source source;
	double wanted[N_SIZES]; /* nanoseconds for 64 bytes, then ratios; 0: none */
};

static const struct subject subjects[] = {
	{"hex encode", WEIR_HEX, BYTES, {4, 0.85, 1.2, 1.2, 1.6}},
	{"hex decode", WEIR_HEX, IN_HEX, {6, 0.28, 0.50, 0.62, 0.85}},
	{"base64 encode", WEIR_BASE64, BYTES, {7, 0.75, 1.05, 1.05, 1.3}},
	{"base64url encode", WEIR_BASE64URL, BYTES, {7, 0.75, 1.05, 1.05, 1.3}},
	{"base64 decode", WEIR_BASE64, IN_BASE64, {12, 0.25, 0.58, 0.75, 0.9}},
	{"base64 in lines", WEIR_BASE64, IN_LINES, {0, 0, 0.20, 0, 0}},
	{"base64, garbage", WEIR_BASE64, IN_GARBAGE, {0, 0, 0.12, 0, 0}},
};

/* Through a pointer, as a library's caller gets it, and never left out. */
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *samples)
{
	qsort(samples, ROUNDS, sizeof(*samples), by_size);
	return samples[ROUNDS / 2];
}

/* The source of n bytes of the binary side; returns its length. */
static size_t
prepare(enum source source, size_t n)
{
	const struct weir_lines mime = WEIR_LINES_MIME, garbage = {76, "*", 0, 0};

	switch (source) {
	case BYTES:
		return n;
	case IN_HEX:
		return weir_encode(WEIR_HEX, text, TEXT, bytes, n).written;
	case IN_BASE64:
		return weir_encode(WEIR_BASE64, text, TEXT, bytes, n).written;
	case IN_LINES:
		return weir_encode_lines(WEIR_BASE64, &mime, text, TEXT, bytes, n)
			.written;
	default:
		return weir_encode_lines(WEIR_BASE64, &garbage, text, TEXT, bytes, n)
			.written;
	}
}

static size_t
run(const struct subject *s, size_t n)
{
	return s->source == BYTES
		       ? weir_encode(s->codec, out, TEXT, bytes, n).written
		       : weir_decode(s->codec, WEIR_NODE, out, TEXT, text, n).written;
}

static void
measure(const struct subject *s, size_t which)
{
	double own[ROUNDS], plain[ROUNDS], start;
	size_t n = sizes[which], source = prepare(s->source, n), written = run(s, source);
	size_t times = n >= 1 << 20 ? 1 + (4 << 20) / n : 4000000 / (n + 100);

	for (int round = 0; round < ROUNDS; round++) {
		start = now();
		for (size_t i = 0; i < times; i++)
			run(s, source);
		own[round] = (now() - start) / (double)times;
		start = now();
		for (size_t i = 0; i < times; i++)
			copy(out, other, written);
		plain[round] = (now() - start) / (double)times;
	}
	double seconds = median(own), ratio = median(plain) / seconds;
	if (which == 0)
		printf(" %6.1f ns (%.0f)", seconds * 1e9, s->wanted[0]);
	else
		printf(" | %5.1f (%.2f, %.2f)", (double)n / seconds * 1e-9, ratio,
		       s->wanted[which]);
}

/* What a block of the pool costs, against memory that is warm already. */
static void
measure_scratch(size_t n)
{
	double own[ROUNDS], warm[ROUNDS], start;
	size_t times = 1 + (4 << 20) / n;
	struct weir_result r;

	for (int round = 0; round < ROUNDS; round++) {
		start = now();
		for (size_t i = 0; i < times; i++)
			weir_encode(WEIR_HEX, out, TEXT, bytes, n);
		warm[round] = now() - start;
		start = now();
		for (size_t i = 0; i < times; i++)
			weir_scratch_unref(weir_encode_scratch(WEIR_HEX, bytes, n, &r));
		own[round] = now() - start;
	}
	printf(" %zu KB %.2f", n >> 10, median(warm) / median(own));
}

static char *
allocate(size_t n)
{
	char *p = aligned_alloc(4096, n);

	if (p == NULL) {
		fputs("no memory\n", stderr);
		exit(1);
	}
	memset(p, 1, n);
	return p;
}

int
main(void)
{
	bytes = allocate(LARGEST);
	text = allocate(TEXT);
	out = allocate(TEXT);
	other = allocate(TEXT);
	for (size_t i = 0; i < LARGEST; i++)
		bytes[i] = (char)(rand() >> 7);
	printf("%s, %s\n%-17s %14s | GB/s (ratio to memcpy, wanted): 1 KB, 64 KB, 1 MB, "
	       "20 MB\n",
	       weir_isa(), __VERSION__, "", "64 B");
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		printf("%-17s", subjects[i].name);
		for (size_t which = 0; which < N_SIZES; which++)
			measure(&subjects[i], which);
		putchar('\n');
	}
	printf("hex into scratch blocks, against warm memory (wanted 0.9):");
	measure_scratch(64 << 10);
	measure_scratch(1 << 20);
	measure_scratch(LARGEST);
	putchar('\n');
	return 0;
}
