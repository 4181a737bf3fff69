/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds of the SSE4 tier: see text128.h.
 */
#include "encode/sse4/sse4.h"

#if ENCODE_SSE4
#include "encode/lanes/from_utf8_128.h"
#include "encode/lanes/to_utf8_128.h"

const struct codec_text sse4_text = CODEC_TEXT_KERNELS;

#endif
