/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds of the AVX2 tier: see text128.h. Wider registers cannot shuffle across their middle.
 */
#include "encode/avx2.h"
#include "encode/text128.h"

#if ENCODE_AVX2

const struct codec_text avx2_text = {
	.utf8_copy = utf8_copy,
	.utf8_to_utf16 = utf8_to_utf16,
	.utf8_to_low = utf8_to_low,
	.utf16_to_utf8 = utf16_to_utf8,
	.latin1_to_utf8 = latin1_to_utf8,
};

#endif
