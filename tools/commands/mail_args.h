/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of commands that ask a running process something through the mailbox of its sidecar.
 */
#ifndef TOOLS_MAIL_ARGS_H
#define TOOLS_MAIL_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/commands/cmd.h"

struct mail_args {
	bool may_label, may_inspect;
	bool inspect;	/* --through=inspector */
	double seconds; /* to wait; the caller's default, or --timeout */
	const char *what, *label;
};

/* Returns -1 to go on, or the exit status. */
int mail_args_parse(const struct cmd *cmd, int argc, char **argv, struct mail_args *r);

/* What the process says instead of an answer, an errno below zero. */
const char *mail_refusal(int64_t result);

#endif
