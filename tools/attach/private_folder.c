/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Made with the rights of the process's user: where that one cannot write, nor do we, and what lies there by his
 * doing leads nowhere that he could not go himself.
 */
#include "tools/attach/private_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tools/text/show.h"

#define LIBRARY "libweir_attach.so"
#define OPTIONS "options"

#define FAIL(error, ...) (show_format(why, PRIVATE_FOLDER_WHY, __VA_ARGS__), -(error))

/* For root, who may as another user; without effect for others. */
static void
act_as(uid_t uid, gid_t gid)
{
	if (geteuid() == 0) {
		setfsgid(gid);
		setfsuid(uid);
	}
}

static void
act_as_self(void)
{
	act_as(geteuid(), getegid());
}

static int
write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, bytes, n);

		if (put < 0 && errno != EINTR)
			return -errno;
		bytes += put > 0 ? put : 0;
		n -= put > 0 ? (size_t)put : 0;
	}
	return 0;
}

static int
copy(int from, int to)
{
	char buf[65536];
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = read(from, buf, sizeof(buf))) > 0)
		rc = write_all(to, buf, (size_t)n);
	return rc != 0 ? rc : n < 0 ? -errno : 0;
}

static int
make_file(const char *folder, const char *name)
{
	char path[PATH_MAX + 32];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0700);
	return fd < 0 ? -errno : fd;
}

static int
fill(const char *folder, int library, const char *options)
{
	int fd = make_file(folder, LIBRARY), rc;

	if (fd < 0)
		return fd;
	rc = copy(library, fd);
	close(fd);
	fd = rc == 0 ? make_file(folder, OPTIONS) : rc;
	if (fd < 0)
		return fd;
	rc = write_all(fd, options, strlen(options));
	close(fd);
	return rc;
}

/* Below one of the folders for such things. -EACCES: code may not be loaded from there. */
static int
make_below(struct private_folder *f, const char *root, const char *base, pid_t pid)
{
	struct statvfs v;

	snprintf(f->path, sizeof(f->path), "%s%s", root, base);
	if (statvfs(f->path, &v) != 0)
		return -errno;
	if ((v.f_flag & ST_NOEXEC) != 0)
		return -EACCES;
	f->base = open(f->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (f->base < 0)
		return -errno;
	snprintf(f->name, sizeof(f->name), "weir-attach-%d-%d", (int)pid, (int)getpid());
	snprintf(f->path, sizeof(f->path), "%s%s/%s", root, base, f->name);
	snprintf(f->library, sizeof(f->library), "%s/%s/" LIBRARY, base, f->name);
	return mkdir(f->path, 0700) == 0 ? 0 : -errno;
}

static int
make(struct private_folder *f, const char *root, pid_t pid, int library,
     const char *options, char why[PRIVATE_FOLDER_WHY])
{
	static const char *const bases[] = {"/tmp", "/var/tmp", "/dev/shm", "/run"};
	int rc = -ENOENT, first = 0;

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]) && rc != 0; i++) {
		rc = make_below(f, root, bases[i], pid);
		if (rc == 0)
			rc = fill(f->path, library, options);
		if (rc != 0)
			private_folder_remove(f);
		if (first == 0)
			first = rc;
	}
	if (rc != 0)
		return FAIL(-first,
			    "there is no folder where it could load a library from: "
			    "/tmp: %s, and likewise /var/tmp, /dev/shm and /run",
			    first == -EACCES
				    ? "no code may be loaded from there (noexec), "
				      "or nothing written"
				    : strerror(-first));
	return 0;
}

int
private_folder_make(struct private_folder *f, pid_t pid, const char *library,
		    const char *options, char why[PRIVATE_FOLDER_WHY])
{
	char root[64], proc[64];
	struct stat st;
	int fd = open(library, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return FAIL(errno, "%s: %s", library, strerror(errno));
	snprintf(proc, sizeof(proc), "/proc/%d", (int)pid);
	snprintf(root, sizeof(root), "/proc/%d/root", (int)pid);
	if (stat(proc, &st) != 0) {
		close(fd);
		return FAIL(ESRCH, "it is gone");
	}
	*f = (struct private_folder){.base = -1, .uid = st.st_uid, .gid = st.st_gid};
	act_as(f->uid, f->gid);
	rc = make(f, root, pid, fd, options, why);
	act_as_self();
	close(fd);
	return rc;
}

void
private_folder_remove(struct private_folder *f)
{
	char path[sizeof(f->name) + 32];

	if (f->base < 0)
		return;
	act_as(f->uid, f->gid);
	snprintf(path, sizeof(path), "%s/" LIBRARY, f->name);
	unlinkat(f->base, path, 0);
	snprintf(path, sizeof(path), "%s/" OPTIONS, f->name);
	unlinkat(f->base, path, 0);
	unlinkat(f->base, f->name, AT_REMOVEDIR);
	act_as_self();
	close(f->base);
	f->base = -1;
}
