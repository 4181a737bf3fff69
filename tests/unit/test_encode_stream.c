/* SPDX-License-Identifier: Apache-2.0 */
/*
 * However a source is cut and however little room there is, streaming gives what one call
 * gives; and so do lines, chunks and scratch blocks.
 */
#include <stdbool.h>

#include "tests/unit/guard.h"
#include "tests/tap.h"

#include "encode/codec.h"
#include "weir/encode.h"
#include "weir/scratch.h"

#define MAX 700

static uint32_t seed = 7;
static char whole[4 * MAX], pieces[4 * MAX];

struct job {
	bool decode;
	enum weir_codec codec;
	enum weir_dialect dialect;
};

static struct weir_result
at_once(const struct job *j, const uint8_t *src, size_t n)
{
	return j->decode ? weir_decode(j->codec, j->dialect, whole, sizeof(whole),
				       (const char *)src, n)
			 : weir_encode(j->codec, whole, sizeof(whole), src, n);
}

static struct weir_result
step(const struct job *j, struct weir_stream *s, char *dst, size_t cap,
     const uint8_t *src, size_t n, bool last)
{
	if (last)
		return j->decode ? weir_decode_final(s, dst, cap)
				 : weir_encode_final(s, dst, cap);
	return j->decode ? weir_decode_update(s, dst, cap, (const char *)src, n)
			 : weir_encode_update(s, dst, cap, src, n);
}

/* In random pieces, into random room that now and then is too small. */
static struct weir_result
in_pieces(const struct job *j, const uint8_t *src, size_t n)
{
	struct weir_stream s;
	struct weir_result total = {0}, r;

	if (j->decode)
		weir_decode_init(&s, j->codec, j->dialect);
	else
		weir_encode_init(&s, j->codec);
	for (;;) {
		bool last = total.read == n;
		size_t take = last ? 0 : 1 + guard_random(&seed) % (n - total.read);
		size_t room = guard_random(&seed) % 3 ? 8 + guard_random(&seed) % 300
						      : guard_random(&seed) % 8;

		if (guard_random(&seed) % 2 && take > 5)
			take = 1 + guard_random(&seed) % 5;
		memset(pieces + total.written, 0x5a, room + 1);
		r = step(j, &s, pieces + total.written, room, src + total.read, take,
			 last);
		if (r.written > room || r.read > take ||
		    pieces[total.written + r.written] != 0x5a)
			r.status = WEIR_INVALID; /* and the comparison fails */
		total.read += r.read;
		total.written += r.written;
		total.status = r.status;
		total.error_at = r.error_at;
		if (r.status != WEIR_NEED_OUTPUT && (last || r.status != WEIR_OK))
			break;
	}
	struct weir_result again = step(j, &s, pieces + total.written, 8, src, n, false);
	if (total.status != WEIR_OK &&
	    (again.status != total.status || again.error_at != total.error_at ||
	     again.read != 0))
		total.error_at = SIZE_MAX;
	return total;
}

static void
compare(const struct job *j, const uint8_t *src, size_t n)
{
	struct weir_result a = at_once(j, src, n), b = in_pieces(j, src, n);

	if (a.written != b.written || a.status != b.status || a.error_at != b.error_at ||
	    memcmp(whole, pieces, a.written) != 0) {
		tap_failures++;
		printf("# %s codec %d dialect %d length %zu: %zu/%d/%zu, in pieces "
		       "%zu/%d/%zu\n",
		       j->decode ? "decode" : "encode", j->codec, j->dialect, n,
		       a.written, a.status, a.error_at, b.written, b.status, b.error_at);
	}
}

static void
random_bytes(uint8_t *bytes, size_t n)
{
	static const char soup[] = "QUJDabcdef0123456789+/-_==\r\n *";
	uint32_t kind = guard_random(&seed) % 4;

	for (size_t i = 0; i < n; i++) {
		uint32_t r = guard_random(&seed);

		if (kind == 1 || kind == 2)
			r = (uint8_t)soup[r % (kind == 1 ? 22 : r % 200 ? 24 : 30)];
		if (kind == 3)
			r = r % 9 ? 'a' : r >> 8;
		bytes[i] = (uint8_t)r;
	}
}

TEST(encode)
{
	uint8_t bytes[MAX];

	for (int codec = WEIR_HEX; codec <= WEIR_UTF16LE; codec++)
		for (size_t n = 0; n < 600; n++) {
			random_bytes(bytes, n);
			compare(&(struct job){.codec = (enum weir_codec)codec}, bytes, n);
		}
}

TEST(decode)
{
	uint8_t bytes[MAX];

	for (int codec = WEIR_HEX; codec <= WEIR_UTF16LE; codec++)
		for (int dialect = WEIR_NODE; dialect <= WEIR_MIME; dialect++)
			for (size_t n = 0; n < 600; n++) {
				struct job j = {true, (enum weir_codec)codec,
						(enum weir_dialect)dialect};

				random_bytes(bytes, n);
				compare(&j, bytes, n);
			}
}

TEST(decode_of_encoded)
{
	uint8_t bytes[MAX / 4];
	char text[MAX];

	for (int codec = WEIR_HEX; codec <= WEIR_BASE64URL; codec++)
		for (size_t n = 0; n < sizeof(bytes); n++) {
			struct job j = {true, (enum weir_codec)codec, WEIR_RFC4648};
			struct weir_result r;

			random_bytes(bytes, n);
			r = weir_encode(j.codec, text, sizeof(text), bytes, n);
			compare(&j, (uint8_t *)text, r.written);
			CHECK(memcmp(whole, bytes, n) == 0);
		}
}

static void
lines_of_tier(void)
{
	static const struct weir_lines kinds[] = {WEIR_LINES_MIME,    WEIR_LINES_PEM,
						  {0, "\n", 0, 0},    {1, "\n", 0, 0},
						  {7, "\r\n", 0, 0},  {32, "\n", 0, 0},
						  {44, "\r\n", 0, 0}, {128, "\r\n", 0, 0},
						  {140, "\n", 0, 0},  {60, "", 0, 0}};
	uint8_t bytes[MAX];

	random_bytes(bytes, MAX);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (size_t n = 0; n < 300; n++) {
			size_t text =
				weir_encode(WEIR_BASE64, whole, sizeof(whole), bytes, n)
					.written;
			size_t size = weir_lines_size(&kinds[k], text),
			       columns = kinds[k].columns;
			static char lined[8 * MAX];
			struct weir_result r;

			memset(lined, '#', sizeof(lined));
			r = weir_encode_lines(WEIR_BASE64, &kinds[k], lined, size, bytes,
					      n);
			CHECK(r.status == WEIR_OK && r.written == size &&
			      lined[size] == '#');
			/* What is there without the ends of lines, and where those are. */
			size_t at = 0;
			for (size_t i = 0; i < text; i++) {
				CHECK_EQ(lined[at++], whole[i]);
				if (columns > 0 &&
				    ((i + 1) % columns == 0 || i + 1 == text)) {
					CHECK(memcmp(lined + at, kinds[k].eol,
						     strlen(kinds[k].eol)) == 0);
					at += strlen(kinds[k].eol);
				}
			}
			CHECK_EQ(at, size);
			size_t cap = size > 0 ? guard_random(&seed) % size : 0;
			char *copy = pieces;
			memset(copy, '#', size + 1);
			r = weir_encode_lines(WEIR_BASE64, &kinds[k], copy, cap, bytes,
					      n);
			CHECK(r.written == cap && memcmp(copy, lined, cap) == 0);
			CHECK(copy[cap] == '#' &&
			      (size == 0 || r.status == WEIR_NEED_OUTPUT));
		}
}

TEST(lines)
{
	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++) {
		codec_force((*t)->name);
		lines_of_tier();
	}
	codec_force(codec_available()[0]->name);
}

struct gathered {
	char bytes[4 * MAX];
	size_t n, calls, stop_after;
};

static int
gather(void *context, const void *piece, size_t bytes)
{
	struct gathered *g = context;

	memcpy(g->bytes + g->n, piece, bytes);
	g->n += bytes;
	return ++g->calls == g->stop_after ? -42 : 0;
}

TEST(chunked)
{
	uint8_t bytes[MAX];

	random_bytes(bytes, MAX);
	for (int codec = WEIR_HEX; codec <= WEIR_UTF16LE; codec++)
		for (size_t chunk = 1; chunk < 200; chunk += 13) {
			struct job j = {.codec = (enum weir_codec)codec};
			struct gathered g = {0};
			struct weir_result want = at_once(&j, bytes, MAX), got;

			CHECK_EQ(weir_encode_chunked(j.codec, bytes, MAX, chunk, gather,
						     &g, &got),
				 0);
			CHECK(g.n == want.written && memcmp(g.bytes, whole, g.n) == 0);
			CHECK(got.written == g.n && got.read == MAX &&
			      got.status == WEIR_OK);
			j = (struct job){true, WEIR_BASE64, WEIR_WHATWG};
			want = at_once(&j, bytes, MAX);
			g = (struct gathered){0};
			weir_decode_chunked(j.codec, j.dialect, (char *)bytes, MAX, chunk,
					    gather, &g, &got);
			CHECK(g.n == want.written && memcmp(g.bytes, whole, g.n) == 0);
			CHECK(got.status == want.status && got.error_at == want.error_at);
		}
	struct gathered g = {.stop_after = 2};
	CHECK_EQ(weir_encode_chunked(WEIR_HEX, bytes, MAX, 100, gather, &g, NULL), -42);
	CHECK_EQ(g.calls, 2);
}

TEST(scratch)
{
	uint8_t bytes[MAX];
	struct weir_result r;

	random_bytes(bytes, MAX);
	char *text = weir_encode_scratch(WEIR_BASE64, bytes, MAX, &r);
	REQUIRE(text != NULL);
	CHECK_EQ(r.written, weir_encoded_size(WEIR_BASE64, MAX));
	CHECK(weir_scratch_capacity(text) >= r.written);
	struct weir_result back;
	uint8_t *again =
		weir_decode_scratch(WEIR_BASE64, WEIR_RFC4648, text, r.written, &back);
	REQUIRE(again != NULL);
	CHECK_EQ(weir_scratch_unref(text), 1);
	CHECK(back.status == WEIR_OK && back.written == MAX &&
	      memcmp(again, bytes, MAX) == 0);
	CHECK_EQ(weir_scratch_unref(again), 1);
	CHECK_EQ(weir_scratch_unref(again), -22);
	CHECK(weir_encode_scratch(WEIR_HEX, bytes, SIZE_MAX / 2, &r) == NULL);
}

#define TAP_TESTS                                                                        \
	T(encode)                                                                        \
	T(decode)                                                                        \
	T(decode_of_encoded)                                                             \
	T(lines)                                                                         \
	T(chunked)                                                                       \
	T(scratch)
TAP_MAIN()
