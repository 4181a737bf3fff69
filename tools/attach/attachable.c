/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks in order: the first that speaks against it is told.
 */
#include "tools/attach/attachable.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/attach/inject.h"
#include "tools/attach/picture.h"
#include "tools/host/launch.h"
#include "tools/host/target.h"
#include "tools/read/proc.h"
#include "tools/text/show.h"

#define CAP_TRACE_BIT 19

static bool
against(struct attachable_answer *a, enum attachable is, const char *text)
{
	a->is = is;
	show_format(a->why, sizeof(a->why), "%s", text);
	return false;
}

bool
attachable_library(char *path, size_t size, char why[ATTACHABLE_TEXT])
{
	char shim[PATH_MAX], real[PATH_MAX], shim_why[2 * PATH_MAX];

	if (launch_find_shim(shim, sizeof(shim), shim_why, sizeof(shim_why)) != 0) {
		show_format(why, ATTACHABLE_TEXT, "%s", shim_why);
		return false;
	}
	if (realpath(shim, real) == NULL)
		snprintf(real, sizeof(real), "%s", shim);
	*strrchr(real, '/') = '\0';
	show_format(path, size, "%s/" ATTACHABLE_NAME, real);
	if (access(path, R_OK) != 0) {
		show_format(why, ATTACHABLE_TEXT, "%s: %s", path, strerror(errno));
		return false;
	}
	return true;
}

/* The number behind a name of /proc/PID/status, in base 16 where it is a set; -1: not there. */
static int64_t
status_number(const char *status, const char *name, int base)
{
	const char *at = strstr(status, name);

	return at != NULL ? (int64_t)strtoull(at + strlen(name), NULL, base) : -1;
}

static bool
parent_chain_has(pid_t pid, pid_t ancestor)
{
	for (int i = 0; pid > 1 && i < 64; i++) {
		char *status;

		if (pid == ancestor)
			return true;
		if (proc_text(pid, "status", &status, NULL) != 0)
			return false;
		pid = (pid_t)status_number(status, "\nPPid:", 10);
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
	int64_t set = status_number(status, "\nCapEff:", 16);
	free(status);
	return (set >> CAP_TRACE_BIT & 1) != 0;
}

/* kernel.yama.ptrace_scope: 0 where there is none. */
static bool
yama_allows(struct attachable_answer *a, pid_t pid)
{
	char *text;
	long scope = 0;

	if (proc_text(0, "../sys/kernel/yama/ptrace_scope", &text, NULL) == 0) {
		scope = strtol(text, NULL, 10);
		free(text);
	}
	if (scope == 3)
		return against(a, ATTACHABLE_NO,
			       "kernel.yama.ptrace_scope is 3: nobody may trace on this "
			       "machine until it is booted anew");
	if (scope == 0 || may_trace_anything() ||
	    (scope == 1 && parent_chain_has(pid, getpid())))
		return true;
	return against(a, ATTACHABLE_NO,
		       scope == 1
			       ? "kernel.yama.ptrace_scope is 1: only its parents may "
				 "trace a process; use sudo weir attach, or sudo sysctl "
				 "kernel.yama.ptrace_scope=0"
			       : "kernel.yama.ptrace_scope is 2: use sudo weir attach");
}

static bool
rights_suffice(struct attachable_answer *a, pid_t pid, const char *status, uid_t uid)
{
	char *own;

	if (status_number(status, "\nTracerPid:", 10) > 0)
		return against(a, ATTACHABLE_NO,
			       "it is traced already, by a debugger or strace");
	if (may_trace_anything())
		return yama_allows(a, pid);
	if (geteuid() != 0 && geteuid() != uid)
		return against(a, ATTACHABLE_NO,
			       "it is another user's: use sudo weir attach");
	if (proc_text(0, "status", &own, NULL) != 0)
		return against(a, ATTACHABLE_NO, "/proc cannot be read");
	uint64_t more = (uint64_t)status_number(status, "\nCapPrm:", 16) &
			~(uint64_t)status_number(own, "\nCapPrm:", 16);
	free(own);
	if (more != 0)
		return against(a, ATTACHABLE_NO,
			       "it has capabilities that you have not: use sudo weir "
			       "attach, or in a container docker run "
			       "--cap-add=SYS_PTRACE (Kubernetes: "
			       "securityContext.capabilities.add)");
	return yama_allows(a, pid);
}

/* A filter that kills for what dlopen calls ends the process. One that we have as well kills for nothing of it. */
static void
note_filter(struct attachable_answer *a, const char *status)
{
	char *own;
	int64_t its = status_number(status, "\nSeccomp_filters:", 10), ours = 0;

	if (status_number(status, "\nSeccomp:", 10) <= 0)
		return;
	if (proc_text(0, "status", &own, NULL) == 0) {
		ours = status_number(own, "\nSeccomp_filters:", 10);
		free(own);
	}
	if (its > 0 && its <= ours)
		return;
	against(a, ATTACHABLE_PERHAPS,
		"it has a filter of system calls (seccomp) that weir cannot read: some "
		"end "
		"a process that loads a library; --force attaches");
}

static bool
in_other_space(pid_t pid, const char *name)
{
	char its[64], ours[64], path[32];

	snprintf(path, sizeof(path), "ns/%s", name);
	return proc_link(pid, path, its, sizeof(its)) == 0 &&
	       proc_link(0, path, ours, sizeof(ours)) == 0 && strcmp(its, ours) != 0;
}

static bool
is_mapped(pid_t pid, const char *name)
{
	size_t n;
	bool mapped;

	return proc_maps(pid, name, &n, &mapped) == 0 && mapped;
}

static bool
has_sanitizer(pid_t pid)
{
	char *maps;

	if (proc_text(pid, "maps", &maps, NULL) != 0)
		return false;
	bool has = strstr(maps, "/libasan.so") != NULL ||
		   strstr(maps, "/libtsan.so") != NULL ||
		   strstr(maps, "/liblsan.so") != NULL ||
		   strstr(maps, "/libclang_rt.") != NULL;
	free(maps);
	return has;
}

/* What `weir run` would refuse is refused here, but for what only concerns serving. */
static bool
program_suits(struct attachable_answer *a, pid_t pid)
{
	char path[64], exe[PATH_MAX], text[ATTACHABLE_TEXT];
	struct target t;
	bool secure = false;

	if (proc_link(pid, "exe", exe, sizeof(exe)) != 0)
		return against(
			a, ATTACHABLE_NO,
			"its program cannot be read: it is another user's, or part "
			"of the kernel");
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	if (proc_secure(pid, &secure) == 0 && secure)
		return against(a, ATTACHABLE_NO,
			       "it runs with raised privileges (setuid, setgid or file "
			       "capabilities)");
	if (target_examine(&t, path, NULL) != 0)
		return against(a, ATTACHABLE_NO, "its program cannot be read");
	t.elf.v8_sandbox = false;
	if (!t.elf.native || !t.elf.dynamic || t.elf.sanitizer != NULL ||
	    t.elf.defines != NULL || t.foreign) {
		show_format(text, sizeof(text), "%s", t.inert);
		return against(a, ATTACHABLE_NO, text);
	}
	return has_sanitizer(pid)
		       ? against(a, ATTACHABLE_NO, "a sanitizer watches its heap")
		       : true;
}

static bool
is_there(struct attachable_answer *a, pid_t pid, struct proc_stat *st)
{
	if (proc_stat(pid, st) != 0 || st->ended)
		return against(a, ATTACHABLE_NO, "there is no such process any more");
	if (is_mapped(pid, ATTACHABLE_NAME))
		return against(a, ATTACHABLE_AGAIN, "");
	if (is_mapped(pid, LAUNCH_SHIM))
		return against(a, ATTACHABLE_NO,
			       "it runs under weir already: weir growth shows it");
	return true;
}

static bool
is_suitable(struct attachable_answer *a, pid_t pid)
{
	char why[PICTURE_WHY];
	const char *impossible;
	struct picture p;

	if (!inject_possible(&impossible))
		return against(a, ATTACHABLE_NO, impossible);
	if (in_other_space(pid, "pid") || in_other_space(pid, "mnt"))
		return against(a, ATTACHABLE_NO,
			       "it runs in another container (its PID or mount namespace "
			       "is not this one's): run weir attach in there");
	if (!program_suits(a, pid))
		return false;
	if (picture_take(&p, pid, why) != 0)
		return against(a, ATTACHABLE_NO, why);
	picture_free(&p);
	return true;
}

void
attachable_examine(struct attachable_answer *a, pid_t pid)
{
	struct proc_stat st;
	char *status;

	*a = (struct attachable_answer){.is = ATTACHABLE_YES};
	if (!is_there(a, pid, &st))
		return;
	if (proc_text(pid, "status", &status, NULL) != 0) {
		against(a, ATTACHABLE_NO, "/proc does not tell of it");
		return;
	}
	if (rights_suffice(a, pid, status, st.uid) && is_suitable(a, pid))
		note_filter(a, status);
	if (strstr(status, "\nState:\tT") != NULL)
		show_format(a->note, sizeof(a->note),
			    "it is stopped: the library is loaded when it goes on");
	free(status);
}
