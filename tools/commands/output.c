/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a file in one step, so that nobody reads half of it. Called by `weir report` and `weir
 * export`.
 */
#include "tools/commands/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/text/tell.h"

typedef void printer(const void *what, FILE *out);

static int
print_all(printer *print, const void *what, FILE *out)
{
	print(what, out);
	if (fflush(out) != 0)
		return -errno;
	return ferror(out) ? -EIO : 0;
}

/* Beside the output, so that the rename stays on one file system. */
static int
write_whole(const char *path, printer *print, const void *what)
{
	char temporary[PATH_MAX];
	struct stat old;
	FILE *out;
	int fd, rc;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >=
	    sizeof(temporary))
		return -ENAMETOOLONG;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	out = fdopen(fd, "w");
	if (out == NULL)
		tell_no_memory();
	/*
	 * It may have lines of files that others may not read: whoever made it readable for them meant it, if it
	 * was not another user who put a file of that name there.
	 */
	fchmod(fd, stat(path, &old) == 0 && old.st_uid == geteuid() ? old.st_mode & 0777
								    : 0600);
	rc = print_all(print, what, out);
	if (rc == 0 && fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
		rc = -errno;
	if (fclose(out) != 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(temporary, path) != 0)
		rc = -errno;
	if (rc != 0)
		unlink(temporary);
	return rc;
}

/* A device or a pipe cannot be replaced: it is written to. */
static int
write_into(const char *path, printer *print, const void *what)
{
	FILE *out = fopen(path, "we");
	int rc;

	if (out == NULL)
		return -errno;
	rc = print_all(print, what, out);
	if (fclose(out) != 0 && rc == 0)
		rc = -errno;
	return rc;
}

int
output_file(const char *path, printer *print, const void *what)
{
	char target[PATH_MAX];
	struct stat st;

	if (stat(path, &st) != 0)
		return write_whole(path, print, what);
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return write_into(path, print, what);
	/* /dev/stdout, say: what it leads to is replaced. */
	return realpath(path, target) != NULL ? write_whole(target, print, what) : -errno;
}
