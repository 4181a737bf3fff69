/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoded text in lines (weir/encode.h), for MIME, PEM and terminals. It copies text and inserts ends of
 * line, whatever the encoding.
 */
#include "encode/state.h"

static size_t
eol_length(const struct weir_lines *lines)
{
	return lines->eol[0] == '\0' ? 0 : lines->eol[1] == '\0' ? 1 : 2;
}

EXPORT size_t
weir_lines_size(const struct weir_lines *lines, size_t text)
{
	size_t n, columns = lines->columns, eol = eol_length(lines);

	if (columns == 0 || text == 0)
		return text;
	n = text / columns + (text % columns != 0);
	return __builtin_mul_overflow(n, eol, &n) || __builtin_add_overflow(n, text, &n)
		       ? SIZE_MAX
		       : n;
}

/* Writes what is left of an end of line. False: no room. */
static bool
put_eol(struct weir_lines *lines, struct io *io)
{
	for (; lines->eol[lines->in_eol] != '\0'; lines->in_eol++) {
		if (io->dst == io->dst_end)
			return false;
		*io->dst++ = (uint8_t)lines->eol[lines->in_eol];
	}
	lines->in_eol = 0;
	lines->column = 0;
	return true;
}

static enum weir_status
put_text(struct weir_lines *lines, struct io *io)
{
	while (io->src < io->src_end) {
		size_t n = io_left(io), room = io_room(io);

		if (lines->columns > 0) {
			size_t line = lines->columns - lines->column;

			if (line == 0) {
				if (!put_eol(lines, io))
					return WEIR_NEED_OUTPUT;
				continue;
			}
			n = n < line ? n : line;
		}
		if (room == 0)
			return WEIR_NEED_OUTPUT;
		n = n < room ? n : room;
		memcpy(io->dst, io->src, n);
		io->dst += n;
		io->src += n;
		lines->column += lines->columns > 0 ? (uint32_t)n : 0;
	}
	return WEIR_OK;
}

EXPORT struct weir_result
weir_lines_update(struct weir_lines *lines, char *dst, size_t cap, const char *text,
		  size_t n)
{
	struct io io = {.src = (const uint8_t *)text, .dst = (uint8_t *)dst};
	struct weir_result r = {0};

	if (n == 0)
		return r;
	io.src_end = io.src + n;
	io.dst_end = cap > 0 ? io.dst + cap : io.dst;
	r.status = put_text(lines, &io);
	r.read = (size_t)(io.src - (const uint8_t *)text);
	r.written = cap > 0 ? (size_t)(io.dst - (uint8_t *)dst) : 0;
	return r;
}

EXPORT struct weir_result
weir_lines_final(struct weir_lines *lines, char *dst, size_t cap)
{
	struct io io = {.dst = (uint8_t *)dst};
	struct weir_result r = {0};

	if (lines->column == 0)
		return r;
	io.dst_end = cap > 0 ? io.dst + cap : io.dst;
	r.status = put_eol(lines, &io) ? WEIR_OK : WEIR_NEED_OUTPUT;
	r.written = cap > 0 ? (size_t)(io.dst - (uint8_t *)dst) : 0;
	return r;
}

/* Base64 whose lines are whole groups, with room for all of it: each line where it belongs. */
static struct weir_result
encode_each(enum weir_codec codec_id, const struct weir_lines *lines, uint8_t *dst,
	    const uint8_t *src, size_t n)
{
	const struct codec_tier *tier = codec();
	struct codec_lines l = {lines->columns, eol_length(lines), 0};
	size_t line = l.columns / 4 * 3, at = 0;
	bool url = codec_id == WEIR_BASE64URL;
	uint8_t *to = dst;

	memcpy(&l.eol, lines->eol, sizeof(l.eol));
	if (tier->base64_encode_lines != NULL && n >= line) {
		at = tier->base64_encode_lines(to, src, n, &l, url);
		to += at / line * (l.columns + l.eol_length);
	}
	while (at < n) {
		size_t take = n - at < line ? n - at : line;

		to += tier->base64_encode_all(to, src + at, take, url).written;
		for (size_t i = 0; i < l.eol_length; i++)
			*to++ = (uint8_t)lines->eol[i];
		at += take;
	}
	return (struct weir_result){.read = n, .written = (size_t)(to - dst)};
}

EXPORT struct weir_result
weir_encode_lines(enum weir_codec codec_id, const struct weir_lines *lines, char *dst,
		  size_t cap, const void *src, size_t n)
{
	enum { BYTES = 3072 };
	struct weir_result total = {0}, r = {0};
	char text[2 * BYTES];

	if ((codec_id == WEIR_BASE64 || codec_id == WEIR_BASE64URL) &&
	    lines->columns >= 32 && lines->columns % 4 == 0 && n > 0 &&
	    weir_lines_size(lines, weir_encoded_size(codec_id, n)) <= cap)
		return encode_each(codec_id, lines, (uint8_t *)dst, src, n);
	struct weir_lines l = *lines;
	l.column = l.in_eol = 0;
	while (total.read < n && r.status == WEIR_OK) {
		size_t take = n - total.read < BYTES ? n - total.read : BYTES;

		r = weir_encode(codec_id, text, sizeof(text),
				(const uint8_t *)src + total.read, take);
		total.read += take;
		r = weir_lines_update(&l, cap > 0 ? dst + total.written : dst,
				      cap - total.written, text, r.written);
		total.written += r.written;
	}
	if (r.status == WEIR_OK) {
		r = weir_lines_final(&l, cap > 0 ? dst + total.written : dst,
				     cap - total.written);
		total.written += r.written;
	}
	total.status = r.status;
	return total;
}
