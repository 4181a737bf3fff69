/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads vectors that another implementation has made, a line each: operation, codec, dialect,
 * room ("-": enough), input in hex, result in hex ("-": empty; "!": an error, after these bytes if
 * it is `set`). Checks each in every tier of this machine. Prints what differs and how many there
 * were.
 */
#include <stdlib.h>

#include "tests/encode/vector.h"

enum { BYTES_MAX = 1 << 16 };

static uint8_t input[BYTES_MAX], wanted[BYTES_MAX], output[4 * BYTES_MAX];

static size_t
parse_hex(uint8_t *out, const char *text)
{
	size_t n = strcmp(text, "-") == 0 ? 0 : strlen(text) / 2;

	for (size_t i = 0; i < n; i++) {
		const char byte[] = {text[2 * i], text[2 * i + 1], '\0'};

		out[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return n;
}

static bool
agrees(const struct vector *v, size_t want, bool error)
{
	struct weir_result r;
	size_t cap = v->room < sizeof(output) - 1 ? v->room : sizeof(output) - 2;

	memset(output, 0xee, want + 16);
	r = vector_run(v, output, cap, input);
	bool failed = r.status != WEIR_OK && r.status != WEIR_NEED_OUTPUT;
	if (strcmp(v->op, "valid") == 0 && (error || failed))
		return error && failed;
	/* An array that is full looks at nothing more. */
	if (strcmp(v->op, "set") == 0 && error != failed && r.written < cap)
		return false;
	return r.written == want && memcmp(output, wanted, want) == 0;
}

int
main(void)
{
	static char line[8 * BYTES_MAX];
	static char op[16], codec[16], dialect[16], room[16], in[4 * BYTES_MAX],
		out[4 * BYTES_MAX];
	unsigned long n = 0, wrong = 0;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct vector v;

		if (sscanf(line, "%15s %15s %15s %15s %s %s", op, codec, dialect, room,
			   in, out) != 6 ||
		    !vector_parse(&v, op, codec, dialect, room)) {
			printf("not a vector: %.200s\n", line);
			return 2;
		}
		bool error = out[0] == '!';
		v.n = parse_hex(input, in);
		size_t want = parse_hex(wanted, out + error);
		for (const struct codec_tier *const *t = codec_available(); *t != NULL;
		     t++) {
			codec_force((*t)->name);
			if (!agrees(&v, want, error) && wrong++ < 20)
				printf("%s differs: %.300s\n", (*t)->name, line);
		}
		n++;
	}
	printf("%lu vectors, %lu wrong\n", n, wrong);
	return wrong != 0 || n == 0;
}
