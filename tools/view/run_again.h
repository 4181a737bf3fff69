/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command that starts a process again, with options that would have told more. Called by the printers of
 * advice.
 */
#ifndef TOOLS_RUN_AGAIN_H
#define TOOLS_RUN_AGAIN_H

#include "tools/view/growth_view.h"

#define RUN_AGAIN_BYTES 256

/*
 * "weir run --collect=asked -- node server.js": `weir` are options of weir's, `flag` one of the program's, each "" for none.
 * Where the program's script is not known, or not as a shell would read it, it is "...".
 */
const char *run_again(char buf[RUN_AGAIN_BYTES], const struct growth_view *v,
		      const char *weir, const char *flag);

#endif
