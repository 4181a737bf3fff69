/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds of the AVX2 tier: see text128.h. Wider registers cannot shuffle across their middle.
 */
#include "encode/avx2.h"
#include "encode/from_utf8_128.h"
#include "encode/to_utf8_128.h"

#if ENCODE_AVX2

const struct codec_text avx2_text = CODEC_TEXT_KERNELS;

#endif
