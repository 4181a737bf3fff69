/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 over any tier: groups cut by the end of a call, padding, and the rules of each dialect. To the
 * tiers a character is a value, to be skipped, or one to stop at; why to stop is found out here.
 */
#include "encode/state.h"

/* A tier that cannot pass a block hands over so many characters. */
#define STEP 32

struct weir_result
base64_encode_groups(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	const char *alphabet = base64_alphabet[url];
	size_t groups = n / 3, done = codec()->base64_encode(dst, src, 3 * groups, url);
	uint8_t *end = dst + 4 * groups;

	if (done < 3 * groups)
		codec_scalar.base64_encode(dst + done / 3 * 4, src + done,
					   3 * groups - done, url);
	src += 3 * groups;
	size_t rest = n - 3 * groups;
	if (rest > 0) {
		uint32_t v = (uint32_t)src[0] << 8 | (rest > 1 ? src[1] : 0);

		*end++ = (uint8_t)alphabet[v >> 10];
		*end++ = (uint8_t)alphabet[v >> 4 & 63];
		if (rest > 1)
			*end++ = (uint8_t)alphabet[v << 2 & 63];
		for (; !url && rest < 3; rest++)
			*end++ = '=';
	}
	return (struct weir_result){.read = n, .written = (size_t)(end - dst)};
}

enum weir_status
base64_encode_update(struct state *s, struct io *io)
{
	const struct codec_tier *tier = codec();
	bool url = s->codec == WEIR_BASE64URL;

	while (s->count > 0 && io->src < io->src_end) {
		if (s->count == 2) {
			uint8_t group[3] = {(uint8_t)(s->acc >> 8), (uint8_t)s->acc,
					    *io->src};

			if (io_room(io) < 4)
				return WEIR_NEED_OUTPUT;
			codec_scalar.base64_encode(io->dst, group, 3, url);
			io->dst += 4;
			s->count = 0;
			s->acc = 0;
		} else {
			s->acc = s->acc << 8 | *io->src;
			s->count++;
		}
		io->src++;
	}
	size_t left = io_left(io), groups = io_room(io) / 4;
	groups = groups < left / 3 ? groups : left / 3;
	size_t done = tier->base64_encode(io->dst, io->src, 3 * groups, url);
	codec_scalar.base64_encode(io->dst + done / 3 * 4, io->src + done,
				   3 * groups - done, url);
	io->src += 3 * groups;
	io->dst += 4 * groups;
	if (io_left(io) >= 3)
		return WEIR_NEED_OUTPUT;
	for (; io->src < io->src_end; io->src++, s->count++)
		s->acc = s->acc << 8 | *io->src;
	return WEIR_OK;
}

enum weir_status
base64_encode_final(struct state *s, struct io *io)
{
	bool url = s->codec == WEIR_BASE64URL;
	uint32_t v = s->acc << (8 * (3 - s->count));
	uint8_t group[3] = {(uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
	uint8_t text[4];
	size_t n = url ? s->count + 1u : 4;

	if (s->count == 0)
		return WEIR_OK;
	if (io_room(io) < n)
		return WEIR_NEED_OUTPUT;
	codec_scalar.base64_encode(text, group, 3, url);
	for (size_t i = s->count + 1u; i < 4; i++)
		text[i] = '=';
	memcpy(io->dst, text, n);
	io->dst += n;
	s->count = 0;
	return WEIR_OK;
}

/* As far as the text is text. NEED_OUTPUT, or OK with src at its end or at BASE64_STOP. */
static enum weir_status
decode_text(struct state *s, struct io *io)
{
	const struct codec_tier *tier = codec();
	struct base64_run run = {
		.src = io->src,
		.src_end = io->src_end,
		.dst = io->dst,
		.dst_end = io->dst_end,
		.table = base64_table_of(s),
		.acc = s->acc,
		.count = s->count,
	};
	enum weir_status status = WEIR_OK;

	while (run.src < run.src_end) {
		tier->base64_decode(&run);
		if (run.src == run.src_end || run.table->value[*run.src] == BASE64_STOP)
			break;
		run.src_end = io->src_end - run.src > STEP ? run.src + STEP : io->src_end;
		codec_scalar.base64_decode(&run);
		bool held = run.src < run.src_end;
		run.src_end = io->src_end;
		if (held) {
			if (run.table->value[*run.src] != BASE64_STOP)
				status = WEIR_NEED_OUTPUT;
			break;
		}
	}
	io->src = run.src;
	io->dst = run.dst;
	s->acc = run.acc;
	s->count = (uint8_t)run.count;
	return status;
}

static bool
lenient(const struct state *s)
{
	return s->dialect == WEIR_NODE || s->dialect == WEIR_MIME;
}

enum weir_status
base64_decode_update(struct state *s, struct io *io)
{
	if (s->phase == PHASE_TEXT) {
		enum weir_status status = decode_text(s, io);

		if (status != WEIR_OK || io->src == io->src_end)
			return status;
		if (*io->src != '=' || (!lenient(s) && s->count < 2))
			return WEIR_INVALID;
		s->phase = lenient(s) ? PHASE_ENDED : PHASE_PAD1;
		io->src++;
	}
	if (s->phase == PHASE_ENDED)
		io->src = io->src_end;
	for (; io->src < io->src_end; io->src++) {
		if (*io->src == '=' && s->phase == PHASE_PAD1 && s->count == 2)
			s->phase = PHASE_PAD2;
		else if (s->dialect == WEIR_RFC4648 || !is_space(*io->src))
			return WEIR_INVALID;
	}
	return WEIR_OK;
}

/* What is wrong with how the text ended. */
static enum weir_status
end_status(struct state *s)
{
	unsigned pads = s->phase == PHASE_TEXT ? 0 : s->phase == PHASE_PAD1 ? 1 : 2;

	if (lenient(s) || s->count == 0)
		return WEIR_OK;
	if (s->count == 1 || (pads > 0 && s->count + pads != 4))
		return WEIR_TRUNCATED;
	if (s->dialect != WEIR_RFC4648)
		return WEIR_OK;
	if (pads == 0 && s->codec == WEIR_BASE64)
		return WEIR_TRUNCATED;
	if ((s->acc & (s->count == 2 ? 15 : 3)) == 0)
		return WEIR_OK;
	s->at -= 1 + pads;
	return WEIR_EXTRA_BITS;
}

enum weir_status
base64_decode_final(struct state *s, struct io *io)
{
	enum weir_status status = end_status(s);
	size_t n = s->count > 1 ? s->count - 1u : 0;

	if (status != WEIR_OK)
		return status;
	if (io_room(io) < n)
		return WEIR_NEED_OUTPUT;
	if (n == 1)
		*io->dst++ = (uint8_t)(s->acc >> 4);
	if (n == 2) {
		*io->dst++ = (uint8_t)(s->acc >> 10);
		*io->dst++ = (uint8_t)(s->acc >> 2);
	}
	s->count = 0;
	return WEIR_OK;
}
