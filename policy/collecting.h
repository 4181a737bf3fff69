/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the runtime's garbage is to be collected: the words of the option `collect`, and the text of NODE_OPTIONS that
 * loads the hook (node/weir_collect.js) which does it. Pure: texts in, texts out.
 */
#ifndef POLICY_COLLECTING_H
#define POLICY_COLLECTING_H

#include <stddef.h>
#include <stdint.h>

#include "policy/emit.h"
#include "policy/token.h"

enum weir_collect {
	WEIR_COLLECT_IDLE = 1,	/* once the host idles */
	WEIR_COLLECT_LIMIT = 2, /* when its memory limit comes near */
	WEIR_COLLECT_ASKED = 4, /* by `weir collect`; both others take that along */
};

/* "off", or some of "idle", "limit" and "asked" between commas or colons. 0 or -EINVAL. */
int weir_collect_parse(uint32_t *value, struct token s);
void weir_collect_print(uint32_t value, struct emit *out);

/*
 * Writes NODE_OPTIONS: what requires the file `hook`, then what is there (`old`, NULL if it is not set). Returns how
 * long the first part is; a blank follows it where something was set.
 */
size_t weir_collect_node_options(struct emit *out, const char *hook, const char *old);

/*
 * The first of these arguments with which Node would not bear a further module, or NULL: the permission model
 * refuses to read it, a policy does not list it, a snapshot would hold it. `text`: `n` bytes, each argument ended
 * by `mark`.
 */
struct token weir_collect_refusal(const char *text, size_t n, char mark);

#endif
