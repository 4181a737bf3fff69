/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of size classes and their parser, see grades.h. Called once at start, by the
 * options; the lookup itself is inline in the header. Must never allocate or print.
 */
#include "policy/grades.h"

#include <errno.h>

#include "policy/token.h"

/*
 * In KB. Below 32 KB the step is a page; from there four classes a doubling, so that a block
 * is at most 25 % larger than the request and every class of ten_kb is also one of these.
 */
/* clang-format off */
static const uint16_t graded_kb[] = {
	8, 12, 16, 20, 24, 28,
	32, 40, 48, 56,
	64, 80, 96, 112,
	128, 160, 192, 224,
	256, 320, 384, 448,
	512, 640, 768, 896,
	1024, 1280, 1536, 1792,
	2048, 2560, 3072, 3584,
	4096, 5120, 6144, 7168,
	8192, 10240,
};
/* clang-format on */

static const uint16_t ten_kb[] = {8, 16, 32, 64, 128, 256, 512, 1024, 2048, 10240};

static void
index_classes(struct weir_grades *g)
{
	uint32_t i = 0;

	for (uint32_t b = 0; b < sizeof(g->first); b++) {
		while (i < g->n && b > 0 && g->bytes[i] <= 1ull << (b - 1))
			i++;
		g->first[b] = (uint8_t)i;
	}
}

static void
fill(struct weir_grades *g, const uint16_t *kb, uint32_t n)
{
	g->n = n;
	for (uint32_t i = 0; i < n; i++)
		g->bytes[i] = (uint64_t)kb[i] << 10;
	index_classes(g);
}

void
weir_grades_graded(struct weir_grades *g)
{
	fill(g, graded_kb, sizeof(graded_kb) / sizeof(graded_kb[0]));
}

void
weir_grades_ten(struct weir_grades *g)
{
	fill(g, ten_kb, sizeof(ten_kb) / sizeof(ten_kb[0]));
}

void
weir_grades_fit(struct weir_grades *g, uint64_t page)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->n; i++) {
		uint64_t bytes = (g->bytes[i] + page - 1) & ~(page - 1);

		if (n == 0 || bytes > g->bytes[n - 1])
			g->bytes[n++] = bytes;
	}
	g->n = n;
	index_classes(g);
}

static int
parse_list(struct weir_grades *g, struct token list)
{
	struct weir_grades out = {.n = 0};
	bool more = true;

	while (more) {
		struct token word;
		uint64_t bytes;
		int err;

		more = token_cut(&list, ':', &word);
		err = token_bytes(word, &bytes);
		if (err != 0)
			return err;
		if (bytes < WEIR_GRADE_MIN || bytes > WEIR_GRADE_TOP)
			return -ERANGE;
		bytes = (bytes + WEIR_GRADE_ALIGN - 1) &
			~(uint64_t)(WEIR_GRADE_ALIGN - 1);
		if (out.n == WEIR_GRADES_MAX)
			return -ERANGE;
		if (out.n > 0 && bytes <= out.bytes[out.n - 1])
			return -ERANGE;
		out.bytes[out.n++] = bytes;
	}
	index_classes(&out);
	*g = out;
	return 0;
}

int
weir_grades_parse(struct weir_grades *g, const char *text, size_t len)
{
	struct token s = {text, len};

	if (token_is(s, "graded"))
		weir_grades_graded(g);
	else if (token_is(s, "ten"))
		weir_grades_ten(g);
	else
		return parse_list(g, s);
	return 0;
}
