/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel judges by the user of the file system's accesses, which root may change for a moment and without
 * which root's capabilities do not count. Root's groups stay, and which groups the owner is in is not known (a
 * file's group may be its folder's): so what only a group may read is not read.
 */
#include "tools/read/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/read/container.h"

#define NOBODY 65534

static bool known;
static uid_t owner;
static char root[CONTAINER_ROOT]; /* before the names, "" for none */
static bool placed, nowhere;	  /* nowhere: several mean different files */

void
foreign_belongs(uid_t uid)
{
	/* Of several that are not one user's, neither's rights will do for the other's names. */
	if (known && uid != owner)
		uid = NOBODY;
	known = true;
	owner = uid;
}

void
foreign_within(const char *its)
{
	nowhere = nowhere || (placed && strcmp(its, root) != 0);
	placed = true;
	snprintf(root, sizeof(root), "%s", its);
}

static bool
lowers_rights(void)
{
	return known && geteuid() == 0 && owner != 0;
}

void
foreign_begin(void)
{
	if (!lowers_rights())
		return;
	setfsgid(NOBODY);
	setfsuid(owner);
}

void
foreign_end(void)
{
	setfsuid(geteuid());
	setfsgid(getegid());
}

int
foreign_regular(int folder, const char *path, int flags)
{
	char link[64];
	struct stat st;
	int fd = container_open(folder, path, O_PATH | O_CLOEXEC | flags), rc;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return S_ISLNK(st.st_mode) ? -ELOOP : -ENOTSUP;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	rc = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	rc = rc < 0 ? -errno : rc;
	/* Without /proc: it was regular a moment ago. */
	if (rc == -ENOENT)
		rc = container_open(folder, path,
				    O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | flags);
	close(fd);
	return rc;
}

/* As the owner is told who is in no group. */
static bool
may_read(const struct stat *st)
{
	return (st->st_mode & (st->st_uid == owner ? S_IRUSR : S_IROTH)) != 0;
}

int
foreign_open(const char *path)
{
	char within[PATH_MAX + CONTAINER_ROOT];
	struct stat st;

	if (nowhere)
		return -EACCES;
	snprintf(within, sizeof(within), "%s%s", root, path);
	foreign_begin();
	int fd = foreign_regular(AT_FDCWD, within, 0);
	foreign_end();
	if (fd >= 0 && lowers_rights() && (fstat(fd, &st) != 0 || !may_read(&st))) {
		close(fd);
		return -EACCES;
	}
	return fd;
}
