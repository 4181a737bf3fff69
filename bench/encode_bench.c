/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the encoders are: GB/s of the binary side, and that against a memcpy of as many
 * bytes as the operation writes, in turns in the same run, into warm memory. Medians; a second
 * number in brackets is the ratio, a third the one that the project wants. Run by
 * `make bench-encode`; pin it to a processor and leave the machine alone.
 */
#include <stdbool.h>

#include "bench/pairs.h"
#include "weir/encode.h"
#include "weir/scratch.h"

enum { LARGEST = 20 << 20, ROUNDS = 25, TEXT = 3 * LARGEST };

static const size_t sizes[] = {64, 1 << 10, 64 << 10, 1 << 20, LARGEST};
#define N_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static char *bytes, *text, *out, *other;

enum source { BYTES, IN_HEX, IN_BASE64, IN_LINES, IN_GARBAGE, IN_SCATTERED };

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
	{"the same anywhere", WEIR_BASE64, IN_SCATTERED, {0, 0, 0.12, 0, 0}},
};

/* Through a pointer, as a library's caller gets it, and never left out. */
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;

/* A character in 76 that does not belong there, never at the same place in a line. */
static size_t
scatter(size_t n)
{
	size_t from = weir_encode(WEIR_BASE64, text, TEXT, bytes, n).written;
	size_t more = from / 76, to = from + more, next = 0;

	memmove(text + more, text, from);
	for (size_t i = 0, at = more; i < to; i++)
		if (i == next && at > i) {
			text[i] = '*';
			next += 40 + (unsigned)rand() % 73;
		} else {
			text[i] = text[at++];
			to = at < from + more ? to : i + 1;
		}
	return to;
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
	case IN_SCATTERED:
		return scatter(n);
	default:
		return weir_encode_lines(WEIR_BASE64, &garbage, text, TEXT, bytes, n)
			.written;
	}
}

struct call {
	enum weir_codec codec;
	bool decode;
	size_t source, written, times;
};

static void
run(const void *context)
{
	const struct call *c = context;

	for (size_t i = 0; i < c->times; i++)
		if (c->decode)
			weir_decode(c->codec, WEIR_NODE, out, TEXT, text, c->source);
		else
			weir_encode(c->codec, out, TEXT, bytes, c->source);
}

static void
run_copy(const void *context)
{
	const struct call *c = context;

	for (size_t i = 0; i < c->times; i++)
		copy(out, other, c->written);
}

static void
run_scratch(const void *context)
{
	const struct call *c = context;
	struct weir_result r;

	weir_scratch_unref(weir_encode_scratch(c->codec, bytes, c->source, &r));
}

static void
measure(const struct subject *s, size_t which)
{
	size_t n = sizes[which];
	struct call c = {s->codec, s->source != BYTES, prepare(s->source, n), n,
			 n < 64 * KB ? 100 : 1};
	struct pairs p = {
		ROUNDS, n >= MB ? 1 + (4 * MB) / n : 4000000 / (n + 100) / c.times, 0, 0};

	if (!c.decode)
		c.written = weir_encode(c.codec, out, TEXT, bytes, n).written;
	pairs_run(&p, run, run_copy, &c);
	p.own /= (double)c.times;
	p.other /= (double)c.times;
	if (which == 0)
		printf(" %6.1f ns (%.0f)", p.own * 1e9, s->wanted[0]);
	else
		printf(" | %5.1f (%.2f, %.2f)", (double)n / p.own * 1e-9, p.other / p.own,
		       s->wanted[which]);
}

/* What a block of the pool costs, against memory that is warm already. */
static void
measure_scratch(size_t n)
{
	struct call c = {WEIR_HEX, false, n, 2 * n, 1};
	struct pairs p = {ROUNDS, 1 + (4 * MB) / n, 0, 0};

	pairs_run(&p, run_scratch, run, &c);
	printf(" %zu KB %.2f", n / KB, p.other / p.own);
}

struct sample {
	const char *name, *characters; /* repeated, in UTF-8 */
};

static const struct sample samples[] = {
	{"ASCII", "a"},
	{"Latin", "Les na\u00effs \u0153gith\u00e9es h\u00e2tifs d\u00e9j\u00e0 "},
	{"Greek", "\u039b\u03bf\u03c1\u03ad\u03bc \u03b9\u03c0\u03c3\u03bf\u03c5\u03bc "},
	{"Chinese", "\u5929\u5730\u7384\u9ec3\uff0c\u5b87\u5b99\u6d2a\u8352\u3002"},
	{"with emoji", "\u039b\u03bf \u5929 abc \U0001f600\U0001f680"},
};

/* Text of 64 KB: GB/s of what goes in, as there is no other side to count. */
static void
measure_text(const struct sample *s)
{
	size_t m = strlen(s->characters), n = 64 * KB / m * m, units;
	struct pairs p = {ROUNDS, 60, 0, 0};

	for (size_t i = 0; i < n; i++)
		text[i] = s->characters[i % m];
	struct call c = {WEIR_UTF8, true, n, n, 1};
	printf("%-17s", s->name);
	pairs_run(&p, run, run_copy, &c);
	printf(" checked %5.1f (%.2f)", (double)n / p.own * 1e-9, p.other / p.own);
	units = weir_decode(WEIR_UTF16LE, WEIR_NODE, out, TEXT, text, n).written;
	c = (struct call){WEIR_UTF16LE, true, n, units, 1};
	pairs_run(&p, run, run_copy, &c);
	printf(" | to UTF-16 %5.1f (%.2f)", (double)n / p.own * 1e-9, p.other / p.own);
	weir_decode(WEIR_UTF16LE, WEIR_NODE, bytes, LARGEST, text, n);
	c = (struct call){WEIR_UTF16LE, false, units, n, 1};
	pairs_run(&p, run, run_copy, &c);
	printf(" | from UTF-16 %5.1f (%.2f)\n", (double)units / p.own * 1e-9,
	       p.other / p.own);
}

int
main(void)
{
	bytes = pairs_memory(LARGEST);
	text = pairs_memory(TEXT);
	out = pairs_memory(TEXT);
	other = pairs_memory(TEXT);
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
	puts("\ntext of 64 KB, GB/s of what goes in (ratio to memcpy):");
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		measure_text(&samples[i]);
	return 0;
}
