/* SPDX-License-Identifier: Apache-2.0 */
/* Huge pages and NUMA nodes: the words of the options, and what follows from them. */
#include "policy/backing.h"

#include <errno.h>

#include "tests/tap.h"

static struct weir_numa numa;

static int
numa_of(const char *text)
{
	return weir_numa_parse(&numa, token_of(text));
}

static const char *
shown(void)
{
	static char buf[128];
	struct emit out = {buf, sizeof(buf), 0};

	weir_numa_print(&numa, &out);
	emit_end(&out);
	return buf;
}

TEST(huge_words)
{
	enum weir_huge huge = WEIR_HUGE_AUTO;

	CHECK_EQ(weir_huge_parse(&huge, token_of("sometimes")), -EINVAL);
	CHECK_EQ(huge, WEIR_HUGE_AUTO);
	CHECK_EQ(weir_huge_parse(&huge, token_of("always")), 0);
	CHECK_EQ(weir_huge_from(huge), 0);
	CHECK_EQ(weir_huge_parse(&huge, token_of("auto")), 0);
	CHECK_EQ(weir_huge_from(huge), 32ull << 20);
	CHECK_EQ(weir_huge_parse(&huge, token_of("never")), 0);
	CHECK_EQ(weir_huge_from(huge), UINT64_MAX);
}

TEST(numa_words_there_and_back)
{
	static const char *const good[] = {"off", "local", "interleave", "bind:0",
					   "bind:0:2:63"};
	static const char *const bad[] = {"bind",    "bind:",	    "bind:64", "bind:-1",
					  "local:0", "off:",	    "bind:1:", "bind::1",
					  "node",    "interleave:0"};

	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK_EQ(numa_of(good[i]), 0);
		CHECK_STR(shown(), good[i]);
	}
	CHECK_EQ(numa.nodes, 1ull | 1ull << 2 | 1ull << 63);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_EQ(numa_of(bad[i]), -EINVAL);
	CHECK_STR(shown(), "bind:0:2:63"); /* as it was */
	CHECK_EQ(numa_of("bind:2:0:2"), 0);
	CHECK_STR(shown(), "bind:0:2");
}

static enum weir_numa_verdict
decide(const char *text, uint64_t allowed, struct weir_numa *use)
{
	CHECK_EQ(numa_of(text), 0);
	return weir_numa_decide(&numa, allowed, use);
}

TEST(numa_on_two_nodes)
{
	struct weir_numa use;

	CHECK_EQ(decide("off", 3, &use), WEIR_NUMA_NOT_ASKED);
	CHECK_EQ(use.mode, WEIR_NUMA_OFF);
	CHECK_EQ(decide("local", 3, &use), WEIR_NUMA_USE);
	CHECK_EQ(use.mode, WEIR_NUMA_LOCAL);
	CHECK_EQ(use.nodes, 0);
	CHECK_EQ(decide("interleave", 5, &use), WEIR_NUMA_USE);
	CHECK_EQ(use.nodes, 5);
	CHECK_EQ(decide("bind:1:7", 3, &use), WEIR_NUMA_USE);
	CHECK_EQ(use.mode, WEIR_NUMA_BIND);
	CHECK_EQ(use.nodes, 2);
	CHECK_EQ(decide("bind:7", 3, &use), WEIR_NUMA_NO_NODE);
	CHECK_EQ(use.mode, WEIR_NUMA_OFF);
}

TEST(numa_with_one_node_is_inert)
{
	static const char *const all[] = {"local", "interleave", "bind:0", "bind:1"};
	struct weir_numa use;

	for (unsigned i = 0; i < 4; i++) {
		CHECK_EQ(decide(all[i], 1, &use), WEIR_NUMA_ONE_NODE);
		CHECK_EQ(use.mode, WEIR_NUMA_OFF);
	}
	CHECK_EQ(decide("interleave", 4, &use), WEIR_NUMA_ONE_NODE);
	CHECK_EQ(decide("interleave", 0, &use), WEIR_NUMA_ONE_NODE);
}

#define TAP_TESTS                                                                        \
	T(huge_words)                                                                    \
	T(numa_words_there_and_back)                                                     \
	T(numa_on_two_nodes)                                                             \
	T(numa_with_one_node_is_inert)
TAP_MAIN()
