/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scalar tier: what every other tier is compared with, what finishes their tails, and what
 * runs where there is nothing better. Kept simple enough to be seen right.
 */
#include <string.h>

#include "encode/codec.h"

static size_t
hex_encode(uint8_t *dst, const uint8_t *src, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		dst[2 * i] = (uint8_t)digits[src[i] >> 4];
		dst[2 * i + 1] = (uint8_t)digits[src[i] & 15];
	}
	return n;
}

static size_t
hex_decode(uint8_t *dst, const uint8_t *src, size_t pairs)
{
	size_t i = 0;

	for (; i < pairs; i++) {
		uint8_t high = hex_values[src[2 * i]], low = hex_values[src[2 * i + 1]];

		if ((high | low) > 15)
			break;
		dst[i] = (uint8_t)(high << 4 | low);
	}
	return i;
}

static size_t
base64_encode(uint8_t *dst, const uint8_t *src, size_t n, bool url)
{
	const char *alphabet = base64_alphabet[url];
	size_t i = 0;

	for (; n - i >= 3; i += 3, dst += 4) {
		uint32_t v =
			(uint32_t)src[i] << 16 | (uint32_t)src[i + 1] << 8 | src[i + 2];

		dst[0] = (uint8_t)alphabet[v >> 18];
		dst[1] = (uint8_t)alphabet[v >> 12 & 63];
		dst[2] = (uint8_t)alphabet[v >> 6 & 63];
		dst[3] = (uint8_t)alphabet[v & 63];
	}
	return i;
}

static void
put_group(uint8_t *dst, uint32_t v)
{
	dst[0] = (uint8_t)(v >> 16);
	dst[1] = (uint8_t)(v >> 8);
	dst[2] = (uint8_t)v;
}

static void
base64_decode(struct base64_run *run)
{
	const uint8_t *src = run->src, *value = run->table->value;
	uint8_t *dst = run->dst;
	uint32_t acc = run->acc, count = run->count;

	while (src < run->src_end) {
		uint32_t v = value[*src];

		if (v == BASE64_STOP)
			break;
		if (v == BASE64_SKIP) {
			src++;
			continue;
		}
		if (count < 3) {
			acc = acc << 6 | v;
			count++;
			src++;
			continue;
		}
		if (run->dst_end - dst < 3)
			break;
		put_group(dst, acc << 6 | v);
		dst += 3;
		src++;
		acc = count = 0;
	}
	run->src = src;
	run->dst = dst;
	run->acc = acc;
	run->count = count;
}

static size_t
ascii_run(const uint8_t *src, size_t n)
{
	size_t i = 0;
	uint64_t word;

	for (; n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, src + i, sizeof(word));
		if (word & 0x8080808080808080)
			break;
	}
	while (i < n && src[i] < 0x80)
		i++;
	return i;
}

static void
copy(uint8_t *dst, const uint8_t *src, size_t n)
{
	memcpy(dst, src, n);
}

static size_t
find_pair(const uint8_t *bytes, size_t n, const struct codec_pair *pair)
{
	size_t i = 0;

	while (i < n) {
		const uint8_t *p = memchr(bytes + i, pair->first, n - i);

		if (p == NULL)
			break;
		i = (size_t)(p - bytes);
		if (p[pair->distance] == pair->second)
			return i;
		i++;
	}
	return n;
}

const struct codec_tier codec_scalar = {
	.name = "scalar",
	CODEC_KERNELS,
};
