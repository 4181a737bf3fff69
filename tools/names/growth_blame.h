/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of a stack that is shown as "who": the innermost one of the program's own script code, called or
 * waiting, or the best there is instead.
 */
#ifndef TOOLS_GROWTH_BLAME_H
#define TOOLS_GROWTH_BLAME_H

#include "tools/names/growth_place.h"

/* Why this frame, best first. */
enum growth_blame_rank {
	GROWTH_BLAME_APP,     /* a script of the program's own */
	GROWTH_BLAME_PACKAGE, /* no such: a script of a dependency */
	GROWTH_BLAME_RUNTIME, /* no such: the outermost of the runtime's that says what was asked of it */
	GROWTH_BLAME_NATIVE, /* no script: machine code of the program or a dependency */
	GROWTH_BLAME_NONE,   /* nothing of the kind on the stack */
};

struct growth_blame {
	enum growth_blame_rank rank;
	uint32_t frame; /* 0 for GROWTH_BLAME_NONE */
	uint32_t depth; /* its place in the stack, 0 is the innermost */
};

struct growth_blame growth_blame_site(struct growth_places *p, uint32_t site);

/*
 * True if machine code of the program or of a dependency, an add-on say, stands inside the blamed
 * frame: what it allocates is its own to free, whatever the script's collector does.
 */
bool growth_blame_owned_by_native(struct growth_places *p, uint32_t site,
				  const struct growth_blame *b);

/* True if the runtime frees it as soon as somebody has taken it, and no collection does: a message that waits to be read. */
bool growth_blame_is_queued(struct growth_places *p, uint32_t site);

/* "remember /app/leak.mjs:12:15", or "(no JavaScript on the stack: backing_store)" and such; "(no line is known)" where scripts are not read. */
char *growth_blame_text(char *buf, size_t size, struct growth_places *p, uint32_t site,
			const struct growth_blame *b);

#endif
