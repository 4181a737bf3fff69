/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the resident memory of a process that runs is, read so that its threads wait for nothing.
 */
#ifndef TOOLS_PROC_ACCOUNT_H
#define TOOLS_PROC_ACCOUNT_H

#include <sys/types.h>

#include "policy/account.h"

/* What has to be set in `account` is; all of it may be lost with an error. 0 or -errno. */
int proc_account(pid_t pid, struct weir_account *account);

#endif
