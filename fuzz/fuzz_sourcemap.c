/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as a source map, and as the end of a script: nothing beyond it is read, and whatever place
 * is found lies in a source of the map.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "tools/names/sourcemap.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size > 0 ? size : 1);
	struct sourcemap_place place;
	struct sourcemap *m;
	const char *url;
	size_t n = 0;

	memcpy(text, data, size);
	url = sourcemap_url(text, size, &n);
	if (url != NULL)
		FUZZ_CHECK(n > 0 && url >= text && url + n <= text + size);
	m = sourcemap_parse(text, size, "/app/main.js");
	for (uint32_t line = 0; m != NULL && line < 50; line++) {
		for (uint32_t column = 0; column < 20; column++) {
			if (!sourcemap_find(m, line, column, &place))
				continue;
			FUZZ_CHECK(line > 0 && place.line > 0 && place.column > 0);
			FUZZ_CHECK(strlen(place.file) < size + 16);
		}
	}
	sourcemap_free(m);
	free(text);
	return 0;
}
