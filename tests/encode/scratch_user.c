/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that is linked with libweir and knows nothing of the shim: encodes into scratch
 * blocks and checks what it gets. For library.bats, with the shim preloaded and without.
 */
#include <stdio.h>
#include <string.h>

#include "weir/encode.h"
#include "weir/scratch.h"

int
main(void)
{
	static char bytes[100000];

	for (int i = 0; i < 500; i++) {
		struct weir_result r;
		char *text = weir_encode_scratch(WEIR_HEX, bytes, sizeof(bytes), &r);

		if (text == NULL || r.written != 2 * sizeof(bytes) || text[7] != '0')
			return 1;
		if (weir_scratch_capacity(text) < r.written ||
		    weir_scratch_unref(text) != 1)
			return 2;
	}
	puts(weir_isa());
	return 0;
}
