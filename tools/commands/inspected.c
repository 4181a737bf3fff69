/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/commands/inspected.h"

#include "tools/host/inspector.h"
#include "tools/text/tell.h"

void
inspected_warn(const struct inspector *i, pid_t pid)
{
	if (i->left_open)
		tell_warning(
			"process %d: its inspector is still open at port %u, to "
			"anybody on this machine: process._debugEnd() in it closes it",
			(int)pid, (unsigned)i->port);
}
