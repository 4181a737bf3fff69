/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded memory images of V8: the layout, some frames, and the blocks that decoding them read, as
 * tests/runtimes/capture_all.c writes them (CAPTURE_IMAGE). They are in fuzz/corpus/v8, where the
 * fuzzer starts from them. An image is untrusted: whatever is wrong with it, reading it is safe.
 */
#ifndef TESTS_UNIT_V8_IMAGE_H
#define TESTS_UNIT_V8_IMAGE_H

#include <stdlib.h>
#include <string.h>

#include "trace/runtimes/v8.h"

#define V8_IMAGE_MAGIC	"weirv8i2"
#define V8_IMAGE_FRAMES 64
#define V8_LAYOUT_WORDS (sizeof(struct v8_layout) / sizeof(int32_t))

/* In the file: this, the layout, the lengths of bytecodes, n_frames struct v8_frame, n_blocks struct v8_image_block. */
struct v8_image_head {
	char magic[8];
	uint32_t n_layout, n_frames, n_blocks, reserved;
};

struct v8_image_block {
	uint64_t address;
	uint8_t bytes[CHECKED_BLOCK];
};

struct v8_image {
	struct v8_layout layout;
	struct v8_lengths lengths;
	struct v8_frame frames[V8_IMAGE_FRAMES];
	uint32_t n_frames, n_blocks;
	const uint8_t *blocks;
	struct checked memory;
};

static inline size_t
v8_image_fetch(void *context, const uint64_t *addresses, size_t n,
	       uint8_t (*to)[CHECKED_BLOCK])
{
	const struct v8_image *image = context;

	for (size_t i = 0; i < n; i++) {
		uint32_t k = 0;

		for (; k < image->n_blocks; k++) {
			const uint8_t *b =
				image->blocks + k * sizeof(struct v8_image_block);
			uint64_t address;

			memcpy(&address, b, sizeof(address));
			if (address != addresses[i])
				continue;
			memcpy(to[i], b + sizeof(address), CHECKED_BLOCK);
			break;
		}
		if (k == image->n_blocks)
			return i;
	}
	return n;
}

/* 0, or -1: no image. The bytes must stay. */
static inline int
v8_image_open(struct v8_image *image, const uint8_t *data, size_t size)
{
	struct v8_image_head head;
	int32_t words[V8_LAYOUT_WORDS];

	if (size < sizeof(head) + sizeof(words) + sizeof(image->lengths))
		return -1;
	memcpy(&head, data, sizeof(head));
	memcpy(words, data + sizeof(head), sizeof(words));
	data += sizeof(head) + sizeof(words);
	size -= sizeof(head) + sizeof(words);
	if (memcmp(head.magic, V8_IMAGE_MAGIC, sizeof(head.magic)) != 0 ||
	    head.n_layout != V8_LAYOUT_WORDS || head.n_frames > V8_IMAGE_FRAMES ||
	    size - sizeof(image->lengths) < head.n_frames * sizeof(struct v8_frame))
		return -1;
	/* A layout comes from the runtime's symbols: offsets and numbers of that size. */
	for (size_t i = 0; i < V8_LAYOUT_WORDS; i++)
		if (words[i] < -4096 || words[i] > 4096)
			return -1;
	memset(image, 0, sizeof(*image));
	memcpy(&image->layout, words, sizeof(words));
	memcpy(&image->lengths, data, sizeof(image->lengths));
	data += sizeof(image->lengths);
	size -= sizeof(image->lengths);
	if (image->lengths.n > V8_MAX_BYTECODES)
		return -1;
	image->n_frames = head.n_frames;
	memcpy(image->frames, data, head.n_frames * sizeof(struct v8_frame));
	data += head.n_frames * sizeof(struct v8_frame);
	size -= head.n_frames * sizeof(struct v8_frame);
	image->n_blocks = head.n_blocks;
	if (size / sizeof(struct v8_image_block) < head.n_blocks)
		image->n_blocks = (uint32_t)(size / sizeof(struct v8_image_block));
	image->blocks = data;
	image->memory.fetch = v8_image_fetch;
	image->memory.context = image;
	return 0;
}

#endif
