/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One folder a target, named by a hash of its path, so that the link has the shim's own file name and two
 * installations do not take it from each other.
 */
#include "tools/host/shim_link.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/host/launch.h"
#include "tools/text/show.h"
#include "tools/text/text_hash.h"

/* A folder that nobody else can put anything into; others' programs may look into it. */
static int
make_folder(const char *path)
{
	struct stat st;

	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return -errno;
	if (lstat(path, &st) != 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	return st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0 ? 0
										 : -EPERM;
}

static bool
leads_to(const char *link, const char *target)
{
	char there[PATH_MAX];
	ssize_t n = readlink(link, there, sizeof(there) - 1);

	there[n > 0 ? n : 0] = '\0';
	return strcmp(there, target) == 0;
}

/* Two at once make the same. */
static int
make_link(const char *target, const char *link)
{
	if (leads_to(link, target) || symlink(target, link) == 0 ||
	    (errno == EEXIST && leads_to(link, target)))
		return 0;
	return -errno;
}

int
shim_link(const char *shim, char *path, size_t size, char *why, size_t why_size)
{
	const char *root = getenv("XDG_RUNTIME_DIR");
	char folder[PATH_MAX];
	int rc, n;

	if (root == NULL || root[0] != '/' || strpbrk(root, LAUNCH_SEPARATORS) != NULL ||
	    access(root, W_OK | X_OK) != 0)
		root = "/tmp";
	n = snprintf(folder, sizeof(folder), "%s/weir-shim-%u", root,
		     (unsigned)geteuid());
	rc = n < PATH_MAX - 64 ? make_folder(folder) : -ENAMETOOLONG;
	if (rc == 0) {
		snprintf(folder + n, sizeof(folder) - (size_t)n, "/%016llx",
			 (unsigned long long)text_hash(shim));
		rc = make_folder(folder);
	}
	if (rc == 0) {
		snprintf(path, size, "%s/%s", folder, LAUNCH_SHIM);
		rc = make_link(shim, path);
	}
	if (rc != 0)
		show_format(
			why, why_size,
			"LD_PRELOAD cannot hold \"%s\", a path with a blank or a colon, "
			"and no link to it can be made at %s: %s; make one yourself and "
			"set WEIR_PRELOAD to it",
			shim, folder, strerror(-rc));
	return rc;
}
