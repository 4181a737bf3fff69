/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streaming (weir/encode.h): which driver a stream belongs to, and what a result says.
 */
#include "encode/stream.h"

enum weir_status
stream_encode(struct state *s, struct io *io)
{
	switch (s->codec) {
	case WEIR_HEX:
		return hex_encode_update(s, io);
	case WEIR_BASE64:
	case WEIR_BASE64URL:
		return base64_encode_update(s, io);
	default:
		return text_encode_update(s, io);
	}
}

enum weir_status
stream_encode_end(struct state *s, struct io *io)
{
	switch (s->codec) {
	case WEIR_HEX:
		return WEIR_OK;
	case WEIR_BASE64:
	case WEIR_BASE64URL:
		return base64_encode_final(s, io);
	default:
		return text_encode_final(s, io);
	}
}

enum weir_status
stream_decode(struct state *s, struct io *io)
{
	switch (s->codec) {
	case WEIR_HEX:
		return hex_decode_update(s, io);
	case WEIR_BASE64:
	case WEIR_BASE64URL:
		return base64_decode_update(s, io);
	default:
		return text_decode_update(s, io);
	}
}

enum weir_status
stream_decode_end(struct state *s, struct io *io)
{
	switch (s->codec) {
	case WEIR_HEX:
		return hex_decode_final(s, io);
	case WEIR_BASE64:
	case WEIR_BASE64URL:
		return base64_decode_final(s, io);
	default:
		return text_decode_final(s, io);
	}
}

typedef enum weir_status step_fn(struct state *s, struct io *io);

static struct weir_result
run(struct weir_stream *stream, step_fn *step, void *dst, size_t cap, const void *src,
    size_t n)
{
	struct state *s = (struct state *)stream;
	struct io io = {.src = src, .dst = dst};
	struct weir_result r = {0};

	if (s->phase == PHASE_FAILED) {
		r.error_at = s->at;
		r.status = (enum weir_status)s->acc;
		return r;
	}
	/* NULL with nothing behind it is as good as anything: no arithmetic on it. */
	io.src_end = n > 0 ? io.src + n : io.src;
	io.dst_end = cap > 0 ? io.dst + cap : io.dst;
	r.status = step(s, &io);
	r.read = n > 0 ? (size_t)(io.src - (const uint8_t *)src) : 0;
	r.written = cap > 0 ? (size_t)(io.dst - (uint8_t *)dst) : 0;
	s->at += r.read;
	if (r.status != WEIR_OK && r.status != WEIR_NEED_OUTPUT) {
		s->phase = PHASE_FAILED;
		s->acc = r.status;
		r.error_at = s->at;
	}
	return r;
}

static void
init(struct weir_stream *stream, enum weir_codec codec, enum weir_dialect dialect)
{
	struct state s = {.codec = (uint8_t)codec, .dialect = (uint8_t)dialect};

	memcpy(stream, &s, sizeof(s));
}

EXPORT void
weir_encode_init(struct weir_stream *s, enum weir_codec codec)
{
	init(s, codec, WEIR_NODE);
}

EXPORT struct weir_result
weir_encode_update(struct weir_stream *s, char *dst, size_t cap, const void *src,
		   size_t n)
{
	return run(s, stream_encode, dst, cap, src, n);
}

EXPORT struct weir_result
weir_encode_final(struct weir_stream *s, char *dst, size_t cap)
{
	return run(s, stream_encode_end, dst, cap, NULL, 0);
}

EXPORT void
weir_decode_init(struct weir_stream *s, enum weir_codec codec, enum weir_dialect dialect)
{
	init(s, codec, dialect);
}

EXPORT struct weir_result
weir_decode_update(struct weir_stream *s, void *dst, size_t cap, const char *src,
		   size_t n)
{
	return run(s, stream_decode, dst, cap, src, n);
}

EXPORT struct weir_result
weir_decode_final(struct weir_stream *s, void *dst, size_t cap)
{
	return run(s, stream_decode_end, dst, cap, NULL, 0);
}
