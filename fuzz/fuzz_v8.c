/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an image of V8's memory: decoding its frames reads nothing outside of it, comes to an
 * end, and tells only of places whose texts are ended and whose order makes sense.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "tests/unit/v8_image.h"

static void
each(void *context, const struct v8_place *p)
{
	unsigned *n = context;

	FUZZ_CHECK(memchr(p->function, '\0', sizeof(p->function)) != NULL);
	FUZZ_CHECK(memchr(p->file, '\0', sizeof(p->file)) != NULL);
	/* vm.Script's columnOffset may leave no column. */
	FUZZ_CHECK(!p->exact || p->line > 0);
	FUZZ_CHECK(!p->inlined || p->optimized);
	FUZZ_CHECK(++*n <= V8_MAX_INLINED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct v8_image image;
	uint64_t identity[V8_IDENTITY_WORDS];

	if (v8_image_open(&image, data, size) != 0)
		return 0;
	v8_script_forget();
	struct v8_reader reader = {&image.layout, &image.lengths, &image.memory};
	for (uint32_t i = 0; i < image.n_frames; i++) {
		unsigned n = 0;

		checked_begin(&image.memory);
		v8_identity(&reader, image.frames[i].function, identity);
		checked_begin(&image.memory);
		if (v8_decode(&reader, &image.frames[i], each, &n) == 0)
			FUZZ_CHECK(!image.memory.failed);
	}
	return 0;
}
