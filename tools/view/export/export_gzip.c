/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 1952 around stored blocks of RFC 1951. Called by export_pprof.c; without a time or a name, so
 * that the same profile is the same file.
 */
#include "tools/view/export/export_gzip.h"

#include <stdint.h>

#define BLOCK_MAX 65535u

static uint32_t
crc32_of(const unsigned char *bytes, size_t n)
{
	uint32_t table[256], crc = UINT32_MAX;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
	}
	for (size_t i = 0; i < n; i++)
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
	return ~crc;
}

static void
put_little(uint32_t value, unsigned n_bytes, FILE *out)
{
	for (; n_bytes > 0; n_bytes--, value >>= 8)
		putc((int)(value & 0xff), out);
}

void
export_gzip(const unsigned char *bytes, size_t n, FILE *out)
{
	static const unsigned char header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff};
	size_t done = 0, some;

	fwrite(header, 1, sizeof(header), out);
	do {
		some = n - done < BLOCK_MAX ? n - done : BLOCK_MAX;
		putc(done + some == n ? 1 : 0, out); /* the last block is marked */
		put_little((uint32_t)some, 2, out);
		put_little(~(uint32_t)some & 0xffff, 2, out);
		if (some > 0)
			fwrite(bytes + done, 1, some, out);
		done += some;
	} while (done < n);
	put_little(crc32_of(bytes, n), 4, out);
	put_little((uint32_t)n, 4, out);
}
