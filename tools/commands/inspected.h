/* SPDX-License-Identifier: Apache-2.0 */
/* What commands say of a Node that was asked through its inspector. */
#ifndef TOOLS_INSPECTED_H
#define TOOLS_INSPECTED_H

#include <sys/types.h>

struct inspector;

/* Warns if the inspector could not be closed again. */
void inspected_warn(const struct inspector *i, pid_t pid);

#endif
