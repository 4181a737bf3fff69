/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By how much a group's memory rose, and when: the words that all views share.
 */
#ifndef TOOLS_GROWTH_ROSE_H
#define TOOLS_GROWTH_ROSE_H

#include "tools/model/growth_model.h"

#define GROWTH_ROSE 128

/* "rose by 3.6 GB in the last 59 min 30 s", "" if there is nothing to tell. Returns buf. */
char *growth_rose(char buf[GROWTH_ROSE], const struct growth_group *g);

#endif
