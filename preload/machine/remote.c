/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of mountinfo: id, parent, major:minor, root, place, options, fields that may miss, "-", type, source. Places
 * and sources have no blanks: they are escaped.
 */
#include "preload/machine/remote.h"

#include <fcntl.h>
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
	static const char *const kinds[] = {
		"nfs", "cifs",	 "smb",	   "ncpfs", "afs",  "ceph",
		"9p",  "lustre", "beegfs", "gpfs",  "coda", "orangefs",
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

/* Whole lines, in place: 1 remote, 0 not, -1 not among them. */
static int
look_at(char *text, size_t *n, dev_t device)
{
	char *line = text, *end;
	int found = -1;

	while (found < 0 && (end = strchr(line, '\n')) != NULL) {
		*end = '\0';
		const char *type = strstr(line, " - ");

		if (type != NULL && is_of(line, device)) {
			*end = ' '; /* behind the type, where there is no source */
			found = is_remote(type + 3);
		}
		line = end + 1;
	}
	*n -= (size_t)(line - text);
	memmove(text, line, *n + 1);
	return found;
}

bool
remote_device(const char *list, dev_t device)
{
	static char text[4096];
	size_t n = 0;
	ssize_t got;
	int found = -1;

	/* A disk has a number of its own; what has none gets one with major 0. */
	if (major(device) != 0)
		return false;
	int fd = weir_sys_open(list, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return false;
	while (found < 0 &&
	       (got = weir_sys_read(fd, text + n, sizeof(text) - 1 - n)) > 0) {
		n += (size_t)got;
		text[n] = '\0';
		found = look_at(text, &n, device);
		/* Layers of a container may fill all of it with their options: it is none of those. */
		if (n == sizeof(text) - 1)
			n = 0;
	}
	weir_sys_close(fd);
	return found == 1;
}
