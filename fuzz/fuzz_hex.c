/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding hex, all dialects: what fuzz_codec.h says.
 */
#include "fuzz/fuzz_codec.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum weir_codec codecs[] = {WEIR_HEX};

	return fuzz_codec(true, codecs, sizeof(codecs) / sizeof(codecs[0]), data, size);
}
