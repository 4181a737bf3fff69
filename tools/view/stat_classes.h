/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The classes that `weir stat` and the summary show without --all. Called by their tables.
 */
#ifndef TOOLS_VIEW_STAT_CLASSES_H
#define TOOLS_VIEW_STAT_CLASSES_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/read/sidecar.h"

/* Whether a row is among the few that hold most or, where they hold nothing, are asked most. */
bool stat_classes_matters(const struct sidecar *s, uint32_t row);

#endif
