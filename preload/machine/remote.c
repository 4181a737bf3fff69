/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of mountinfo: id, parent, major:minor, root, place, options, fields that may miss, "-", type, source. Places
 * and sources have no blanks: they are escaped.
 */
#include "preload/machine/remote.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
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

/* Where remote ones are, by a hash of the path: FNV-1a. What finds no room is taken for none. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
static struct {
	size_t n;
	uint64_t hashes[512];
} places;

/* What was read of the list, and later where a link leads to: in a process whose memory is locked each page counts. */
static char text[4096];

static uint64_t
hash_more(uint64_t hash, char c)
{
	return (hash ^ (unsigned char)c) * UINT64_C(0x100000001b3);
}

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
	uint64_t hash = HASH_START;

	for (int field = 0; p != NULL && field < 4; field++)
		p = (p = strchr(p, ' ')) != NULL ? p + 1 : NULL;
	if (p == NULL || p[0] != '/' || p[1] == ' ')
		return;
	while (*p != ' ' && *p != '\0')
		hash = hash_more(hash, character(&p));
	if (places.n < sizeof(places.hashes) / sizeof(places.hashes[0]))
		places.hashes[places.n++] = hash;
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
look_at(size_t *n, struct asked *a)
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
	size_t n = 0;
	ssize_t got;

	int fd = weir_sys_open(list, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	while (!a->found &&
	       (got = weir_sys_read(fd, text + n, sizeof(text) - 1 - n)) > 0) {
		n += (size_t)got;
		text[n] = '\0';
		look_at(&n, a);
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
	uint64_t hash = HASH_START;

	while (*path != '\0')
		hash = hash_more(hash, *path++);
	for (size_t i = 0; i < places.n; i++)
		if (places.hashes[i] == hash)
			return true;
	return false;
}

#define MOST_LINKS 16

/* So far, without a link; and what is left. */
static char way[PATH_MAX], rest[PATH_MAX];

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
		ssize_t n = weir_sys_readlink(way, text, sizeof(text));
		if (n > 0 && (n == sizeof(text) || !turn(name, text, (size_t)n)))
			return false;
		links += n > 0;
	}
	return false;
}
