/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which frame of a stack is blamed, and whose code a file is.
 */
#include "tests/tap.h"
#include "tests/unit/growth_sample.h"
#include "tools/names/growth_blame.h"
#include "tools/names/runtime_work.h"

static char package[64];

static enum growth_origin
script(const char *file)
{
	return growth_origin_of_script(file, package, sizeof(package));
}

TEST(scripts_by_their_names)
{
	CHECK_EQ(script("/app/server.js"), GROWTH_APP);
	CHECK_STR(package, "");
	CHECK_EQ(script("node:internal/fs/streams"), GROWTH_RUNTIME);
	CHECK_EQ(script("ext:deno_web/06_streams.js"), GROWTH_RUNTIME);
	CHECK_EQ(script("evalmachine.<anonymous>"), GROWTH_APP);
	CHECK_EQ(script("/app/node_modules/pkg/lib/x.js"), GROWTH_PACKAGE);
	CHECK_STR(package, "pkg");
	CHECK_EQ(script("/app/node_modules/a/node_modules/@scope/name/x.js"),
		 GROWTH_PACKAGE);
	CHECK_STR(package, "@scope/name");
	CHECK_EQ(script("/app/node_modules/.pnpm/a@1.0.0/node_modules/a/i.js"),
		 GROWTH_PACKAGE);
	CHECK_STR(package, "a");
	CHECK_EQ(script("https://esm.sh/lib.js"), GROWTH_PACKAGE);
	CHECK_STR(package, "esm.sh");
	CHECK_EQ(script("/usr/lib/python3.11/queue.py"), GROWTH_RUNTIME);
	CHECK_EQ(script("/usr/lib/python3/dist-packages/yaml/reader.py"), GROWTH_PACKAGE);
	CHECK_STR(package, "yaml");
	CHECK_EQ(script("<frozen importlib._bootstrap>"), GROWTH_RUNTIME);
	CHECK_EQ(script("/srv/my_node_modules_tool/a.js"), GROWTH_APP);
	CHECK_EQ(script("wasm://wasm/31643d82"), GROWTH_PACKAGE);
	CHECK_STR(package, "wasm");
	CHECK_EQ(script(""), GROWTH_APP);
}

static enum growth_origin
module(const char *path, bool has_runtime)
{
	return growth_origin_of_module(path, "/usr/bin/node", has_runtime, package,
				       sizeof(package));
}

TEST(modules_by_their_paths)
{
	CHECK_EQ(module("/usr/bin/node", true), GROWTH_RUNTIME);
	CHECK_EQ(module("/usr/bin/node", false), GROWTH_APP);
	CHECK_EQ(module("/lib/x86_64-linux-gnu/libc.so.6", true), GROWTH_SYSTEM);
	CHECK_EQ(module("/opt/lib/weir/libweir_preload.so", true), GROWTH_SYSTEM);
	CHECK_EQ(module("/app/build/Release/addon.node", true), GROWTH_APP);
	CHECK_EQ(module("/app/node_modules/sharp/build/sharp.node", true),
		 GROWTH_PACKAGE);
	CHECK_STR(package, "sharp");
	CHECK_EQ(module("", true), GROWTH_SYSTEM);
}

static const char *
blame(uint32_t site)
{
	static char text[256];
	struct growth_blame b = growth_blame_site(places, site);

	return growth_blame_text(text, sizeof(text), places, site, &b);
}

TEST(the_sites_of_the_story)
{
	sample = trace_sample_new();
	trace_sample_story(sample);
	REQUIRE(open_sample());
	CHECK_STR(blame(STORY_HELD), "remember /app/leak.mjs:12:15");
	CHECK_STR(blame(STORY_GC_LAG), "handle /app/server.mjs:40:9");
	CHECK_STR(blame(STORY_DEPENDENCY), "start /app/server.mjs:55:3");
	CHECK_STR(blame(STORY_NATIVE), "libaddon.so+0x1234");
	CHECK_STR(blame(0), "(not attributed)");
	struct growth_blame b = growth_blame_site(places, STORY_NATIVE);
	CHECK(growth_blame_owned_by_native(places, STORY_NATIVE, &b));
	b = growth_blame_site(places, STORY_HELD);
	CHECK(!growth_blame_owned_by_native(places, STORY_HELD, &b));
	close_sample();
}

TEST(what_is_blamed_when_the_program_is_not_on_the_stack)
{
	uint32_t native, inner, package_frame, frames[3], site[5];

	sample = trace_sample_new();
	native = trace_sample_native(
		sample, trace_sample_module(sample, "/lib/libc.so.6", 0x1000, 0x2000),
		0x1234);
	inner = trace_sample_js(sample, "onread", "node:net", 7, 1);
	package_frame =
		trace_sample_js(sample, "", "file:///a%20b/node_modules/p/i.js", 3, 2);
	frames[0] = native;
	frames[1] = inner;
	frames[2] = package_frame;
	site[0] = trace_sample_site(sample, trace_sample_stack(sample, frames, 3), 1, 0);
	site[1] = trace_sample_site(sample, trace_sample_stack(sample, frames, 2), 1, 0);
	site[2] = trace_sample_site(sample, trace_sample_stack(sample, frames, 1), 1, 0);
	site[3] = trace_sample_site(sample, 0, WEIR_KIND_ENCODER, 0);
	site[4] = trace_sample_site(sample, 0, WEIR_KIND_OTHER, 0);
	REQUIRE(open_sample());
	CHECK_STR(blame(site[0]), "(anonymous) /a b/node_modules/p/i.js:3:2");
	CHECK_EQ(growth_blame_site(places, site[0]).rank, GROWTH_BLAME_PACKAGE);
	CHECK_EQ(growth_blame_site(places, site[0]).depth, 2);
	CHECK_STR(blame(site[1]), "onread node:net:7:1");
	view.head.tier = WEIR_TIER_V8;
	CHECK_STR(blame(site[2]), "(no JavaScript on the stack: backing_store)");
	CHECK_STR(blame(site[3]), "(no JavaScript on the stack: encoder)");
	CHECK_STR(blame(site[4]), "(no JavaScript on the stack)");
	/* Of a runtime whose scripts are not read nobody knows whether one is there: Deno, a Node to come. */
	view.head.tier = WEIR_TIER_NATIVE;
	CHECK_STR(blame(site[3]), "(no line is known: encoder)");
	CHECK_STR(blame(site[4]), "(no line is known)");
	close_sample();
}

TEST(without_a_script_the_work_of_the_runtime_is_named)
{
	CHECK_STR(runtime_work("node::(anonymous namespace)::ZlibContext::InitZlib()"),
		  "zlib streams");
	CHECK_STR(
		runtime_work("node::(anonymous namespace)::CompressionStreamMemoryOwner::"
			     "AllocForZlib(void*, unsigned int, unsigned int)"),
		"zlib streams");
	CHECK_STR(runtime_work(
			  "node::StreamReadSlab::Allocate(v8::Isolate*, unsigned long)"),
		  "reading sockets and pipes");
	CHECK_STR(runtime_work("node::crypto::TLSWrap::ClearOut()"), "TLS");
	CHECK_STR(runtime_work("node::crypto::NodeBIO::PeekWritable(unsigned long*)"),
		  "TLS");
	CHECK(runtime_work("node::NodeArrayBufferAllocator::Allocate(unsigned long)") ==
	      NULL);
	CHECK(runtime_work("uv_run") == NULL);
	CHECK(runtime_work("") == NULL);
}

TEST(what_the_runtime_frees_by_itself)
{
	CHECK(runtime_work_is_queue(
		"node::worker::Message::Serialize(node::Environment*, "
		"v8::Local<v8::Context>, v8::Local<v8::Value>)"));
	CHECK(!runtime_work_is_queue("v8::ValueSerializer::WriteValue()"));
	CHECK(!runtime_work_is_queue(""));
}

/* A stack of the runtime's own scripts, innermost first; NULL ends it. */
static uint32_t
runtime_site(const char *const files[])
{
	uint32_t frames[8], n = 0;

	for (; files[n] != NULL; n++)
		frames[n] = trace_sample_js(sample, "f", files[n], n + 1, 1);
	return trace_sample_site(sample, trace_sample_stack(sample, frames, n), 1, 0);
}

TEST(of_the_runtime_who_was_asked_is_blamed)
{
	static const char *const read_file[] = {
		"node:internal/buffer", "node:buffer", "node:internal/fs/promises",
		"node:internal/process/task_queues", NULL};
	static const char *const stream[] = {"node:internal/buffer",
					     "node:internal/fs/streams",
					     "node:internal/streams/readable",
					     "node:internal/process/task_queues", NULL};
	static const char *const machinery[] = {
		"node:internal/buffer", "node:internal/streams/readable",
		"node:internal/process/task_queues", NULL};
	static const char *const nothing[] = {"node:buffer", "node:internal/timers",
					      NULL};
	/* Of two that tell, the one that was asked first. */
	static const char *const asked[] = {"node:internal/buffer",
					    "node:internal/fs/read/context", "node:fs",
					    "node:internal/streams/readable", NULL};
	uint32_t sites[5];

	sample = trace_sample_new();
	sites[0] = runtime_site(read_file);
	sites[1] = runtime_site(stream);
	sites[2] = runtime_site(machinery);
	sites[3] = runtime_site(nothing);
	sites[4] = runtime_site(asked);
	REQUIRE(open_sample());
	CHECK_STR(blame(sites[0]), "f node:internal/fs/promises:3:1");
	CHECK_STR(blame(sites[1]), "f node:internal/fs/streams:2:1");
	CHECK_STR(blame(sites[2]), "f node:internal/streams/readable:2:1");
	CHECK_STR(blame(sites[3]), "f node:buffer:1:1");
	CHECK_STR(blame(sites[4]), "f node:fs:3:1");
	close_sample();
}

TEST(who_waits_is_said_to)
{
	uint32_t frames[3], site[2];

	sample = trace_sample_new();
	frames[0] =
		trace_sample_js(sample, "readFile", "node:internal/fs/promises", 7, 1);
	frames[1] = trace_sample_async(sample, "load", "/app/a.mjs", 3, 2, true);
	frames[2] = trace_sample_async(sample, "done", "/app/a.mjs", 9, 2, false);
	site[0] = trace_sample_site(sample, trace_sample_stack(sample, frames, 3), 1, 0);
	frames[1] = frames[2];
	site[1] = trace_sample_site(sample, trace_sample_stack(sample, frames, 2), 1, 0);
	REQUIRE(open_sample());
	CHECK_STR(blame(site[0]), "async load /app/a.mjs:3:2");
	CHECK_STR(blame(site[1]), "async done /app/a.mjs:~9");
	close_sample();
}

TEST(a_frame_that_is_not_there_has_a_place_too)
{
	char text[64];

	sample = trace_sample_new();
	REQUIRE(open_sample());
	CHECK_STR(growth_place(places, 12345)->file, "");
	CHECK_STR(growth_place_text(text, sizeof(text), growth_place(places, 12345)),
		  "(unknown)");
	close_sample();
}

#define TAP_TESTS                                                                        \
	T(scripts_by_their_names)                                                        \
	T(modules_by_their_paths)                                                        \
	T(the_sites_of_the_story)                                                        \
	T(what_is_blamed_when_the_program_is_not_on_the_stack)                           \
	T(without_a_script_the_work_of_the_runtime_is_named)                             \
	T(what_the_runtime_frees_by_itself)                                              \
	T(of_the_runtime_who_was_asked_is_blamed)                                        \
	T(who_waits_is_said_to)                                                          \
	T(a_frame_that_is_not_there_has_a_place_too)
TAP_MAIN()
