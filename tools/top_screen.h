/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live screen of `weir top`. Whatever ends it, the terminal is as it was before.
 */
#ifndef TOOLS_TOP_SCREEN_H
#define TOOLS_TOP_SCREEN_H

#include "tools/top_model.h"
#include "tools/top_sites.h"

struct top_screen {
	const char *what;	 /* file or pid, looked at again and again */
	struct top_model *model; /* has been looked at once */
	struct top_sites *sites;
	enum top_sort sort;
	double seconds; /* between looks */
};

/* Until the person quits. Returns the exit status; errors have been told. */
int top_screen_run(struct top_screen *s);

#endif
