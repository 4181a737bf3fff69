/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a stream is inside, and the drivers that move it: hex.c, base64.c, text.c. stream.c and
 * oneshot.c call them. A driver takes what it can from src, writes whole groups to dst, and
 * leaves both where it stopped. Its status is OK with src used up, or tells why not.
 */
#ifndef ENCODE_STATE_H
#define ENCODE_STATE_H

#include <string.h>

#include "encode/codec.h"
#include "weir/encode.h"

/* Definitions that users of the library see. */
#define EXPORT __attribute__((visibility("default")))

enum phase {
	PHASE_TEXT,
	PHASE_PAD1,
	PHASE_PAD2,  /* so many '=' have come */
	PHASE_ENDED, /* whatever comes is of no interest */
	PHASE_FAILED /* acc is the status, `at` the position */
};

struct state {
	uint8_t codec;
	uint8_t dialect;
	uint8_t phase;
	uint8_t count; /* values or bytes in acc */
	uint32_t acc;
	uint64_t at; /* how much source has come, since init */
};

_Static_assert(sizeof(struct state) == sizeof(struct weir_stream), "16 bytes");

struct io {
	const uint8_t *src, *src_end;
	uint8_t *dst, *dst_end;
};

static inline size_t
io_left(const struct io *io)
{
	return (size_t)(io->src_end - io->src);
}

static inline size_t
io_room(const struct io *io)
{
	return (size_t)(io->dst_end - io->dst);
}

static inline const struct codec_tier *
codec(void)
{
	return __atomic_load_n(&codec_current, __ATOMIC_RELAXED);
}

static inline bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f';
}

static inline const struct base64_decode_table *
base64_table_of(const struct state *s)
{
	return base64_table((enum weir_dialect)s->dialect, s->codec == WEIR_BASE64URL);
}

enum weir_status hex_encode_update(struct state *s, struct io *io);
enum weir_status hex_decode_update(struct state *s, struct io *io);
enum weir_status hex_decode_final(struct state *s, struct io *io);

enum weir_status base64_encode_update(struct state *s, struct io *io);
enum weir_status base64_encode_final(struct state *s, struct io *io);
enum weir_status base64_decode_update(struct state *s, struct io *io);
/* May set s->at to where the extra bits are. */
enum weir_status base64_decode_final(struct state *s, struct io *io);

/* text.c: the kernel that most of a text is for, or NULL. */
typedef void text_kernel(struct codec_text_run *run);
text_kernel *text_kernel_of(enum weir_codec codec, bool decode);
enum weir_status text_encode_update(struct state *s, struct io *io);
enum weir_status text_encode_final(struct state *s, struct io *io);
enum weir_status text_decode_update(struct state *s, struct io *io);
enum weir_status text_decode_final(struct state *s, struct io *io);

#endif
