/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a part of resident memory that grows, or is most of it, means, and what to do next. For growth's
 * text and the report.
 */
#ifndef TOOLS_PART_ADVICE_H
#define TOOLS_PART_ADVICE_H

#include "tools/view/growth_view.h"

/* One line: the part, its size, whether it grows. */
void part_advice_say(const struct growth_view *v, enum weir_memory_part part, FILE *out);

void part_advice_print(const struct growth_view *v, enum weir_memory_part part, FILE *out,
		       int indent);

#endif
