/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Huge pages and nodes: the words of the options and what follows from them; see backing.h.
 * Called at the start of a process that weir is preloaded into: must never allocate or print.
 */
#include "policy/backing.h"

#include <errno.h>

static const char *const huge_words[] = {"never", "auto", "always"};
static const char *const numa_words[] = {"off", "local", "interleave", "bind"};

int
weir_huge_parse(enum weir_huge *value, struct token s)
{
	for (unsigned i = 0; i < sizeof(huge_words) / sizeof(huge_words[0]); i++) {
		if (token_is(s, huge_words[i])) {
			*value = (enum weir_huge)i;
			return 0;
		}
	}
	return -EINVAL;
}

void
weir_huge_print(enum weir_huge value, struct emit *out)
{
	emit_text(out, huge_words[value]);
}

static int
parse_nodes(uint64_t *nodes, struct token s)
{
	bool more = true;

	*nodes = 0;
	while (more) {
		struct token word;
		uint64_t node;

		more = token_cut(&s, ':', &word);
		if (token_number(word, &node) != 0 || node >= WEIR_NUMA_NODES)
			return -EINVAL;
		*nodes |= 1ull << node;
	}
	return 0;
}

int
weir_numa_parse(struct weir_numa *value, struct token s)
{
	struct weir_numa got = {.mode = WEIR_NUMA_OFF};
	struct token word;
	bool has_nodes = token_cut(&s, ':', &word);
	unsigned i = 0;

	while (i < sizeof(numa_words) / sizeof(numa_words[0]) &&
	       !token_is(word, numa_words[i]))
		i++;
	if (i == sizeof(numa_words) / sizeof(numa_words[0]))
		return -EINVAL;
	got.mode = (enum weir_numa_mode)i;
	if (has_nodes != (got.mode == WEIR_NUMA_BIND) ||
	    (has_nodes && parse_nodes(&got.nodes, s) != 0))
		return -EINVAL;
	*value = got;
	return 0;
}

void
weir_numa_print(const struct weir_numa *value, struct emit *out)
{
	emit_text(out, numa_words[value->mode]);
	for (unsigned i = 0; i < WEIR_NUMA_NODES; i++) {
		if ((value->nodes >> i & 1) == 0)
			continue;
		emit_char(out, ':');
		emit_number(out, i);
	}
}

uint64_t
weir_huge_from(enum weir_huge huge)
{
	return huge == WEIR_HUGE_ALWAYS ? 0
	       : huge == WEIR_HUGE_AUTO ? WEIR_HUGE_AUTO_BYTES
					: UINT64_MAX;
}

enum weir_numa_verdict
weir_numa_decide(const struct weir_numa *asked, uint64_t allowed, struct weir_numa *use)
{
	*use = (struct weir_numa){.mode = WEIR_NUMA_OFF};
	if (asked->mode == WEIR_NUMA_OFF)
		return WEIR_NUMA_NOT_ASKED;
	if ((allowed & (allowed - 1)) == 0)
		return WEIR_NUMA_ONE_NODE;
	if (asked->mode == WEIR_NUMA_BIND && (asked->nodes & allowed) == 0)
		return WEIR_NUMA_NO_NODE;
	use->mode = asked->mode;
	if (asked->mode == WEIR_NUMA_BIND)
		use->nodes = asked->nodes & allowed;
	else if (asked->mode == WEIR_NUMA_INTERLEAVE)
		use->nodes = allowed;
	return WEIR_NUMA_USE;
}
