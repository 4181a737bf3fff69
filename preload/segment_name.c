/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a sidecar lies and what it is called: the folders of the rule in weir/stats.h, the pattern of
 * the option, and what to do with a name that is taken. Called by segment_file.c; writes nothing
 * into the file.
 */
#include "preload/segment_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/emit.h"
#include "weir/stats.h"

struct path {
	char text[SEGMENT_PATH_BYTES];
	size_t n;
	bool cut;
};

static void
add(struct path *p, const char *text, size_t n)
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
add_text(struct path *p, const char *text)
{
	add(p, text, strlen(text));
}

static void
add_number(struct path *p, uint64_t n)
{
	char digits[20];
	struct emit out = {digits, sizeof(digits), 0};

	emit_number(&out, n);
	add(p, digits, out.len);
}

/* Ours alone: a real folder, our own, writable by nobody else. */
static bool
is_ours(const char *folder)
{
	struct stat st;

	return lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Makes what is missing of the path below `made` characters, which exist. */
static bool
make_folder(struct path *p, size_t made)
{
	for (size_t i = made + 1; i <= p->n; i++) {
		char c = p->text[i];

		if (c != '/' && c != '\0')
			continue;
		p->text[i] = '\0';
		int rc = mkdir(p->text, 0700);
		p->text[i] = c;
		if (rc != 0 && errno != EEXIST)
			return false;
	}
	return !p->cut && is_ours(p->text);
}

/* One place of the rule in weir/stats.h; false if it does not apply or is not usable. */
static bool
folder_under(struct path *p, const char *base, const char *below)
{
	*p = (struct path){.n = 0};
	if (base == NULL || base[0] != '/')
		return false;
	add_text(p, base);
	size_t made = p->n;
	add_text(p, below);
	return make_folder(p, made);
}

static bool
default_folder(struct path *p)
{
	if (folder_under(p, secure_getenv("XDG_RUNTIME_DIR"), "/weir") ||
	    folder_under(p, secure_getenv("XDG_STATE_HOME"), "/weir") ||
	    folder_under(p, secure_getenv("HOME"), "/.local/state/weir"))
		return true;
	const char *tmp = secure_getenv("TMPDIR");

	if (tmp == NULL || tmp[0] != '/')
		tmp = "/tmp";
	*p = (struct path){.n = 0};
	add_text(p, tmp);
	size_t made = p->n;
	add_text(p, "/weir-");
	add_number(p, geteuid());
	return make_folder(p, made);
}

/* The name that f gets, or its file if it has none yet. The descriptor, or -EEXIST and so on. */
static int
take_name(const struct segment_file *f, const char *path)
{
	struct path own = {.n = 0};

	if (f->fresh == 0) {
		int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			      0600);

		return fd >= 0 ? fd : -errno;
	}
	int error = segment_file_check(f, f->fresh - 1);
	if (error != 0)
		return error;
	/* Not /proc/self: the clock's thread has a table of descriptors of its own. */
	add_text(&own, "/proc/thread-self/fd/");
	add_number(&own, (uint64_t)f->fresh - 1);
	return linkat(AT_FDCWD, own.text, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
		       ? f->fresh - 1
		       : -errno;
}

static int
take_default(const struct segment_file *f, int32_t pid, uint64_t start_ticks,
	     struct path *p)
{
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
	struct weir_stats_header h;
	struct stat st;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int32_t pid = -1;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid()) {
		if (st.st_size == 0)
			pid = 0;
		else if (read(fd, &h, sizeof(h)) == (ssize_t)sizeof(h) &&
			 memcmp(h.magic, WEIR_STATS_MAGIC, sizeof(h.magic)) == 0 &&
			 h.pid > 0)
			pid = h.pid;
	}
	close(fd);
	return pid;
}

static bool
runs(int32_t pid)
{
	struct path p = {.n = 0};

	add_text(&p, "/proc/");
	add_number(&p, (uint64_t)pid);
	return access(p.text, F_OK) == 0;
}

static void
expand(const char *where, int32_t pid, struct path *p)
{
	*p = (struct path){.n = 0};
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
take_given(const struct segment_file *f, const char *where, int32_t pid, struct path *p)
{
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
	if (unlink(p->text) != 0)
		return -errno;
	return take_name(f, p->text);
}

int
segment_name_folder(const char *where, int32_t pid, char folder[SEGMENT_PATH_BYTES])
{
	struct path p = {.n = 0};

	if (strcmp(where, "auto") == 0) {
		if (!default_folder(&p))
			return -EACCES;
	} else {
		expand(where, pid, &p);
		char *slash = strrchr(p.text, '/');
		if (p.cut)
			return -ENAMETOOLONG;
		if (slash == NULL)
			memcpy(p.text, ".", 2);
		else
			slash[slash == p.text] = '\0';
	}
	memcpy(folder, p.text, sizeof(p.text));
	return 0;
}

int
segment_name_take(struct segment_file *f, const char *where, int32_t pid,
		  uint64_t start_ticks)
{
	struct path p = {.n = 0};
	int fd = strcmp(where, "auto") == 0 ? take_default(f, pid, start_ticks, &p)
					    : take_given(f, where, pid, &p);

	memcpy(f->path, p.text, sizeof(f->path));
	return fd;
}
