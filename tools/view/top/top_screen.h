/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live screen of `weir top`. Whatever ends it, the terminal is as it was before.
 */
#ifndef TOOLS_TOP_SCREEN_H
#define TOOLS_TOP_SCREEN_H

#include <stdbool.h>

#include "tools/model/top_model.h"
#include "tools/model/top_sites.h"

struct top_screen {
	const char *what;	 /* file or pid, looked at again and again */
	struct top_model *model; /* has been looked at once */
	struct top_sites *sites;
	enum top_sort sort;
	double seconds; /* between looks */
};

/* Until the person quits. False after an error, which has been told. */
bool top_screen_run(struct top_screen *s);

#endif
