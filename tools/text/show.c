/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values as text. Called by everything that prints for people; knows nothing of where the
 * text goes.
 */
#include "tools/text/show.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
show_format(char *buf, size_t size, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(buf, size, format, ap);
	va_end(ap);
}

char *
show_bytes(char buf[SHOW_VALUE], uint64_t bytes)
{
	static const char units[] = "BKMGTPE";
	double value = (double)bytes;
	unsigned unit = 0;

	if (bytes < 1024) {
		snprintf(buf, SHOW_VALUE, "%" PRIu64 " B", bytes);
		return buf;
	}
	/* 1023.95 prints as 1024.0: take the next unit instead. */
	while (value >= 1023.95 && units[unit + 1] != '\0') {
		value /= 1024;
		unit++;
	}
	snprintf(buf, SHOW_VALUE, "%.1f", value);
	char *dot = strstr(buf, ".0");

	if (dot != NULL)
		*dot = '\0';
	size_t n = strlen(buf);

	snprintf(buf + n, SHOW_VALUE - n, " %cB", units[unit]);
	return buf;
}

char *
show_count(char buf[SHOW_VALUE], uint64_t count)
{
	char digits[SHOW_VALUE];
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, count), out = 0;

	for (size_t i = 0; i < n; i++) {
		if (i != 0 && (n - i) % 3 == 0)
			buf[out++] = ',';
		buf[out++] = digits[i];
	}
	buf[out] = '\0';
	return buf;
}

char *
show_percent(char buf[SHOW_VALUE], uint64_t part, uint64_t whole)
{
	if (whole == 0)
		snprintf(buf, SHOW_VALUE, "-");
	else
		snprintf(buf, SHOW_VALUE, "%.1f %%",
			 100.0 * (double)part / (double)whole);
	return buf;
}

char *
show_duration(char buf[SHOW_VALUE], uint64_t ns)
{
	uint64_t s = ns / 1000000000;

	if (ns == 0)
		snprintf(buf, SHOW_VALUE, "0 s");
	else if (ns >= 100 && ns < 10000)
		snprintf(buf, SHOW_VALUE, "%.1f us", (double)(ns / 100) / 10);
	else if (ns < 1000000)
		snprintf(buf, SHOW_VALUE, "%" PRIu64 " us", ns / 1000);
	else if (ns < 100000000)
		snprintf(buf, SHOW_VALUE, "%.1f ms", (double)(ns / 100000) / 10);
	else if (s < 60)
		snprintf(buf, SHOW_VALUE, "%.1f s", (double)(ns / 100000000) / 10);
	else if (s < 3600)
		snprintf(buf, SHOW_VALUE, "%" PRIu64 " min %" PRIu64 " s", s / 60,
			 s % 60);
	else if (s < 86400)
		snprintf(buf, SHOW_VALUE, "%" PRIu64 " h %" PRIu64 " min", s / 3600,
			 s / 60 % 60);
	else
		snprintf(buf, SHOW_VALUE, "%" PRIu64 " d %" PRIu64 " h", s / 86400,
			 s / 3600 % 24);
	return buf;
}

size_t
show_utf8(const unsigned char *b, size_t n, uint32_t *code_point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len;
	uint32_t c;

	if (n == 0)
		return 0;
	if (b[0] < 0x80) {
		*code_point = b[0];
		return 1;
	}
	if (b[0] >= 0xc2 && b[0] < 0xe0)
		len = 2, c = b[0] & 0x1f;
	else if (b[0] >= 0xe0 && b[0] < 0xf0)
		len = 3, c = b[0] & 0x0f;
	else if (b[0] >= 0xf0 && b[0] < 0xf5)
		len = 4, c = b[0] & 0x07;
	else
		return 0;
	if (n < len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (b[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*code_point = c;
	return len;
}

/* Controls, and the marks that make a line read in another order than its bytes. */
static int
steers_terminal(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
	       (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

char *
show_clean(char *dst, size_t size, const char *src)
{
	const unsigned char *s = (const unsigned char *)src;
	size_t n = strlen(src), out = 0;

	while (n > 0) {
		uint32_t c = 0;
		size_t len = show_utf8(s, n, &c);
		int plain = len != 0 && !steers_terminal(c);
		size_t need = plain ? len : 4;

		if (out + need >= size)
			break;
		if (plain) {
			memcpy(dst + out, s, len);
		} else {
			snprintf(dst + out, size - out, "\\x%02x", *s);
			len = 1;
		}
		out += need;
		s += len;
		n -= len;
	}
	if (size > 0)
		dst[out] = '\0';
	return dst;
}

size_t
show_width(const char *str)
{
	const unsigned char *s = (const unsigned char *)str;
	size_t n = strlen(str), width = 0;

	while (n > 0) {
		uint32_t c;
		size_t len = show_utf8(s, n, &c);

		if (len == 0)
			len = 1;
		s += len;
		n -= len;
		width++;
	}
	return width;
}
