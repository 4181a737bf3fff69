/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoder of V8's frames on recorded memory (fuzz/corpus/v8): each version of Node, with the
 * program tests/runtimes/programs/places.js interpreted, compiled by the baseline compiler, and
 * optimised. Then the same with parts missing and with bits wrong.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/tap.h"
#include "tests/unit/guard.h"
#include "tests/unit/v8_image.h"

#define MAX_PLACES 64

/* What happens in places.js, innermost first. */
static const struct expected {
	const char *function;
	uint32_t line, column, definition_line;
} story[] = {
	{"leaf", 7, 9, 6},	     {"middle", 11, 12, 9}, {"f\303\274llen", 16, 10, 15},
	{"table.entry", 21, 15, 20}, {"", 23, 46, 23},	    {"arrow", 23, 30, 23},
	{"main", 44, 2, 42},
};
#define STORY (sizeof(story) / sizeof(story[0]))

static const char *const images[] = {
	"node18-interpreted", "node18-baseline",  "node18-optimized",
	"node20-interpreted", "node20-baseline",  "node20-optimized",
	"node21-interpreted", "node21-baseline",  "node21-optimized",
	"node22-interpreted", "node22-baseline",  "node22-optimized",
	"node23-interpreted", "node23-baseline",  "node23-optimized",
	"node24-interpreted", "node24-baseline",  "node24-optimized",
	"node24-maglev",      "node24-wide",	  "node25-interpreted",
	"node25-baseline",    "node25-optimized", "node25-maglev",
	"node26-interpreted", "node26-baseline",  "node26-optimized",
	"node26-maglev",
};
#define IMAGES (sizeof(images) / sizeof(images[0]))

static uint8_t *data;
static size_t size;
static struct v8_image image;

static struct places {
	struct v8_place at[MAX_PLACES];
	size_t n;
} places;

static void
note(void *context, const struct v8_place *p)
{
	struct places *to = context;

	if (to->n < MAX_PLACES)
		to->at[to->n++] = *p;
}

static int
load(const char *name)
{
	const char *source = getenv("WEIR_SRCDIR");
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/fuzz/corpus/v8/%s", source ? source : ".", name);
	f = fopen(path, "rb");
	if (f == NULL)
		return -1;
	free(data);
	fseek(f, 0, SEEK_END);
	size = (size_t)ftell(f);
	rewind(f);
	data = malloc(size);
	size = fread(data, 1, size, f);
	fclose(f);
	return v8_image_open(&image, data, size);
}

static void
decode_all(void)
{
	struct v8_reader reader = {&image.layout, &image.lengths, &image.memory};

	v8_script_forget();
	places.n = 0;
	for (uint32_t i = 0; i < image.n_frames; i++) {
		checked_begin(&image.memory);
		v8_decode(&reader, &image.frames[i], note, &places);
	}
}

static int
is_optimized(const char *name)
{
	return strstr(name, "optimized") != NULL || strstr(name, "maglev") != NULL;
}

static void
check_place(const struct v8_place *got, const struct expected *want)
{
	CHECK_STR(got->function, want->function);
	CHECK_EQ(got->line, want->line);
	CHECK_EQ(got->column, want->column);
	CHECK_EQ(got->definition_line, want->definition_line);
	CHECK(got->exact && !got->runtime);
	CHECK(strncmp(got->file, "/tmp/programs/", 14) == 0);
}

TEST(every_line_of_every_version)
{
	for (size_t k = 0; k < IMAGES; k++) {
		int before = tap_failures;

		REQUIRE(load(images[k]) == 0);
		decode_all();
		CHECK_EQ(places.n, STORY);
		for (size_t i = 0; i < STORY && i < places.n; i++)
			check_place(&places.at[i], &story[i]);
		CHECK_EQ(places.at[0].inlined, is_optimized(images[k]));
		CHECK_EQ(places.at[1].optimized, is_optimized(images[k]));
		if (tap_failures != before)
			printf("# in %s\n", images[k]);
	}
}

/* The line of the call may be lost, and is said to be; nothing else may differ. */
static int
is_same(const struct v8_place *got, const struct v8_place *want)
{
	return strcmp(got->function, want->function) == 0 &&
	       strcmp(got->file, want->file) == 0 &&
	       got->definition_line == want->definition_line &&
	       (!got->exact || (got->line == want->line && got->column == want->column));
}

static void
check_subset(const struct places *all)
{
	for (size_t i = 0; i < places.n; i++) {
		size_t k = 0;

		while (k < all->n && !is_same(&places.at[i], &all->at[k]))
			k++;
		CHECK(k < all->n);
	}
}

TEST(missing_memory_is_no_other_answer)
{
	static struct places all;
	uint64_t address, nowhere = 8;

	for (size_t k = 0; k < IMAGES; k++) {
		unsigned fewer = 0;

		REQUIRE(load(images[k]) == 0);
		decode_all();
		all = places;
		for (uint32_t i = 0; i < image.n_blocks; i++) {
			uint8_t *b = (uint8_t *)(uintptr_t)image.blocks +
				     i * sizeof(struct v8_image_block);

			memcpy(&address, b, sizeof(address));
			memcpy(b, &nowhere, sizeof(nowhere));
			decode_all();
			fewer += places.n < all.n;
			check_subset(&all);
			memcpy(b, &address, sizeof(address));
		}
		CHECK(fewer > image.n_blocks / 4);
	}
}

TEST(cut_images)
{
	for (size_t k = 0; k < IMAGES; k++) {
		REQUIRE(load(images[k]) == 0);
		uint8_t *whole = data;
		for (size_t n = 0; n < size; n += 1 + n / 16) {
			uint8_t *part = malloc(n + 1);

			memcpy(part, whole, n);
			if (v8_image_open(&image, part, n) == 0)
				decode_all();
			free(part);
		}
		CHECK(v8_image_open(&image, whole, size) == 0);
	}
}

TEST(wrong_bits)
{
	uint32_t random = 1;

	for (size_t k = 0; k < IMAGES; k++) {
		REQUIRE(load(images[k]) == 0);
		uint8_t *blocks = (uint8_t *)(uintptr_t)image.blocks;
		size_t bytes = image.n_blocks * sizeof(struct v8_image_block);
		for (int i = 0; i < 300; i++) {
			size_t at = guard_random(&random) % bytes;
			uint8_t bit = (uint8_t)(1u << guard_random(&random) % 8);

			blocks[at] ^= bit;
			decode_all();
			for (size_t p = 0; p < places.n; p++)
				CHECK(!places.at[p].exact || places.at[p].line > 0);
			blocks[at] ^= bit;
		}
		decode_all();
		CHECK_EQ(places.n, STORY);
	}
}

TEST(a_stub_is_no_function)
{
	struct v8_frame stub = {.pc = 0x1000, .function = 22 << 1};

	REQUIRE(load(images[0]) == 0);
	struct v8_reader reader = {&image.layout, &image.lengths, &image.memory};
	places.n = 0;
	checked_begin(&image.memory);
	CHECK(v8_decode(&reader, &stub, note, &places) != 0);
	CHECK_EQ(places.n, 0);
}

#define TAP_TESTS                                                                        \
	T(every_line_of_every_version)                                                   \
	T(missing_memory_is_no_other_answer)                                             \
	T(cut_images)                                                                    \
	T(wrong_bits)                                                                    \
	T(a_stub_is_no_function)
TAP_MAIN()
