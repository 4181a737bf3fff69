/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vector's words as a call of the library. For check_vectors.c.
 */
#ifndef TESTS_ENCODE_VECTOR_H
#define TESTS_ENCODE_VECTOR_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode/codec.h"
#include "weir/encode.h"

struct vector {
	const char *op;
	enum weir_codec codec;
	enum weir_dialect dialect;
	size_t room, n;
};

static inline int
vector_word(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static inline bool
vector_parse(struct vector *v, const char *op, const char *codec, const char *dialect,
	     const char *room)
{
	static const char *const codecs[] = {"hex",   "base64", "base64url", "latin1",
					     "ascii", "utf8",	"utf16le",   NULL};
	static const char *const dialects[] = {"node", "rfc4648", "whatwg", "mime", NULL};
	int c = vector_word(codecs, codec), d = vector_word(dialects, dialect);

	*v = (struct vector){op, (enum weir_codec)c, (enum weir_dialect)d, SIZE_MAX, 0};
	if (strcmp(room, "-") != 0)
		v->room = strtoul(room, NULL, 10);
	return c >= 0 && d >= 0;
}

/* ECMAScript's setFromBase64: whole groups that fit, and no error once it is full. */
static inline struct weir_result
vector_set(const struct vector *v, uint8_t *out, size_t cap, const uint8_t *in)
{
	struct weir_stream s;
	struct weir_result r, end;

	weir_decode_init(&s, v->codec, v->dialect);
	r = weir_decode_update(&s, out, cap, (const char *)in, v->n);
	if (r.status != WEIR_OK)
		return r;
	end = weir_decode_final(&s, out + r.written, cap - r.written);
	r.written += end.written;
	r.status = end.status;
	return r;
}

/* `written` in bytes, whatever the text's units are. */
static inline struct weir_result
vector_run(const struct vector *v, uint8_t *out, size_t cap, const uint8_t *in)
{
	const struct weir_lines mime = WEIR_LINES_MIME;
	struct weir_result r;

	if (strcmp(v->op, "encode") == 0)
		return weir_encode(v->codec, (char *)out, cap, in, v->n);
	if (strcmp(v->op, "isutf8") == 0) {
		out[0] = weir_utf8_valid(in, v->n) == v->n;
		return (struct weir_result){.read = v->n, .written = 1};
	}
	if (strcmp(v->op, "set") == 0)
		return vector_set(v, out, cap, in);
	if (strcmp(v->op, "lines") == 0)
		return weir_encode_lines(v->codec, &mime, (char *)out, cap, in, v->n);
	if (strcmp(v->op, "encode16") == 0) {
		r = weir_encode_utf16(v->codec, (uint16_t *)out, cap / 2, in, v->n);
		r.written *= 2;
		return r;
	}
	if (strcmp(v->op, "decode16") == 0)
		return weir_decode_utf16(v->codec, v->dialect, out, cap,
					 (const uint16_t *)in, v->n / 2);
	return weir_decode(v->codec, v->dialect, out, cap, (const char *)in, v->n);
}

#endif
