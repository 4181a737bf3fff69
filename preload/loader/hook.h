/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Has Node load weir's hook, which collects garbage (node/weir_collect.js).
 */
#ifndef PRELOAD_HOOK_H
#define PRELOAD_HOOK_H

/*
 * From the constructor, before the host looks at its environment: if the option `collect` asks for it and this is Node,
 * the hook's file comes first in NODE_OPTIONS, and WEIR_HOOK tells it what to do. The hook takes both back before
 * the program's own code runs, so that nobody else sees or inherits them.
 */
void hook_init(void);

#endif
