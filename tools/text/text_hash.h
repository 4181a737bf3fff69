/* SPDX-License-Identifier: Apache-2.0 */
/* A text as one number, the same each time: FNV-1a of 64 bits. Not against those who choose texts to collide. */
#ifndef TOOLS_TEXT_HASH_H
#define TOOLS_TEXT_HASH_H

#include <stdint.h>

static inline uint64_t
text_hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	return h;
}

#endif
