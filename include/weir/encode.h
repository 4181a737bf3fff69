/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoders: bytes to text and back, with the results of Node's Buffer byte for byte, plus the
 * strict and the forgiving dialects of the standards.
 *
 * Encode makes text of bytes (Buffer's toString), decode makes bytes of text (Buffer.from).
 * HEX, BASE64 and BASE64URL text is ASCII. For LATIN1, ASCII, UTF8 and UTF16LE the text is
 * UTF-8, and whatever is not valid becomes U+FFFD as in a JavaScript string; the forms that
 * end in _utf16 take or give text as UTF-16 units instead.
 *
 * Nothing here allocates (but the scratch forms, from the pool), fails for lack of memory,
 * touches errno or keeps state between calls; all of it may be called from any thread and
 * from signal handlers (again but for the scratch forms). Source and destination must not
 * overlap. Memory that another thread changes during a call never makes it read or write out
 * of bounds, but what comes out is then unspecified: copy it first (weir/bytes.h).
 *
 * No call writes past dst + cap, nor past dst + written.
 */
#ifndef WEIR_ENCODE_H
#define WEIR_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum weir_codec {
	WEIR_HEX,
	WEIR_BASE64,	/* A-Z a-z 0-9 + /, padded */
	WEIR_BASE64URL, /* A-Z a-z 0-9 - _, not padded */
	WEIR_LATIN1, /* a byte is a code point; decode takes the low byte of each unit */
	WEIR_ASCII,  /* encode drops the top bit; decode is that of LATIN1, as in Node */
	WEIR_UTF8,   /* both ways: a copy with U+FFFD for whatever is not UTF-8 */
	WEIR_UTF16LE /* two bytes a unit; an odd last byte is dropped */
};

/*
 * What decode does with text that encode would not have made. HEX, BASE64, BASE64URL only.
 *
 *            alphabet   white space  other garbage  missing '='  '=' elsewhere  extra bits
 * NODE       both       skipped      skipped        ok           ends the text  ignored
 * RFC4648    its own    INVALID      INVALID        TRUNCATED *  INVALID        EXTRA_BITS
 * WHATWG     its own    skipped      INVALID        ok           INVALID        ignored
 * MIME       its own    skipped      skipped        ok           ends the text  ignored
 *
 * (*) BASE64URL may leave the padding out, but what there is must be right. A single last
 * character (6 bits) is dropped by NODE and MIME and TRUNCATED in the others. White space is
 * TAB, LF, FF, CR and space.
 *
 * HEX, all dialects: either case; the first character that is no digit is INVALID, and an odd
 * last digit TRUNCATED. NODE gives the bytes that Node gives, which stops there without a word.
 * WHATWG and MIME skip white space.
 */
enum weir_dialect { WEIR_NODE, WEIR_RFC4648, WEIR_WHATWG, WEIR_MIME };

enum weir_status {
	WEIR_OK,
	WEIR_INVALID,	 /* the character at error_at */
	WEIR_TRUNCATED,	 /* the text ends too early; error_at is its length */
	WEIR_EXTRA_BITS, /* the last character, at error_at, has bits that mean nothing */
	WEIR_NEED_OUTPUT /* there is more than cap; what was written is its beginning */
};

/*
 * `read` and `written` count bytes (units of 16 bits where a form has those), of this call.
 * Whatever came before an error is written, in whole groups. `error_at` is set for the three
 * errors; in streaming, it counts from weir_*_init.
 */
struct weir_result {
	size_t read, written, error_at;
	enum weir_status status;
};

/*
 * How large the output can get: exact for HEX, BASE64, BASE64URL and ASCII encode, a bound
 * otherwise. SIZE_MAX if it does not fit a size_t.
 */
size_t weir_encoded_size(enum weir_codec codec, size_t n);
size_t weir_decoded_max(enum weir_codec codec, size_t n);

/* Exactly what weir_encode and weir_decode write, given room. They read all of the source. */
size_t weir_encoded_exact(enum weir_codec codec, const void *src, size_t n);
size_t weir_decoded_exact(enum weir_codec codec, enum weir_dialect dialect,
			  const char *src, size_t n);

/*
 * How many bytes at the beginning are valid UTF-8, in whole characters: n if all are, which is what
 * Node's buffer.isUtf8 says of them. Reads only.
 */
size_t weir_utf8_valid(const void *src, size_t n);

/*
 * One call for all of it. If cap is too small, the result is NEED_OUTPUT and dst holds the
 * beginning of what there would be: exactly cap bytes, but never a part of a UTF-8 character
 * or of a UTF-16 unit. `read` then says how far the source was taken; streaming is what goes on from there.
 */
struct weir_result weir_encode(enum weir_codec codec, char *dst, size_t cap,
			       const void *src, size_t n);
struct weir_result weir_decode(enum weir_codec codec, enum weir_dialect dialect,
			       void *dst, size_t cap, const char *src, size_t n);

/*
 * The same with text in UTF-16 units; cap and n count units on the text's side. Units above
 * 0xff in HEX or BASE64 text: NODE takes the low byte, as Node does; to the others they are
 * garbage. Lone surrogates stay what they are in UTF16LE, and are U+FFFD in UTF8.
 */
struct weir_result weir_encode_utf16(enum weir_codec codec, uint16_t *dst, size_t cap,
				     const void *src, size_t n);
struct weir_result weir_decode_utf16(enum weir_codec codec, enum weir_dialect dialect,
				     void *dst, size_t cap, const uint16_t *src,
				     size_t n);

/*
 * Streaming: the same result however the source is cut. The state is plain data: copy it to
 * fork a stream, drop it to abandon one. A call that cannot write all it has returns
 * NEED_OUTPUT and has read only part of the source: give it the rest with more room. It
 * writes whole groups only; room for WEIR_STREAM_ROOM bytes is always enough to go on. After
 * an error, each further call returns the same error and reads nothing.
 */
#define WEIR_STREAM_ROOM 8

struct weir_stream {
	uint64_t state[2];
};

void weir_encode_init(struct weir_stream *s, enum weir_codec codec);
struct weir_result weir_encode_update(struct weir_stream *s, char *dst, size_t cap,
				      const void *src, size_t n);
struct weir_result weir_encode_final(struct weir_stream *s, char *dst, size_t cap);
void weir_decode_init(struct weir_stream *s, enum weir_codec codec,
		      enum weir_dialect dialect);
struct weir_result weir_decode_update(struct weir_stream *s, void *dst, size_t cap,
				      const char *src, size_t n);
struct weir_result weir_decode_final(struct weir_stream *s, void *dst, size_t cap);

/*
 * Lines: encoded text broken after every `columns` characters, with an end of line after each
 * line, the last one included (none if there is no text). MIME has 76 columns and "\r\n",
 * PEM 64 and "\n". columns 0 never breaks. Not for the UTF kinds, whose columns are not bytes.
 */
struct weir_lines {
	uint32_t columns;
	char eol[3];	/* "\n" or "\r\n" */
	uint8_t in_eol; /* zero at first, like column: how far the text has come */
	uint32_t column;
};

#define WEIR_LINES_MIME                                                                  \
	{                                                                                \
		76, "\r\n", 0, 0                                                         \
	}
#define WEIR_LINES_PEM                                                                   \
	{                                                                                \
		64, "\n", 0, 0                                                           \
	}

size_t weir_lines_size(const struct weir_lines *lines, size_t text);
struct weir_result weir_encode_lines(enum weir_codec codec,
				     const struct weir_lines *lines, char *dst,
				     size_t cap, const void *src, size_t n);
/* Streaming, over text of weir_encode_update. */
struct weir_result weir_lines_update(struct weir_lines *lines, char *dst, size_t cap,
				     const char *text, size_t n);
struct weir_result weir_lines_final(struct weir_lines *lines, char *dst, size_t cap);

/*
 * Piece by piece, with a peak of the source and one chunk (rounded up to a size class of the
 * pool; 0: 1 MB) however large the source is: `sink` gets each piece and returns 0 to go on;
 * anything else ends it and is returned. Returns 0 at the end, or -ENOMEM. *result (may be
 * NULL) adds up all pieces.
 */
typedef int weir_sink(void *context, const void *piece, size_t bytes);
int weir_encode_chunked(enum weir_codec codec, const void *src, size_t n, size_t chunk,
			weir_sink *sink, void *context, struct weir_result *result);
int weir_decode_chunked(enum weir_codec codec, enum weir_dialect dialect, const char *src,
			size_t n, size_t chunk, weir_sink *sink, void *context,
			struct weir_result *result);

/*
 * Into a scratch block of the pool (weir/scratch.h), which the caller releases with
 * weir_scratch_unref and which has no tie to the source. NULL with errno ENOMEM if there is
 * no memory. *result (not NULL) tells how much of it is text or bytes; it is not terminated.
 */
char *weir_encode_scratch(enum weir_codec codec, const void *src, size_t n,
			  struct weir_result *result);
void *weir_decode_scratch(enum weir_codec codec, enum weir_dialect dialect,
			  const char *src, size_t n, struct weir_result *result);

/*
 * The instruction set in use: "avx512", "avx2", "sse4", "neon" or "scalar". Chosen at start;
 * WEIR_OPTIONS=isa=NAME asks for another, which is taken if the processor has it.
 */
const char *weir_isa(void);

#ifdef __cplusplus
}
#endif

#endif
