/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds from UTF-8 to bytes: what fuzz_codec.h says.
 */
#include "fuzz/fuzz_codec.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum weir_codec codecs[] = {WEIR_LATIN1, WEIR_ASCII, WEIR_UTF8,
						 WEIR_UTF16LE};

	return fuzz_codec(true, codecs, sizeof(codecs) / sizeof(codecs[0]), data, size);
}
