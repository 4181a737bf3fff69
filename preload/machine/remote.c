/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of mountinfo: id, parent, device, root, place, options, fields that may miss, "-", type, source. Places
 * and sources have no blanks: they are escaped.
 */
#include "preload/machine/remote.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "pool/sys.h"
#include "trace/ground/ledger.h"

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

/* Where remote ones are, by a hash of the path. What finds no room is taken for none. */
static struct {
	size_t n;
	uint64_t hashes[512];
} places;

/* What was read of the list, and later where a link leads to: in a process whose memory is locked each page counts. */
static char text[4096];

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
	uint64_t hash = 0;

	for (int field = 0; p != NULL && field < 4; field++)
		p = (p = strchr(p, ' ')) != NULL ? p + 1 : NULL;
	if (p == NULL || p[0] != '/' || p[1] == ' ')
		return;
	while (*p != ' ' && *p != '\0')
		hash = ledger_mix(hash, (unsigned char)character(&p));
	if (places.n < sizeof(places.hashes) / sizeof(places.hashes[0]))
		places.hashes[places.n++] = hash;
}

/* Whole lines, in place. */
static void
look_at(size_t *n)
{
	char *line = text, *end;

	while ((end = strchr(line, '\n')) != NULL) {
		*end = '\0';
		const char *type = strstr(line, " - ");

		if (type != NULL) {
			*end = ' '; /* behind the type, where there is no source */
			if (is_remote(type + 3))
				add_place(line);
		}
		line = end + 1;
	}
	*n -= (size_t)(line - text);
	memmove(text, line, *n + 1);
}

static void
read_list(const char *list)
{
	size_t n = 0;
	ssize_t got;
	int fd = weir_sys_open(list, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	while ((got = weir_sys_read(fd, text + n, sizeof(text) - 1 - n)) > 0) {
		n += (size_t)got;
		text[n] = '\0';
		look_at(&n);
		/* Layers of a container may fill all of it with their options: it is none of those. */
		if (n == sizeof(text) - 1)
			n = 0;
	}
	weir_sys_close(fd);
}

static bool
is_place(const char *path)
{
	uint64_t hash = 0;

	while (*path != '\0')
		hash = ledger_mix(hash, (unsigned char)*path++);
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
	read_list(list);
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
