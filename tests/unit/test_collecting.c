/* SPDX-License-Identifier: Apache-2.0 */
/* When garbage is collected: the option's words, and the text of NODE_OPTIONS. */
#include "policy/collecting.h"

#include <errno.h>
#include <string.h>

#include "tests/tap.h"

static uint32_t value;
static char buf[256];

static const char *
shown(const char *text)
{
	struct emit out = {buf, sizeof(buf), 0};

	if (weir_collect_parse(&value, token_of(text)) != 0)
		return "refused";
	weir_collect_print(value, &out);
	emit_end(&out);
	return buf;
}

static const char *
options(const char *hook, const char *old, size_t *own)
{
	struct emit out = {buf, sizeof(buf), 0};

	*own = weir_collect_node_options(&out, hook, old);
	emit_end(&out);
	return buf;
}

TEST(words)
{
	CHECK_STR(shown("off"), "off");
	CHECK_EQ(value, 0);
	CHECK_STR(shown("idle"), "idle");
	CHECK_EQ(value, WEIR_COLLECT_IDLE | WEIR_COLLECT_ASKED);
	CHECK_STR(shown("limit,idle"), "idle:limit");
	CHECK_STR(shown("idle:limit"), "idle:limit");
	/* As it arrives from WEIR_OPTIONS. */
	CHECK_STR(shown("idle\\,limit"), "idle:limit");
	CHECK_STR(shown("asked"), "asked");
	CHECK_STR(shown("idle,asked"), "idle");
	CHECK_STR(shown(""), "refused");
	CHECK_STR(shown(","), "refused");
	CHECK_STR(shown("idle,off"), "refused");
	CHECK_STR(shown("idler"), "refused");
}

TEST(what_is_there_stays)
{
	size_t own;

	CHECK_STR(options("/a b/c.js", NULL, &own), "--require=\"/a b/c.js\"");
	CHECK_EQ(own, strlen(buf));
	CHECK_STR(options("/c.js", "--require=x", &own),
		  "--require=\"/c.js\" --require=x");
	CHECK_EQ(own, strlen("--require=\"/c.js\""));
	CHECK_STR(options("/c.js", "", &own), "--require=\"/c.js\" ");
	CHECK_STR(options("/q\"b\\.js", NULL, &own), "--require=\"/q\\\"b\\\\.js\"");
}

static const char *
refused(const char *text, size_t n, char mark)
{
	struct token t = weir_collect_refusal(text, n, mark);

	if (t.at == NULL)
		return "";
	memcpy(buf, t.at, t.len);
	buf[t.len] = '\0';
	return buf;
}

TEST(what_node_would_not_bear)
{
	static const char fine[] = "node\0--permissive\0server.js\0--harmony";
	static const char bad[] = "node\0-r\0x\0--permission\0server.js";
	static const char policy[] = "node\0--experimental_policy=p.json\0a.js";

	CHECK_STR(refused(fine, sizeof(fine), '\0'), "");
	CHECK_STR(refused(bad, sizeof(bad), '\0'), "--permission");
	CHECK_STR(refused(policy, sizeof(policy), '\0'), "--experimental_policy=p.json");
	CHECK_STR(refused("-r x --build-snapshot", 21, ' '), "--build-snapshot");
	CHECK_STR(refused("", 0, ' '), "");
}

#define TAP_TESTS                                                                        \
	T(words)                                                                         \
	T(what_is_there_stays)                                                           \
	T(what_node_would_not_bear)
TAP_MAIN()
