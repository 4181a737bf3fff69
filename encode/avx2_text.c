/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds of the AVX2 tier: see text128.h. In registers of 128 bits, as AVX2 cannot shuffle bytes
 * between the halves of wider ones.
 */
#include "encode/avx2.h"

#if ENCODE_AVX2
#include "encode/from_utf8_128.h"
#include "encode/to_utf8_128.h"

const struct codec_text avx2_text = CODEC_TEXT_KERNELS;

#endif
