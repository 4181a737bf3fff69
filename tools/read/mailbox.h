/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks a running process something through its sidecar (struct weir_stats_mailbox): no signal, no
 * port, no ptrace. For `weir snap` and `weir purge`. Writes nothing into the file but the question.
 */
#ifndef TOOLS_MAILBOX_H
#define TOOLS_MAILBOX_H

#include "tools/read/locate.h"

#define MAILBOX_WHY	    200
#define MAILBOX_LABEL_BYTES 48 /* with its zero */

/*
 * Returns 0 with the process's answer in *result (it may be a refusal, -errno) and the number of the
 * request, or with a sentence in `why`: -ENOTSUP (no mailbox in the file), -EBUSY (somebody else
 * asks all the time), -ETIMEDOUT (no answer), -ESRCH (it is gone), -errno of open or write.
 */
int mailbox_ask(const struct locate_entry *entry, enum weir_stats_command command,
		const char *label, double seconds, int64_t *result, uint64_t *request,
		char why[MAILBOX_WHY]);

#endif
