/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the map of a script: the comment at its end, then the file or the data that it names. Called
 * by growth_place.c; reads regular files only, and never over a network.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/names/sourcemap.h"
#include "tools/names/url.h"
#include "tools/read/foreign.h"
#include "tools/text/tell.h"
#include "weir/encode.h"

#define MAX_SCRIPT (16u << 20)
#define MAX_MAP	   (64u << 20)

static const char comment[] = "sourceMappingURL=";

/* Whether nothing but blanks and comments is there: what looks like a comment in a text goes on behind it. */
static bool
ends_there(const char *p, const char *end)
{
	while (p < end) {
		const char *close;

		if ((unsigned char)*p <= ' ') {
			p++;
		} else if (end - p >= 2 && memcmp(p, "//", 2) == 0) {
			close = memchr(p, '\n', (size_t)(end - p));
			p = close != NULL ? close : end;
		} else if (end - p >= 2 && memcmp(p, "/*", 2) == 0) {
			close = memmem(p + 2, (size_t)(end - p) - 2, "*/", 2);
			if (close == NULL)
				return false;
			p = close + 2;
		} else {
			return false;
		}
	}
	return true;
}

const char *
sourcemap_url(const char *script, size_t script_bytes, size_t *n)
{
	size_t length = sizeof(comment) - 1;
	const char *found = NULL, *end = script + script_bytes;

	for (const char *p = script; (size_t)(end - p) >= length + 4;) {
		p = memmem(p, (size_t)(end - p), comment, length);
		if (p == NULL)
			break;
		/* "//# " or the older "//@ " before it. */
		if (p - script >= 4 && p[-1] == ' ' && (p[-2] == '#' || p[-2] == '@') &&
		    p[-3] == '/' && p[-4] == '/')
			found = p + length;
		p += length;
	}
	if (found == NULL)
		return NULL;
	*n = 0;
	while (found + *n < end && (unsigned char)found[*n] > ' ')
		++*n;
	return *n > 0 && ends_there(found + *n, end) ? found : NULL;
}

bool
sourcemap_is_named(const char *script, size_t script_bytes)
{
	return memmem(script, script_bytes, comment, sizeof(comment) - 1) != NULL;
}

/* A whole regular file, terminated; NULL if it is too large or too new. */
static char *
read_file(const char *path, size_t max, uint64_t before_unix_ns, size_t *n)
{
	int fd = foreign_open(path);
	struct stat st;
	char *text;
	size_t size;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0 || (uint64_t)st.st_size > max ||
	    (uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec >
		    before_unix_ns) {
		close(fd);
		return NULL;
	}
	size = (size_t)st.st_size;
	text = malloc(size + 1);
	if (text == NULL)
		tell_no_memory();
	for (*n = 0; *n < size;) {
		ssize_t got = read(fd, text + *n, size - *n);

		if (got <= 0)
			break;
		*n += (size_t)got;
	}
	text[*n] = '\0';
	close(fd);
	return text;
}

char *
sourcemap_script(const char *script, uint64_t before_unix_ns, size_t *n)
{
	return read_file(script, MAX_SCRIPT, before_unix_ns, n);
}

/* data:application/json;charset=utf-8;base64,... or, without the last word, percent-encoded. */
static struct sourcemap *
parse_data(char *url, size_t n, const char *script)
{
	char *comma = memchr(url, ',', n);
	struct sourcemap *m = NULL;
	struct weir_result r;
	size_t length, cap;
	char *json;

	if (comma == NULL)
		return NULL;
	if (comma - url < 7 || memcmp(comma - 7, ";base64", 7) != 0)
		return sourcemap_parse(comma + 1, url_decode(comma + 1), script);
	length = n - (size_t)(comma + 1 - url);
	cap = length / 4 * 3 + 3;
	json = malloc(cap);
	if (json == NULL)
		tell_no_memory();
	r = weir_decode(WEIR_BASE64, WEIR_NODE, json, cap, comma + 1, length);
	if (r.status == WEIR_OK)
		m = sourcemap_parse(json, r.written, script);
	free(json);
	return m;
}

/* The file that the URL names beside the script, which may be written as it is or as a URL is. */
static struct sourcemap *
parse_file(char *url, const char *script, uint64_t before_unix_ns)
{
	char *path, *json = NULL;
	struct sourcemap *m = NULL;
	size_t n;

	if (strncmp(url, "file://", 7) != 0 && strstr(url, "://") != NULL)
		return NULL;
	path = url_resolve(script, url);
	json = read_file(path, MAX_MAP, before_unix_ns, &n);
	if (json == NULL) {
		free(path);
		url[strcspn(url, "?#")] = '\0';
		url_decode(url);
		path = url_resolve(script, url);
		json = read_file(path, MAX_MAP, before_unix_ns, &n);
	}
	if (json != NULL)
		m = sourcemap_parse(json, n, path);
	free(json);
	free(path);
	return m;
}

struct sourcemap *
sourcemap_load(const char *script, uint64_t before_unix_ns)
{
	size_t n, url_bytes;
	char *text = read_file(script, MAX_SCRIPT, before_unix_ns, &n), *own;
	struct sourcemap *m = NULL;
	const char *url;

	if (text == NULL)
		return NULL;
	url = sourcemap_url(text, n, &url_bytes);
	own = url != NULL ? strndup(url, url_bytes) : NULL;
	if (url != NULL && own == NULL)
		tell_no_memory();
	if (own != NULL && strncmp(own, "data:", 5) == 0)
		m = parse_data(own, strlen(own), script);
	else if (own != NULL && url_bytes < PATH_MAX)
		m = parse_file(own, script, before_unix_ns);
	free(own);
	free(text);
	return m;
}
