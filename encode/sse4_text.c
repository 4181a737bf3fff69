/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds of the SSE4 tier: see text128.h.
 */
#include "encode/sse4.h"
#include "encode/text128.h"

#if ENCODE_SSE4

const struct codec_text sse4_text = {
	.utf8_copy = utf8_copy,
	.utf8_to_utf16 = utf8_to_utf16,
	.utf8_to_low = utf8_to_low,
	.utf16_to_utf8 = utf16_to_utf8,
	.latin1_to_utf8 = latin1_to_utf8,
};

#endif
