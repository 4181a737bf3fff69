/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of growth_model.c that is about the process, not its sites; for that file alone. Exits through
 * tell_no_memory.
 */
#ifndef TOOLS_GROWTH_MEMORY_H
#define TOOLS_GROWTH_MEMORY_H

#include "tools/model/growth_model.h"

/* Fills rss, limit_bytes, rss_verdict and parts of a model whose window is set. `now` may be NULL. */
void growth_memory_judge(struct growth_model *m, const struct resident *now);

/* Once the groups are judged: what they say of the parts that they are in. */
void growth_memory_agree(struct growth_model *m);

#endif
