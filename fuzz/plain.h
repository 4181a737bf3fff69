/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the command prints must be: lines of valid UTF-8 without a control character, so that nothing
 * in a hostile file can steer a terminal. For the fuzz targets that print.
 */
#ifndef FUZZ_PLAIN_H
#define FUZZ_PLAIN_H

#include "fuzz/fuzz.h"
#include "tools/text/show.h"

static inline void
check_plain(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;

	while (n > 0) {
		uint32_t c = 0;
		size_t len = show_utf8(p, n, &c);

		FUZZ_CHECK(len > 0);
		FUZZ_CHECK(c == '\n' ||
			   (c >= 0x20 && c != 0x7f && (c < 0x80 || c >= 0xa0)));
		p += len;
		n -= len;
	}
}

#endif
