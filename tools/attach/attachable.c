/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks in order: the first that speaks against it is told.
 */
#include "tools/attach/attachable.h"

#include <errno.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tools/attach/attach_room.h"
#include "tools/attach/attachable_rights.h"
#include "tools/attach/filters.h"
#include "tools/attach/inject.h"
#include "tools/attach/picture.h"
#include "tools/host/inspectable.h"
#include "tools/host/launch.h"
#include "tools/host/target.h"
#include "tools/read/proc.h"
#include "tools/text/show.h"

#define ENDED "it has ended"

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

	if (launch_find_shim(false, shim, sizeof(shim), shim_why, sizeof(shim_why)) !=
	    0) {
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

/*
 * A filter that kills for what dlopen calls ends the process. One that we have as well kills for nothing of it; others
 * are read when a thread stands.
 */
static void
note_filter(struct attachable_answer *a, const char *status, bool stopping)
{
	char *own;
	int64_t its = proc_status_number(status, "\nSeccomp_filters:", 10), ours = 0;

	if (proc_status_number(status, "\nSeccomp:", 10) <= 0)
		return;
	if (proc_text(0, "status", &own, NULL) == 0) {
		ours = proc_status_number(own, "\nSeccomp_filters:", 10);
		free(own);
	}
	if (its > 0 && its <= ours)
		return;
	a->filtered = stopping && filters_readable();
	if (!a->filtered)
		against(a, ATTACHABLE_PERHAPS,
			"it has a filter of system calls (seccomp) that weir may not "
			"read (root of the machine may, in no container): some end a "
			"process that loads a library; --force attaches");
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
			"its program cannot be read: it is another user's, part of "
			"the kernel, or lets nobody look into it (PR_SET_DUMPABLE)");
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

/* And not just for as long as all of them end. */
static bool
first_thread_only(pid_t pid)
{
	for (int looks = 0; looks < 10; looks++) {
		if (proc_one_thread(pid))
			return false;
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	return true;
}

bool
attachable_ended(pid_t pid, uint64_t start_ticks)
{
	struct proc_stat st;

	return proc_stat(pid, &st) != 0 || st.start_ticks != start_ticks ||
	       (st.ended && !first_thread_only(pid));
}

static bool
is_there(struct attachable_answer *a, pid_t pid, struct proc_stat *st)
{
	if (proc_stat(pid, st) != 0)
		return against(a, ATTACHABLE_NO, ENDED);
	if (st->ended)
		return against(
			a, ATTACHABLE_NO,
			first_thread_only(pid)
				? "its first thread has ended, by which /proc "
				  "shows a process: the others cannot be looked into"
				: ENDED);
	if (is_mapped(pid, ATTACHABLE_NAME))
		return against(a, ATTACHABLE_AGAIN, "");
	if (is_mapped(pid, LAUNCH_SHIM))
		return against(a, ATTACHABLE_NO,
			       "it runs under weir already: weir growth shows it");
	return true;
}

/*
 * A child between vfork and exec is a process by itself that runs in its parent's memory, on its thread's stack: what
 * it loads would be the parent's.
 */
static bool
shares_memory(pid_t pid, const char *status)
{
	pid_t parent = (pid_t)proc_status_number(status, "\nPPid:", 10);

	return parent > 0 && syscall(SYS_kcmp, pid, parent, KCMP_VM, 0, 0) == 0;
}

/* A program that has just begun has not loaded its C library yet. */
static int
take_once_started(struct picture *p, pid_t pid, uint64_t start_ticks,
		  char why[PICTURE_WHY])
{
	struct timespec now;
	uint64_t ticks, second = (uint64_t)sysconf(_SC_CLK_TCK);
	int rc;

	for (;;) {
		rc = picture_take(p, pid, why);
		clock_gettime(CLOCK_BOOTTIME, &now);
		ticks = (uint64_t)now.tv_sec * second;
		if (rc != -ENOTSUP || ticks > start_ticks + second)
			return rc;
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
}

/* The library reads what it says of the process. */
static bool
sees_itself(pid_t pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/root%s", (int)pid, "/proc/self");
	return lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* For ptrace: who may, where it may be stopped, what is to be called. */
static bool
can_be_stopped(struct attachable_answer *a, pid_t pid, const char *status,
	       const struct proc_stat *st)
{
	char why[PICTURE_WHY];
	const char *no = attachable_status_against(status);
	struct picture p;

	if (no != NULL ||
	    (no = attachable_rights_against(pid, status, st->uid)) != NULL ||
	    !inject_possible(&no))
		return against(a, ATTACHABLE_NO, no);
	if (shares_memory(pid, status))
		return against(
			a, ATTACHABLE_NO,
			"it shares its memory with its parent, as between vfork and "
			"exec");
	if (!program_suits(a, pid))
		return false;
	if (!sees_itself(pid))
		return against(
			a, ATTACHABLE_NO,
			"its root directory (chroot) has no /proc, by which what is "
			"observed is found: mount one there");
	if (take_once_started(&p, pid, st->start_ticks, why) != 0)
		return against(a, ATTACHABLE_NO, why);
	if (!picture_some_room(&p, SAFE_POINT_ROOM)) {
		snprintf(why, sizeof(why), "none of its threads has %d KB of stack left",
			 (int)(SAFE_POINT_ROOM >> 10));
		picture_free(&p);
		return against(a, ATTACHABLE_NO, why);
	}
	picture_free(&p);
	a->stopped = st->stopped;
	if (a->stopped)
		show_format(a->note, sizeof(a->note),
			    "it is stopped: weir attach waits for it to go on, for %d s "
			    "at most",
			    ATTACHABLE_STOPPED_SECONDS);
	return true;
}

static bool
can_be_asked(struct attachable_answer *a, pid_t pid, struct inspector *i)
{
	if (inspectable_examine(i, pid, "attach without --through=inspector") != 0)
		return against(a, ATTACHABLE_NO, i->why);
	return program_suits(a, pid);
}

void
attachable_examine(struct attachable_answer *a, pid_t pid, struct inspector *i)
{
	struct proc_stat st;
	char *status;

	*a = (struct attachable_answer){.is = ATTACHABLE_YES};
	if (i != NULL)
		i->pidfd = -1;
	if (!is_there(a, pid, &st))
		return;
	if (proc_text(pid, "status", &status, NULL) == 0) {
		if (i != NULL ? can_be_asked(a, pid, i)
			      : can_be_stopped(a, pid, status, &st)) {
			if (attach_room_left(pid, status, a->why, sizeof(a->why)))
				note_filter(a, status, i == NULL);
			else
				a->is = ATTACHABLE_NO;
		}
		free(status);
	} else {
		against(a, ATTACHABLE_NO, "/proc does not tell of it");
	}
	/* What was read of a process that ended meanwhile says nothing of it. */
	if (a->is != ATTACHABLE_YES && attachable_ended(pid, st.start_ticks))
		against(a, ATTACHABLE_NO, ENDED);
}
