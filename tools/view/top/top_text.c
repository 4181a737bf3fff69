/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fits text into columns. Called by the frame of `weir top`; never splits a character, and wide
 * ones count as two.
 */
#include "tools/view/top/top_text.h"

#include <string.h>
#include <wchar.h>

#include "tools/text/show.h"

#define CLEAN_MAX 4096
#define BARS	  8

/* One character of cleaned text: its bytes in `n`, its columns returned. */
static size_t
columns(const char *s, size_t *n, bool utf8)
{
	uint32_t c = 0;
	int w;

	*n = show_utf8((const unsigned char *)s, strlen(s), &c);
	if (*n == 0)
		*n = 1;
	if (!utf8 || c < 0x80)
		return 1;
	w = wcwidth((wchar_t)c);
	return w < 0 ? 1 : (size_t)w;
}

/* Copies up to `width` columns of cleaned text. */
static size_t
copy(char *dst, size_t size, const char *src, size_t width, bool utf8)
{
	size_t out = 0, used = 0, n;

	while (*src != '\0') {
		size_t w = columns(src, &n, utf8);
		bool plain = n == 1 && (unsigned char)*src < 0x80;

		if (used + w > width || out + n + 1 > size)
			break;
		if (plain || (utf8 && n > 1)) {
			memcpy(dst + out, src, n);
			out += n;
		} else {
			dst[out++] = '?';
		}
		src += n;
		used += w;
	}
	if (size > 0)
		dst[out] = '\0';
	return used;
}

size_t
top_text_fit(char *dst, size_t size, const char *src, size_t width, bool utf8)
{
	char clean[CLEAN_MAX];

	return copy(dst, size, show_clean(clean, sizeof(clean), src), width, utf8);
}

static size_t
width_of(const char *s, bool utf8)
{
	size_t used = 0, n;

	for (; *s != '\0'; s += n)
		used += columns(s, &n, utf8);
	return used;
}

size_t
top_text_tail(char *dst, size_t size, const char *src, size_t width, bool utf8)
{
	const char *dots = utf8 ? "\u2026" : "..";
	size_t dots_width = utf8 ? 1 : 2, bytes = strlen(dots), n;
	char clean[CLEAN_MAX];
	const char *at = show_clean(clean, sizeof(clean), src);

	if (width_of(at, utf8) <= width)
		return copy(dst, size, at, width, utf8);
	if (width <= dots_width || size <= bytes)
		return copy(dst, size, at, width, utf8);
	while (*at != '\0' && width_of(at, utf8) > width - dots_width) {
		columns(at, &n, utf8);
		at += n;
	}
	memcpy(dst, dots, bytes);
	return dots_width + copy(dst + bytes, size - bytes, at, width - dots_width, utf8);
}

size_t
top_text_place(char *dst, size_t size, const char *src, size_t width, bool utf8)
{
	char clean[CLEAN_MAX], name[CLEAN_MAX];
	const char *path, *file;
	size_t used, n;

	show_clean(clean, sizeof(clean), src);
	path = strstr(clean, " /");
	if (path == NULL)
		path = strstr(clean, " node:");
	if (clean[0] == '(' && path == NULL) {
		/* Words, not a path: they begin with what matters. */
		if (width_of(clean, utf8) <= width || width < 4)
			return copy(dst, size, clean, width, utf8);
		used = copy(dst, size, clean, width - (utf8 ? 1 : 2), utf8);
		n = strlen(dst);
		show_format(dst + n, size - n, "%s", utf8 ? "\u2026" : "..");
		return used + (utf8 ? 1 : 2);
	}
	/* Below the program's folder. */
	if (path == NULL)
		path = strrchr(clean, ' ');
	file = path != NULL ? strrchr(path, '/') : NULL;
	if (path == NULL || width_of(clean, utf8) <= width)
		return top_text_tail(dst, size, src, width, utf8);
	/* The function stays where the file does, too. */
	memcpy(name, clean, (size_t)(path + 1 - clean));
	name[path + 1 - clean] = '\0';
	used = width_of(name, utf8);
	if (used + 3 + width_of(file != NULL ? file : path + 1, utf8) > width)
		return top_text_tail(dst, size, src, width, utf8);
	used = copy(dst, size, name, width, utf8);
	n = strlen(dst);
	return used + top_text_tail(dst + n, size - n, path + 1, width - used, utf8);
}

void
top_text_spark(char *dst, size_t size, const uint64_t *values, size_t n, size_t width,
	       bool utf8)
{
	static const char *const wide[BARS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const plain[BARS] = {"_", ".", "-", "~", "=", "+", "*", "#"};
	size_t first = n > width ? n - width : 0, out = 0;
	uint64_t low = UINT64_MAX, high = 0;

	for (size_t i = first; i < n; i++) {
		low = values[i] < low ? values[i] : low;
		high = values[i] > high ? values[i] : high;
	}
	if (size > 0)
		dst[0] = '\0';
	for (size_t i = first; i < n; i++) {
		size_t level = high == low
				       ? 0
				       : (size_t)((double)(values[i] - low) * (BARS - 1) /
							  (double)(high - low) +
						  0.5);
		const char *bar = utf8 ? wide[level] : plain[level];
		size_t bytes = strlen(bar);

		if (out + bytes + 1 > size)
			break;
		memcpy(dst + out, bar, bytes + 1);
		out += bytes;
	}
}
