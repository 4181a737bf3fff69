/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells the page source what the options huge, prefault and numa come to on this machine, and
 * the user where one of them cannot do anything here. Called once, by boot.c, inside the gate.
 */
#include "preload/machine/backing_set.h"

#include "policy/backing.h"
#include "pool/pages.h"
#include "preload/ground/say.h"
#include "preload/ground/settings.h"

static void
say_inert(const char *why)
{
	struct line l;

	line_begin(&l);
	line_text(&l, "numa has no effect: ");
	line_text(&l, why);
	line_end(&l);
}

void
backing_set(void)
{
	static const enum weir_pages_nodes modes[] = {
		[WEIR_NUMA_OFF] = WEIR_NODES_DEFAULT,
		[WEIR_NUMA_LOCAL] = WEIR_NODES_LOCAL,
		[WEIR_NUMA_INTERLEAVE] = WEIR_NODES_INTERLEAVE,
		[WEIR_NUMA_BIND] = WEIR_NODES_BIND,
	};
	struct weir_numa use = {.mode = WEIR_NUMA_OFF};
	enum weir_numa_verdict verdict = WEIR_NUMA_NOT_ASKED;

	if (weir_config.numa.mode != WEIR_NUMA_OFF)
		verdict = weir_numa_decide(&weir_config.numa, weir_pages_allowed_nodes(),
					   &use);
	if (verdict == WEIR_NUMA_ONE_NODE)
		say_inert("this process has memory of one node only");
	else if (verdict == WEIR_NUMA_NO_NODE)
		say_inert("this process may not have memory of any of these nodes");
	weir_pages_tune(&(struct weir_pages_tuning){
		.huge_from = weir_huge_from(weir_config.huge),
		.prefault_to = weir_config.prefault,
		.nodes = modes[use.mode],
		.node_mask = use.nodes,
	});
}
