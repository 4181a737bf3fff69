/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is against tracing a process, a few words; NULL: nothing. Called by attachable.c.
 */
#ifndef TOOLS_ATTACHABLE_RIGHTS_H
#define TOOLS_ATTACHABLE_RIGHTS_H

#include <stdbool.h>
#include <sys/types.h>

/* Of a process of that user, by the text of its /proc/PID/status. */
const char *attachable_rights_against(pid_t pid, const char *status, uid_t uid);

/*
 * What the text of a /proc/PID/status says against it, or NULL; what kernel.yama.ptrace_scope does, for who may trace
 * anything or is an ancestor. Pure.
 */
const char *attachable_status_against(const char *status);
const char *attachable_yama_against(long scope, bool anything, bool ancestor);

#endif
