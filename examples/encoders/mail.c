/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads text in base64 as mail has it on standard input, in whatever pieces it comes, and
 * writes it in base64 as PEM has it: a decoder, an encoder and lines, all of them streaming,
 * without an allocation. cc mail.c $(pkg-config --cflags --libs weir)
 */
#include <stdio.h>
#include <weir/encode.h>

enum { PIECE = 4096 };

/* `bytes` to lines on standard output; with n 0, the end. */
static void
put(struct weir_stream *encoder, struct weir_lines *lines, const char *bytes, size_t n)
{
	char text[2 * PIECE], lined[4 * PIECE];
	struct weir_result r;

	r = n > 0 ? weir_encode_update(encoder, text, sizeof(text), bytes, n)
		  : weir_encode_final(encoder, text, sizeof(text));
	r = weir_lines_update(lines, lined, sizeof(lined), text, r.written);
	fwrite(lined, 1, r.written, stdout);
}

int
main(void)
{
	struct weir_lines lines = WEIR_LINES_PEM;
	struct weir_stream decoder, encoder;
	struct weir_result r = {0};
	char text[PIECE], bytes[PIECE];
	size_t n;

	weir_decode_init(&decoder, WEIR_BASE64, WEIR_WHATWG);
	weir_encode_init(&encoder, WEIR_BASE64);
	while (r.status == WEIR_OK && (n = fread(text, 1, sizeof(text), stdin)) > 0) {
		r = weir_decode_update(&decoder, bytes, sizeof(bytes), text, n);
		if (r.written > 0)
			put(&encoder, &lines, bytes, r.written);
	}
	if (r.status == WEIR_OK) {
		r = weir_decode_final(&decoder, bytes, sizeof(bytes));
		if (r.written > 0)
			put(&encoder, &lines, bytes, r.written);
	}
	put(&encoder, &lines, NULL, 0);
	fwrite(text, 1, weir_lines_final(&lines, text, sizeof(text)).written, stdout);
	if (r.status != WEIR_OK)
		fprintf(stderr, "not base64 from offset %zu on\n", r.error_at);
	return r.status != WEIR_OK;
}
