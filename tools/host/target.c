/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gathers the facts of a program and judges them. Called by `weir run` before it execs, by
 * doctor and by the summary; never runs the program, never prints.
 */
#include "tools/host/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tools/host/launch.h"
#include "tools/text/show.h"

#define PAGE_MOST   65536 /* of the shim, which does nothing on machines with larger ones */
#define SCRIPT_LINE 256	  /* as much as the kernel looks at */

#define AGAINST(t, ...) show_format((t)->inert, sizeof((t)->inert), __VA_ARGS__)

static bool
next_word(const char **p, char *word, size_t size)
{
	size_t len;

	*p += strspn(*p, " \t");
	len = strcspn(*p, " \t\n");
	snprintf(word, size, "%.*s", (int)len, *p);
	*p += len;
	return len > 0 && len < size;
}

bool
target_interpreter(const char *line, char *path, size_t size, bool *on_path)
{
	const char *base;

	*on_path = false;
	if (!next_word(&line, path, size))
		return false;
	base = strrchr(path, '/');
	if (strcmp(base != NULL ? base + 1 : path, "env") != 0)
		return true;
	/* env [-S] [NAME=VALUE ...] COMMAND: options of env and assignments are no command. */
	do {
		if (!next_word(&line, path, size))
			return false;
	} while (path[0] == '-' || strchr(path, '=') != NULL);
	*on_path = true;
	return true;
}

/* As the kernel decides in exec; ambient and inherited capabilities are not looked at. */
static bool
runs_secure(int fd, const struct stat *st)
{
	struct statvfs vfs;
	char cap[64];

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ||
	    (fstatvfs(fd, &vfs) == 0 && (vfs.f_flag & ST_NOSUID) != 0))
		return false;
	if ((st->st_mode & S_ISUID) != 0 && st->st_uid != getuid())
		return true;
	if ((st->st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
	    st->st_gid != getgid())
		return true;
	return getuid() != 0 &&
	       fgetxattr(fd, "security.capability", cap, sizeof(cap)) > 0;
}

/* Of a library where the system has its own: Debian's Node is little more than its libnode. */
static bool
imports_malloc(const char *library)
{
	static const char *const folders[] = {"/lib/x86_64-linux-gnu",
					      "/usr/lib/x86_64-linux-gnu",
					      "/lib/aarch64-linux-gnu",
					      "/usr/lib/aarch64-linux-gnu",
					      "/lib64",
					      "/usr/lib64",
					      "/lib",
					      "/usr/lib",
					      "/usr/local/lib"};
	char path[PATH_MAX], why[ELF_WHY];
	struct elf_facts facts;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folders[i], library);
		int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			continue;
		bool imports = elf_read(fd, &facts, why) == 0 && facts.native &&
			       facts.symbols_read && facts.imports_malloc;
		close(fd);
		if (imports)
			return true;
	}
	return false;
}

static bool
a_library_imports_malloc(const struct elf_facts *e)
{
	for (size_t i = 0; i < ELF_OTHERS && e->others[i][0] != '\0'; i++)
		if (imports_malloc(e->others[i]))
			return true;
	return false;
}

static void
judge(struct target *t)
{
	const struct elf_facts *e = &t->elf;

	if (sysconf(_SC_PAGESIZE) > PAGE_MOST)
		AGAINST(t,
			"this machine has pages of %ld bytes, and weir works with %d "
			"at most",
			sysconf(_SC_PAGESIZE), PAGE_MOST);
	else if (!e->native)
		AGAINST(t,
			"made for another machine (%d bits, ELF machine %u): weir's "
			"library for "
			"this one cannot be loaded into it",
			e->bits, e->machine);
	else if (!e->dynamic)
		AGAINST(t, "statically linked: it has no loader, so LD_PRELOAD does "
			   "nothing");
	else if (!launch_serves(e->musl)) {
		t->foreign = true;
		AGAINST(t,
			"its loader is another C library's (%s), and this weir is "
			"built for %s",
			e->loader, e->musl ? "glibc" : "musl");
	} else if (strncmp(t->path, "/proc/", 6) != 0 && access(e->loader, F_OK) != 0)
		AGAINST(t, "its loader %s is not there: it cannot start", e->loader);
	else if (t->secure)
		AGAINST(t, "it runs with raised privileges (setuid, setgid or file "
			   "capabilities), where the loader ignores LD_PRELOAD");
	else if (e->sanitizer != NULL)
		AGAINST(t,
			"it is built with a sanitizer (it needs %s), which must serve "
			"every block itself",
			e->sanitizer);
	else if (e->defines != NULL)
		AGAINST(t,
			"it exports a %s of its own, which the loader prefers to any "
			"preload",
			e->defines);
	else if (e->symbols_read && !e->imports_malloc && !e->needs_others)
		AGAINST(t, "it imports no malloc, and needs no library that could: its "
			   "allocator is inside the executable (Bun is built so)");
	else if (e->v8_sandbox)
		AGAINST(t,
			"its V8 is built with the sandbox: ArrayBuffers come from V8's "
			"own reservation, not from malloc");
	else if (!e->symbols_read)
		show_format(
			t->doubt, sizeof(t->doubt),
			"its symbols cannot be read, so an allocator inside cannot be "
			"ruled out");
	else if (!e->imports_malloc && !a_library_imports_malloc(e))
		show_format(t->doubt, sizeof(t->doubt),
			    "it imports no malloc itself; its libraries may");
}

/* Looks at one file: 0 when it is ELF and judged, 1 with `next` when it is a script. */
static int
look_at(struct target *t, const char *path, const char *search, char *next, size_t size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	char line[SCRIPT_LINE + 1], why[ELF_WHY], word[PATH_MAX];
	struct stat st;
	bool on_path;
	ssize_t n;
	int rc;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EACCES;
	}
	rc = elf_read(fd, &t->elf, why);
	if (rc == 0) {
		t->secure = runs_secure(fd, &st);
		close(fd);
		if (realpath(path, t->program) == NULL)
			snprintf(t->program, sizeof(t->program), "%s", path);
		judge(t);
		return 0;
	}
	n = pread(fd, line, SCRIPT_LINE, 0);
	close(fd);
	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (rc == -EBADMSG) {
		AGAINST(t, "%s", why);
		return 0;
	}
	if (rc != -ENOEXEC)
		return rc;
	if (strncmp(line, "#!", 2) != 0) {
		/* What execvp does with a text file. */
		snprintf(next, size, "/bin/sh");
		return 1;
	}
	if (!target_interpreter(line + 2, word, sizeof(word), &on_path)) {
		AGAINST(t, "a script, and its first line names no interpreter");
		return 0;
	}
	if (!on_path)
		snprintf(next, size, "%s", word);
	else if (launch_find_command(word, search, next, size) != 0) {
		AGAINST(t, "a script for \"%s\", which is not on PATH", word);
		return 0;
	}
	return 1;
}

int
target_examine(struct target *t, const char *path, const char *search)
{
	char here[PATH_MAX], next[PATH_MAX];

	memset(t, 0, sizeof(*t));
	snprintf(t->path, sizeof(t->path), "%s", path);
	snprintf(here, sizeof(here), "%s", path);
	/* Interpreters may be scripts themselves (version managers); the kernel allows five. */
	for (int depth = 0; depth < 5; depth++) {
		int rc = look_at(t, here, search, next, sizeof(next));

		if (rc < 0 && depth == 0)
			return rc;
		if (rc < 0)
			AGAINST(t, "a script, and its interpreter %s: %s", here,
				strerror(-rc));
		if (rc <= 0)
			break;
		show_format(t->script, sizeof(t->script), "a script, run by %s", next);
		snprintf(here, sizeof(here), "%s", next);
		if (depth == 4)
			AGAINST(t, "a script, run by a script, run by a script: not "
				   "followed");
	}
	if (t->script[0] != '\0' && t->inert[0] == '\0' && t->doubt[0] == '\0')
		show_format(t->doubt, sizeof(t->doubt),
			    "it is a script: what its interpreter starts in turn was not "
			    "looked at");
	return 0;
}

void
target_apply_options(struct target *t, const struct weir_options *o)
{
	const char *slash = strrchr(t->program, '/');
	const char *name = slash != NULL ? slash + 1 : t->program;

	if (t->inert[0] != '\0')
		return;
	if (!o->enabled)
		AGAINST(t, "the option enabled=off is set");
	else if (o->only[0] != '\0' && strcmp(o->only, name) != 0)
		AGAINST(t,
			"the option only=%.255s leaves out this executable, \"%.255s\"",
			o->only, name);
}
