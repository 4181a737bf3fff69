/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoding, all codecs: what fuzz_codec.h says.
 */
#include "fuzz/fuzz_codec.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum weir_codec codecs[] = {WEIR_HEX,    WEIR_BASE64, WEIR_BASE64URL,
						 WEIR_LATIN1, WEIR_ASCII,  WEIR_UTF8,
						 WEIR_UTF16LE};

	return fuzz_codec(false, codecs, sizeof(codecs) / sizeof(codecs[0]), data, size);
}
