/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is going on, in one sentence: for who reads no more. The same in the report, `weir growth` and `weir top`.
 */
#ifndef TOOLS_GROWTH_HEADLINE_H
#define TOOLS_GROWTH_HEADLINE_H

#include "tools/model/growth_model.h"

#define GROWTH_HEADLINE 320

enum growth_mood { GROWTH_GOOD, GROWTH_UNSURE, GROWTH_BAD };

/* `runs`: the process does; it can be looked at again. */
enum growth_mood growth_headline(char buf[GROWTH_HEADLINE], const struct growth_model *m,
				 bool runs);

#endif
