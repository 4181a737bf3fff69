/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text kinds of the NEON tier: see text128.h.
 */
#include "encode/codec.h"

#if defined(__aarch64__)

#include "encode/from_utf8_128.h"
#include "encode/to_utf8_128.h"

const struct codec_text neon_text = CODEC_TEXT_KERNELS;

#endif
