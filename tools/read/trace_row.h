/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sites as a row of the rings has them, when no head is left that does. For trace_exit.c.
 */
#ifndef TOOLS_TRACE_ROW_H
#define TOOLS_TRACE_ROW_H

#include "tools/read/trace_view.h"

/*
 * Sets v's sites and the instant of its head to the last row, of the last seconds, in which more than
 * `least` bytes were live, and, with `same_gc`, since which there was no major GC. Ages are worked
 * out from the rows before: no more than what was live all the time since can be older. False, and
 * nothing changed, if there is no such row.
 */
bool trace_row_restore(struct trace_view *v, uint64_t least, bool same_gc);

#endif
