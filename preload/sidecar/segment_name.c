/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a sidecar lies and what it is called: the folders of the rule in weir/stats.h, the pattern of
 * the option, and what to do with a name that is taken. Called by segment_file.c; writes nothing
 * into the file.
 */
#include "preload/sidecar/segment_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/emit.h"
#include "pool/sys.h"
#include "preload/machine/remote.h"
#include "weir/stats.h"

/* The name of a file of the system's: "/proc/1234" and so on. */
struct short_path {
	char text[48];
};

static struct short_path
proc_path(const char *text, uint64_t n)
{
	struct short_path p = {""};
	size_t len = strlen(text);
	struct emit out = {p.text + len, sizeof(p.text) - len - 1, 0};

	memcpy(p.text, text, len);
	emit_number(&out, n);
	return p;
}

static void
begin(struct segment_path *p)
{
	p->n = 0;
	p->cut = false;
	p->text[0] = '\0';
}

static void
add(struct segment_path *p, const char *text, size_t n)
{
	if (n >= sizeof(p->text) - p->n) {
		p->cut = true;
		return;
	}
	memcpy(p->text + p->n, text, n);
	p->n += n;
	p->text[p->n] = '\0';
}

static void
add_text(struct segment_path *p, const char *text)
{
	add(p, text, strlen(text));
}

static void
add_number(struct segment_path *p, uint64_t n)
{
	char digits[20];
	struct emit out = {digits, sizeof(digits), 0};

	emit_number(&out, n);
	add(p, digits, out.len);
}

/* Ours alone: a real folder, our own, writable by nobody else; and not one that an image has brought along. */
static bool
is_ours(const char *folder)
{
	struct stat st;

	return weir_sys_lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
	       !weir_sys_read_only(folder);
}

/* Makes what is missing of the path below `made` characters, which exist. */
static bool
make_folder(struct segment_path *p, size_t made)
{
	for (size_t i = made + 1; i <= p->n; i++) {
		char c = p->text[i];

		if (c != '/' && c != '\0')
			continue;
		p->text[i] = '\0';
		int error = weir_sys_mkdir(p->text, 0700);
		p->text[i] = c;
		if (error != 0 && error != -EEXIST)
			return false;
	}
	return !p->cut && is_ours(p->text);
}

/* Whoever writes there waits for another machine, or for a program. */
static bool
is_slow(const struct segment_path *p)
{
	return remote_on_way("/proc/thread-self/mountinfo", p->text);
}

/* One place of the rule in weir/stats.h; false if it does not apply or is not usable. */
static bool
folder_under(struct segment_path *p, const char *base, const char *below, bool slow_too)
{
	begin(p);
	if (base == NULL || base[0] != '/')
		return false;
	add_text(p, base);
	if (!slow_too && is_slow(p))
		return false;
	size_t made = p->n;
	add_text(p, below);
	return make_folder(p, made);
}

static bool
folder_of_user(struct segment_path *p, bool slow_too)
{
	return folder_under(p, secure_getenv("XDG_RUNTIME_DIR"), "/weir", slow_too) ||
	       folder_under(p, secure_getenv("XDG_STATE_HOME"), "/weir", slow_too) ||
	       folder_under(p, secure_getenv("HOME"), "/.local/state/weir", slow_too);
}

static bool
folder_for_all(struct segment_path *p, bool slow_too)
{
	const char *tmp = secure_getenv("TMPDIR");

	if (tmp == NULL || tmp[0] != '/')
		tmp = "/tmp";
	begin(p);
	add_text(p, tmp);
	if (!slow_too && is_slow(p))
		return false;
	size_t made = p->n;
	add_text(p, "/weir-");
	add_number(p, geteuid());
	return make_folder(p, made);
}

static bool
default_folder(struct segment_path *p)
{
	return folder_of_user(p, false) || folder_for_all(p, false) ||
	       folder_of_user(p, true) || folder_for_all(p, true);
}

/* The name that f gets, or its file if it has none yet. The descriptor, or -EEXIST and so on. */
static int
take_name(const struct segment_file *f, const char *path)
{
	if (!f->nameless)
		return weir_sys_open(
			path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	/* Not /proc/self: the clock's thread has a table of descriptors of its own. */
	struct short_path own = proc_path("/proc/thread-self/fd/", (uint64_t)f->open - 1);
	int error = weir_sys_link(own.text, path);
	return error == 0 ? f->open - 1 : error;
}

static int
take_default(struct segment_file *f, int32_t pid, uint64_t start_ticks)
{
	struct segment_path *p = &f->path;
	int fd = -EEXIST;

	if (!default_folder(p))
		return -EACCES;
	size_t folder = p->n;
	for (unsigned exec = 0; fd == -EEXIST && exec <= WEIR_STATS_MAX_EXECS; exec++) {
		p->n = folder;
		add_text(p, "/");
		add_number(p, (uint64_t)pid);
		add_text(p, "-");
		add_number(p, start_ticks);
		if (exec != 0) {
			add_text(p, ".");
			add_number(p, exec);
		}
		add_text(p, WEIR_STATS_SUFFIX);
		fd = p->cut ? -ENAMETOOLONG : take_name(f, p->text);
	}
	return fd;
}

/* The pid in a sidecar of this user's, 0 if the file is empty, -1 if it is anything else. */
static int32_t
owner_of_sidecar(const char *path)
{
	static struct weir_stats_header h;
	struct stat st;
	int fd = weir_sys_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
	int32_t pid = -1;

	if (fd < 0)
		return -1;
	if (weir_sys_fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid()) {
		if (st.st_size == 0)
			pid = 0;
		else if (weir_sys_read(fd, &h, sizeof(h)) == (ssize_t)sizeof(h) &&
			 memcmp(h.magic, WEIR_STATS_MAGIC, sizeof(h.magic)) == 0 &&
			 h.pid > 0)
			pid = h.pid;
	}
	weir_sys_close(fd);
	return pid;
}

static bool
runs(int32_t pid)
{
	return weir_sys_exists(proc_path("/proc/", (uint64_t)pid).text) == 0;
}

bool
segment_name_is_gone(const char *path)
{
	int32_t pid = owner_of_sidecar(path);

	return pid > 0 && !runs(pid);
}

static void
expand(const char *where, int32_t pid, struct segment_path *p)
{
	begin(p);
	for (const char *c = where; *c != '\0'; c++)
		if (c[0] == '%' && c[1] == 'p') {
			add_number(p, (uint64_t)pid);
			c++;
		} else {
			c += c[0] == '%' && c[1] == '%';
			add(p, c, 1);
		}
}

static int
take_given(struct segment_file *f, const char *where, int32_t pid)
{
	struct segment_path *p = &f->path;

	expand(where, pid, p);
	int fd = p->cut ? -ENAMETOOLONG : take_name(f, p->text);
	if (fd != -EEXIST)
		return fd;
	/* An earlier run's sidecar is replaced; one in use gets a neighbour of our own. */
	int32_t owner = owner_of_sidecar(p->text);
	if (owner < 0)
		return -EEXIST;
	if (owner != 0 && owner != pid && runs(owner)) {
		add_text(p, ".");
		add_number(p, (uint64_t)pid);
		return p->cut ? -ENAMETOOLONG : take_name(f, p->text);
	}
	int error = weir_sys_unlink(p->text);
	return error != 0 ? error : take_name(f, p->text);
}

int
segment_name_folder(struct segment_path *folder, const char *where, int32_t pid)
{
	if (strcmp(where, "auto") == 0)
		return default_folder(folder) ? 0 : -EACCES;
	expand(where, pid, folder);
	char *slash = strrchr(folder->text, '/');
	if (folder->cut)
		return -ENAMETOOLONG;
	if (slash == NULL)
		memcpy(folder->text, ".", 2);
	else
		slash[slash == folder->text] = '\0';
	return 0;
}

int
segment_name_take(struct segment_file *f, const char *where, int32_t pid,
		  uint64_t start_ticks)
{
	return strcmp(where, "auto") == 0 ? take_default(f, pid, start_ticks)
					  : take_given(f, where, pid);
}
