/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of mountinfo: id, parent, major:minor, root, place, options, fields that may miss, "-", type, source. Places
 * and sources have no blanks: they are escaped.
 */
#include "preload/machine/remote.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "pool/sys.h"
#include "preload/machine/small_file.h"

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* fuse-overlayfs and fuseblk are layers over this machine's disks. */
static bool
is_remote(const char *type)
{
	/* autofs becomes one of them when it is asked. */
	static const char *const kinds[] = {
		"nfs",	  "cifs",   "smb",  "ncpfs", "afs",	 "ceph",   "9p",
		"lustre", "beegfs", "gpfs", "coda",  "orangefs", "autofs",
	};

	if (begins(type, "fuse"))
		return !begins(type, "fuseblk ") && !begins(type, "fuse.fuse-overlayfs ");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (begins(type, kinds[i]))
			return true;
	return false;
}

static bool
is_of(const char *line, dev_t device)
{
	const char *p = line;

	small_file_number(p, &p);
	small_file_number(p, &p);
	uint64_t its_major = small_file_number(p, &p);
	return *p == ':' && its_major == major(device) &&
	       small_file_number(p + 1, &p) == minor(device);
}

/* Where remote ones are, one behind the other. What finds no room is taken for none. */
static struct {
	size_t n;
	char text[16384];
} places;

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Blanks and their like are written as "\040". */
static char
character(const char **p)
{
	const char *c = *p;

	if (c[0] == '\\' && is_octal(c[1]) && is_octal(c[2]) && is_octal(c[3])) {
		*p += 4;
		return (char)((c[1] - '0') << 6 | (c[2] - '0') << 3 | (c[3] - '0'));
	}
	*p += 1;
	return c[0];
}

static void
add_place(const char *line)
{
	const char *p = line;
	size_t n = places.n;

	for (int field = 0; p != NULL && field < 4; field++)
		p = (p = strchr(p, ' ')) != NULL ? p + 1 : NULL;
	if (p == NULL || p[0] != '/' || p[1] == ' ')
		return;
	while (*p != ' ' && *p != '\0' && n < sizeof(places.text))
		places.text[n++] = character(&p);
	if (n < sizeof(places.text)) {
		places.text[n++] = '\0';
		places.n = n;
	}
}

/* Of the list: what kind a device is, or all places of remote ones. */
struct asked {
	dev_t device; /* 0: places */
	bool found, remote;
};

/* A line up to its type. */
static void
take_line(const char *line, bool remote, struct asked *a)
{
	if (a->device == 0) {
		if (remote)
			add_place(line);
	} else if (is_of(line, a->device)) {
		a->found = true;
		a->remote = remote;
	}
}

/* Whole lines, in place. */
static void
look_at(char *text, size_t *n, struct asked *a)
{
	char *line = text, *end;

	while (!a->found && (end = strchr(line, '\n')) != NULL) {
		*end = '\0';
		char *type = strstr(line, " - ");

		if (type != NULL) {
			*end = ' '; /* behind the type, where there is no source */
			bool remote = is_remote(type + 3);
			*type = '\0';
			take_line(line, remote, a);
		}
		line = end + 1;
	}
	*n -= (size_t)(line - text);
	memmove(text, line, *n + 1);
}

static void
read_list(const char *list, struct asked *a)
{
	static char text[4096];
	size_t n = 0;
	ssize_t got;

	int fd = weir_sys_open(list, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	while (!a->found &&
	       (got = weir_sys_read(fd, text + n, sizeof(text) - 1 - n)) > 0) {
		n += (size_t)got;
		text[n] = '\0';
		look_at(text, &n, a);
		/* Layers of a container may fill all of it with their options: it is none of those. */
		if (n == sizeof(text) - 1)
			n = 0;
	}
	weir_sys_close(fd);
}

bool
remote_device(const char *list, dev_t device)
{
	struct asked a = {.device = device};

	/* A disk has a number of its own; what has none gets one with major 0. */
	if (device != 0 && major(device) == 0)
		read_list(list, &a);
	return a.remote;
}

static bool
is_place(const char *path)
{
	for (size_t at = 0; at < places.n; at += strlen(places.text + at) + 1)
		if (strcmp(places.text + at, path) == 0)
			return true;
	return false;
}

#define MOST_LINKS 16

/* So far, without a link; and what is left. */
static char way[PATH_MAX], rest[2 * PATH_MAX];

/* One name of the rest onto the way; `name` is where it stands there, NULL: it was ".", or the like. False: no room. */
static bool
step(char **name)
{
	size_t n = strcspn(rest, "/"), at = strlen(way);

	*name = NULL;
	if (n == 2 && memcmp(rest, "..", 2) == 0) {
		char *last = strrchr(way, '/');

		if (last != NULL)
			*last = '\0';
	} else if (n != 0 && !(n == 1 && rest[0] == '.')) {
		if (at + 1 + n >= sizeof(way))
			return false;
		*name = way + at;
		way[at] = '/';
		memcpy(way + at + 1, rest, n);
		way[at + 1 + n] = '\0';
	}
	n += rest[n] == '/';
	memmove(rest, rest + n, strlen(rest + n) + 1);
	return true;
}

/* What the link leads to goes in front of the rest. */
static bool
turn(char *name, const char *link, size_t n)
{
	size_t left = strlen(rest);

	if (n + 1 + left >= sizeof(rest))
		return false;
	memmove(rest + n + 1, rest, left + 1);
	memcpy(rest, link, n);
	rest[n] = '/';
	if (link[0] == '/')
		name = way;
	*name = '\0';
	return true;
}

bool
remote_on_way(const char *list, const char *path)
{
	static char link[PATH_MAX];
	char *name;

	places.n = 0;
	read_list(list, &(struct asked){0});
	if (places.n == 0 || strlen(path) >= sizeof(rest))
		return false;
	way[0] = '\0';
	memcpy(rest, path, strlen(path) + 1);
	for (int links = 0; links <= MOST_LINKS && rest[0] != '\0';) {
		if (!step(&name))
			return false;
		if (name == NULL)
			continue;
		if (is_place(way))
			return true;
		ssize_t n = weir_sys_readlink(way, link, sizeof(link));
		if (n > 0 && (n == sizeof(link) || !turn(name, link, (size_t)n)))
			return false;
		links += n > 0;
	}
	return false;
}
