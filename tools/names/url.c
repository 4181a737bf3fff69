/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/names/url.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/text/tell.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

size_t
url_decode(char *text)
{
	char *to = text;

	for (const char *p = text; *p != '\0';) {
		int high = *p == '%' ? hex_digit(p[1]) : -1;
		int low = high >= 0 ? hex_digit(p[2]) : -1;

		if (low >= 0 && (high | low) != 0) {
			*to++ = (char)(high * 16 + low);
			p += 3;
		} else {
			*to++ = *p++;
		}
	}
	*to = '\0';
	return (size_t)(to - text);
}

char *
url_path(const char *name)
{
	bool is_url = strncmp(name, "file://", 7) == 0;
	char *path = strdup(is_url ? name + 7 : name);

	if (path == NULL)
		tell_no_memory();
	if (is_url) {
		path[strcspn(path, "?#")] = '\0';
		url_decode(path);
	}
	return path;
}

char *
url_resolve(const char *from, const char *to)
{
	const char *slash = strrchr(from, '/');
	size_t folder = slash != NULL ? (size_t)(slash - from) + 1 : 0;
	char *path, *out;

	if (strncmp(to, "file://", 7) == 0)
		return url_path(to);
	if (to[0] == '/' || strstr(to, "://") != NULL)
		folder = 0;
	path = malloc(folder + strlen(to) + 1);
	if (path == NULL)
		tell_no_memory();
	memcpy(path, from, folder);
	memcpy(path + folder, to, strlen(to) + 1);
	if (path[0] != '/')
		return path;
	/* A component at a time; out never overtakes p. */
	out = path;
	for (const char *p = path; *p != '\0';) {
		size_t n = 1 + strcspn(p + 1, "/");

		if (n == 3 && memcmp(p, "/..", 3) == 0) {
			while (out > path && *--out != '/')
				;
		} else if (n > 1 && !(n == 2 && p[1] == '.')) {
			memmove(out, p, n);
			out += n;
		}
		p += n;
	}
	*out = '\0';
	return path;
}
