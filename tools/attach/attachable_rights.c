/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether we may trace a process: users, capabilities, Yama, and who traces it already.
 */
#include "tools/attach/attachable_rights.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/read/proc.h"

#define CAP_TRACE_BIT 19

static bool
parent_chain_has(pid_t pid, pid_t ancestor)
{
	for (int i = 0; pid > 1 && i < 64; i++) {
		char *status;

		if (pid == ancestor)
			return true;
		if (proc_text(pid, "status", &status, NULL) != 0)
			return false;
		pid = (pid_t)proc_status_number(status, "\nPPid:", 10);
		free(status);
	}
	return false;
}

static bool
may_trace_anything(void)
{
	char *status;

	if (proc_text(0, "status", &status, NULL) != 0)
		return false;
	int64_t set = proc_status_number(status, "\nCapEff:", 16);
	free(status);
	return (set >> CAP_TRACE_BIT & 1) != 0;
}

const char *
attachable_yama_against(long scope, bool anything, bool ancestor)
{
	if (scope >= 3)
		return "kernel.yama.ptrace_scope is 3: nobody may trace on this machine "
		       "until it is restarted";
	if (scope <= 0 || anything || (scope == 1 && ancestor))
		return NULL;
	return scope == 1 ? "kernel.yama.ptrace_scope is 1: only its parents may trace a "
			    "process; use sudo weir attach, or sudo sysctl "
			    "kernel.yama.ptrace_scope=0"
			  : "kernel.yama.ptrace_scope is 2: use sudo weir attach";
}

static const char *
yama(pid_t pid)
{
	char *text;
	long scope = 0;

	if (proc_text(0, "../sys/kernel/yama/ptrace_scope", &text, NULL) == 0) {
		scope = strtol(text, NULL, 10);
		free(text);
	}
	return attachable_yama_against(scope, may_trace_anything(),
				       parent_chain_has(pid, getpid()));
}

const char *
attachable_status_against(const char *status)
{
	const char *features = strstr(status, "\nx86_Thread_features:");

	if (proc_status_number(status, "\nTracerPid:", 10) > 0)
		return "it is traced already, by a debugger or strace";
	/* "shstk"; the line of what is locked has another name. */
	if (features != NULL &&
	    memmem(features + 1, strcspn(features + 1, "\n"), "shstk", 5) != NULL)
		return "its returns are checked by a shadow stack (CET)";
	return NULL;
}

const char *
attachable_rights_against(pid_t pid, const char *status, uid_t uid)
{
	char *own;

	if (may_trace_anything())
		return yama(pid);
	if (geteuid() != 0 && geteuid() != uid)
		return "it is another user's: use sudo weir attach";
	if (proc_text(0, "status", &own, NULL) != 0)
		return "/proc cannot be read";
	uint64_t more = (uint64_t)proc_status_number(status, "\nCapPrm:", 16) &
			~(uint64_t)proc_status_number(own, "\nCapPrm:", 16);
	free(own);
	if (more != 0)
		return "it has capabilities that you have not: use sudo weir "
		       "attach, or in a container docker run "
		       "--cap-add=SYS_PTRACE (Kubernetes: "
		       "securityContext.capabilities.add)";
	return yama(pid);
}
