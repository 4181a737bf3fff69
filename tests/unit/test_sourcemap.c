/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source maps: numbers, look-ups, sources, and what a damaged one does.
 */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "tests/tap.h"
#include "tools/names/sourcemap.h"
#include "tools/names/url.h"

static struct sourcemap_place place;

static struct sourcemap *
parse(const char *json)
{
	/* Of exactly its length, so that a sanitizer sees any read beyond it. */
	size_t n = strlen(json);
	char *copy = malloc(n > 0 ? n : 1);
	struct sourcemap *m;

	memcpy(copy, json, n);
	m = sourcemap_parse(copy, n, "/app/dist/main.js");
	free(copy);
	return m;
}

#define NEEDS_JSON                                                                       \
	do {                                                                             \
		struct sourcemap *probe =                                                \
			parse("{\"version\":3,\"sources\":[],\"mappings\":\"\"}");       \
		if (probe == NULL)                                                       \
			SKIP("built without libjson-c");                                 \
		sourcemap_free(probe);                                                   \
	} while (0)

static const char *
find(const struct sourcemap *m, uint32_t line, uint32_t column)
{
	static char text[256];

	if (!sourcemap_find(m, line, column, &place))
		return "none";
	snprintf(text, sizeof(text), "%s:%u:%u", place.file, place.line, place.column);
	return text;
}

TEST(places_are_looked_up)
{
	struct sourcemap *m;

	NEEDS_JSON;
	/*
	 * Line 1: column 0 -> 0:1:0, column 4 -> 0:1:8; line 3: column 2 -> source 1, 11:3,
	 * column 10 has none.
	 */
	m = parse("{\"version\":3,\"sources\":[\"../src/a.ts\",\"webpack://x/b.ts\"],"
		  "\"names\":[\"q\"],\"mappings\":\"AACA,IAAQ;;ECULA,Q\"}");
	REQUIRE(m != NULL);
	CHECK_STR(find(m, 1, 1), "/app/src/a.ts:2:1");
	CHECK_STR(find(m, 1, 4), "/app/src/a.ts:2:1");
	CHECK_STR(find(m, 1, 5), "/app/src/a.ts:2:9");
	CHECK_STR(find(m, 1, 500), "/app/src/a.ts:2:9");
	CHECK_STR(find(m, 2, 1), "none");
	CHECK_STR(find(m, 3, 2), "none");
	CHECK_STR(find(m, 3, 3), "webpack://x/b.ts:12:4");
	CHECK_STR(find(m, 3, 11), "none");
	/* A line without a column is its first place. */
	CHECK_STR(find(m, 1, 0), "/app/src/a.ts:2:1");
	CHECK_STR(find(m, 3, 0), "webpack://x/b.ts:12:4");
	CHECK_STR(find(m, 0, 1), "none");
	CHECK_STR(find(m, 4, 0), "none");
	CHECK_STR(find(m, UINT32_MAX, UINT32_MAX), "none");
	sourcemap_free(m);
}

TEST(sources_are_seen_from_the_map)
{
	struct sourcemap *m;

	NEEDS_JSON;
	m = parse("{\"version\":3,\"sourceRoot\":\"/src\",\"sources\":[\"a.ts\",null],"
		  "\"mappings\":\"AAAA,CCAA\"}");
	REQUIRE(m != NULL);
	CHECK_STR(find(m, 1, 1), "/src/a.ts:1:1");
	sourcemap_free(m);
	/* The prefix against inclusion as a script. */
	m = parse(")]}'\n{\"version\":3,\"sources\":[\"./x/../"
		  "b.ts\"],\"mappings\":\"AAAA\"}");
	REQUIRE(m != NULL);
	CHECK_STR(find(m, 1, 1), "/app/dist/b.ts:1:1");
	sourcemap_free(m);
}

TEST(a_source_without_a_name_has_no_place)
{
	struct sourcemap *m;

	NEEDS_JSON;
	m = parse("{\"version\":3,\"sources\":[null,\"\",\"a.ts\"],"
		  "\"mappings\":\"AAAA;ACAA;ACAA\"}");
	REQUIRE(m != NULL);
	CHECK_STR(find(m, 1, 1), "none");
	CHECK_STR(find(m, 2, 1), "none");
	CHECK_STR(find(m, 3, 1), "/app/dist/a.ts:1:1");
	sourcemap_free(m);
}

TEST(sections_begin_where_they_say)
{
	struct sourcemap *m;

	NEEDS_JSON;
	m = parse("{\"version\":3,\"sections\":["
		  "{\"offset\":{\"line\":0,\"column\":0},"
		  "\"map\":{\"sources\":[\"a.ts\"],\"mappings\":\"AAAA;AACA\"}},"
		  "{\"offset\":{\"line\":1,\"column\":10},"
		  "\"map\":{\"sources\":[\"b.ts\"],\"mappings\":\"AAUA,IACA;AACA\"}}]}");
	REQUIRE(m != NULL);
	CHECK_STR(find(m, 1, 1), "/app/dist/a.ts:1:1");
	CHECK_STR(find(m, 2, 10), "/app/dist/a.ts:2:1");
	CHECK_STR(find(m, 2, 11), "/app/dist/b.ts:11:1");
	CHECK_STR(find(m, 2, 15), "/app/dist/b.ts:12:1");
	/* Only the first line of a section is moved to the right. */
	CHECK_STR(find(m, 3, 1), "/app/dist/b.ts:13:1");
	sourcemap_free(m);
}

TEST(what_is_no_map_is_none)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"null",
		"7",
		"{\"version\":3}",
		"{\"sources\":[],\"mappings\":3}",
		"{\"sources\":{},\"mappings\":\"\"}",
		"{\"sources\":[\"a\"],\"mappings\":\"A!A\"}",
		/* Cut within a number; numbers too long, negative columns, two or six fields. */
		"{\"sources\":[\"a\"],\"mappings\":\"g\"}",
		"{\"sources\":[\"a\"],\"mappings\":\"gggggggggggggA\"}",
		"{\"sources\":[\"a\"],\"mappings\":\"D\"}",
		"{\"sources\":[\"a\"],\"mappings\":\"AA\"}",
		"{\"sources\":[\"a\"],\"mappings\":\"AAAAAA\"}",
		"{\"sections\":[]}",
		"{\"sections\":{},\"sources\":[],\"mappings\":\"\"}",
		"{\"sections\":[{\"map\":{\"sources\":[],\"mappings\":\"\"}}]}",
		"{\"sections\":[{\"offset\":{\"line\":-1,\"column\":0},"
		"\"map\":{\"sources\":[],\"mappings\":\"\"}}]}",
		"{\"sections\":[{\"offset\":{\"line\":0,\"column\":0},\"map\":"
		"{\"sections\":[]}}]}",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(parse(bad[i]) == NULL);
}

TEST(a_source_that_is_not_there_has_no_place)
{
	struct sourcemap *m;

	NEEDS_JSON;
	m = parse("{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"ACAA\"}");
	REQUIRE(m != NULL);
	CHECK_STR(find(m, 1, 1), "none");
	sourcemap_free(m);
}

static const char *
url(const char *script)
{
	static char text[64];
	size_t n = 0;
	const char *found = sourcemap_url(script, strlen(script), &n);

	snprintf(text, sizeof(text), "%.*s", found != NULL ? (int)n : 4,
		 found != NULL ? found : "none");
	return text;
}

TEST(the_last_comment_names_the_map)
{
	CHECK_STR(url("x();\n//# sourceMappingURL=a.map\n"), "a.map");
	CHECK_STR(url("x();\n//@ sourceMappingURL=old.map"), "old.map");
	CHECK_STR(url("//# sourceMappingURL=a\n//# sourceMappingURL=b\n"), "b");
	CHECK_STR(url("'sourceMappingURL=a'"), "none");
	CHECK_STR(url("//# sourceMappingURL=\n"), "none");
	CHECK_STR(url("sourceMappingURL=a"), "none");
	CHECK_STR(url("//# sourceMappingURL=a\n// done\n\n/* of\n it */ "), "a");
	/* Part of a text of the script's, as V8 knows, or of a comment that goes on. */
	CHECK_STR(url("x = `\n//# sourceMappingURL=a\n`;\n"), "none");
	CHECK_STR(url("//# sourceMappingURL=a\nx = `\n//# sourceMappingURL=b\n`"),
		  "none");
	CHECK_STR(url("/*\n//# sourceMappingURL=a\n*/"), "none");
	CHECK_STR(url("//# sourceMappingURL=a\n/* no end"), "none");
	CHECK_STR(url(""), "none");
}

static void
resolves(const char *from, const char *to, const char *want)
{
	char *path = url_resolve(from, to);

	CHECK_STR(path, want);
	free(path);
}

TEST(paths_are_resolved)
{
	resolves("/a/b/c.js", "d.ts", "/a/b/d.ts");
	resolves("/a/b/c.js", "../d.ts", "/a/d.ts");
	resolves("/a/b/c.js", "../../../../d.ts", "/d.ts");
	resolves("/a/b/c.js", "./x/./y//../d.ts", "/a/b/x/d.ts");
	resolves("/a/b/c.js", "/d.ts", "/d.ts");
	resolves("/a/b/c.js", "file:///d%20.ts", "/d .ts");
	resolves("/a/b/c.js", "d%20.ts", "/a/b/d%20.ts");
	resolves("/a/b/c.js", "webpack://p/../d.ts", "webpack://p/../d.ts");
	resolves("c.js", "../d.ts", "../d.ts");
	resolves("/a/c.js", "..", "");
	resolves("/a/c.js", "...", "/a/...");
}

static void
path_is(const char *name, const char *want)
{
	char *path = url_path(name);

	CHECK_STR(path, want);
	free(path);
}

TEST(urls_of_files_are_paths)
{
	path_is("/a/b%20c.js?x", "/a/b%20c.js?x");
	path_is("file:///a/b%20c.js", "/a/b c.js");
	path_is("file:///a/b.mjs?v=1#x", "/a/b.mjs");
	path_is("file:///a/b%3F.mjs#x", "/a/b?.mjs");
	path_is("file:///a%00b%4", "/a%00b%4");
	path_is("", "");
}

#define TAP_TESTS                                                                        \
	T(places_are_looked_up)                                                          \
	T(sources_are_seen_from_the_map)                                                 \
	T(a_source_without_a_name_has_no_place)                                          \
	T(sections_begin_where_they_say)                                                 \
	T(urls_of_files_are_paths)                                                       \
	T(what_is_no_map_is_none)                                                        \
	T(a_source_that_is_not_there_has_no_place)                                       \
	T(the_last_comment_names_the_map)                                                \
	T(paths_are_resolved)
TAP_MAIN()
