/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the map of a script: the comment at its end, then the file or the data that it names. Called
 * by growth_place.c; reads regular files only, and never over a network.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/names/sourcemap.h"
#include "tools/read/foreign.h"
#include "tools/text/tell.h"
#include "weir/encode.h"

#define MAX_SCRIPT (16u << 20)
#define MAX_MAP	   (64u << 20)

static const char comment[] = "sourceMappingURL=";

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
	return *n > 0 ? found : NULL;
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

static struct sourcemap *
parse_data(const char *url, size_t n, const char *script)
{
	const char *comma = memchr(url, ',', n);
	struct sourcemap *m = NULL;
	struct weir_result r;
	size_t length, cap;
	char *json;

	/* data:application/json;charset=utf-8;base64,... */
	if (comma == NULL || comma - url < 7 || memcmp(comma - 7, ";base64", 7) != 0)
		return NULL;
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

struct sourcemap *
sourcemap_load(const char *script, uint64_t before_unix_ns)
{
	size_t n, url_bytes;
	char *text = read_file(script, MAX_SCRIPT, before_unix_ns, &n), *path, *json;
	char name[PATH_MAX];
	struct sourcemap *m = NULL;
	const char *url;

	if (text == NULL)
		return NULL;
	url = sourcemap_url(text, n, &url_bytes);
	if (url != NULL && url_bytes > 5 && memcmp(url, "data:", 5) == 0) {
		m = parse_data(url, url_bytes, script);
	} else if (url != NULL && url_bytes < sizeof(name) &&
		   memmem(url, url_bytes, "://", 3) == NULL) {
		snprintf(name, sizeof(name), "%.*s", (int)url_bytes, url);
		path = sourcemap_resolve(script, name);
		json = read_file(path, MAX_MAP, before_unix_ns, &n);
		if (json != NULL)
			m = sourcemap_parse(json, n, path);
		free(json);
		free(path);
	}
	free(text);
	return m;
}
