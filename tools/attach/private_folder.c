/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Made with the rights of the process's user: where that one cannot write, nor do we, and what lies there by his
 * doing leads nowhere that he could not go himself. Of a container's own /dev that may be otherwise: links lead
 * nowhere out of it.
 */
#include "tools/attach/private_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tools/read/container.h"
#include "tools/text/show.h"

#define LIBRARY "libweir_attach.so"
#define OPTIONS "options"
#define FOLDER	"weir-attach"

#define AS_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

#define FAIL(error, ...) (show_format(why, PRIVATE_FOLDER_WHY, __VA_ARGS__), -(error))

/* What is to be removed if a signal ends us. */
static struct private_folder *volatile there;

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
make_file(const struct private_folder *f, const char *name)
{
	int fd = openat(f->folder, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0700);

	return fd < 0 ? -errno : fd;
}

/* Names only, and of an empty folder: links lead nowhere. */
static void
clear(int base, int folder, const char *name)
{
	unlinkat(folder, LIBRARY, 0);
	unlinkat(folder, OPTIONS, 0);
	unlinkat(base, name, AT_REMOVEDIR);
}

static bool
is_one_of_ours(const char *name)
{
	int pid, command, end = 0;

	return sscanf(name, FOLDER "-%d-%d%n", &pid, &command, &end) == 2 &&
	       name[end] == '\0';
}

/* What commands have left that were killed: nobody has them locked. */
static void
clear_left(int base)
{
	int fd = openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		int folder = is_one_of_ours(e->d_name)
				     ? openat(base, e->d_name, AS_FOLDER)
				     : -1;

		if (folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0)
			clear(base, folder, e->d_name);
		if (folder >= 0)
			close(folder);
	}
	if (d != NULL)
		closedir(d);
	else if (fd >= 0)
		close(fd);
}

/* What was made with our own rights is to be the process's. */
static int
give(const struct private_folder *f, int fd, const char *name)
{
	if (!f->by_us)
		return 0;
	if ((fd >= 0 ? fchown(fd, f->uid, f->gid)
		     : fchownat(f->base, name, f->uid, f->gid, AT_SYMLINK_NOFOLLOW)) != 0)
		return -errno;
	return 0;
}

static int
fill(const struct private_folder *f, int library, const char *options)
{
	int fd = make_file(f, LIBRARY), rc;

	if (fd < 0)
		return fd;
	rc = copy(library, fd);
	if (rc == 0)
		rc = give(f, fd, NULL);
	close(fd);
	fd = rc == 0 ? make_file(f, OPTIONS) : rc;
	if (fd < 0)
		return fd;
	rc = write_all(fd, options, strlen(options));
	if (rc == 0)
		rc = give(f, fd, NULL);
	close(fd);
	return rc;
}

/* -EACCES: code may not be loaded from there. */
static int
make_below(struct private_folder *f, const char *root, const char *base)
{
	char path[PATH_MAX + CONTAINER_ROOT];
	struct statvfs v;

	snprintf(path, sizeof(path), "%s%s", root, base);
	f->base = container_open(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (f->base < 0)
		return f->base;
	if (fstatvfs(f->base, &v) != 0)
		return -errno;
	if ((v.f_flag & ST_NOEXEC) != 0)
		return -EACCES;
	if (snprintf(f->library, sizeof(f->library), "%s/%s/" LIBRARY, base, f->name) >=
	    (int)sizeof(f->library))
		return -ENAMETOOLONG;
	clear_left(f->base);
	there = f;
	if (mkdirat(f->base, f->name, 0700) != 0)
		return -errno;
	f->folder = openat(f->base, f->name, AS_FOLDER);
	if (f->folder < 0)
		return -errno;
	/* One that clears what was left may have taken it for that, and does so no more. */
	if (flock(f->folder, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return -EBUSY;
	return give(f, -1, f->name);
}

static int
try(struct private_folder *f, const char *root, const char *base, int library,
    const char *options)
{
	int rc;

	lseek(library, 0, SEEK_SET);
	if (!f->by_us)
		act_as(f->uid, f->gid);
	rc = make_below(f, root, base);
	if (rc == 0)
		rc = fill(f, library, options);
	act_as_self();
	if (rc != 0)
		private_folder_remove(f);
	return rc;
}

static int
try_usual(struct private_folder *f, const char *root, int library, const char *options,
	  char why[PRIVATE_FOLDER_WHY])
{
	static const char *const bases[] = {"/tmp", "/var/tmp", "/dev/shm", "/run",
					    "/dev"};
	const size_t n = sizeof(bases) / sizeof(bases[0]);
	int rc = -ENOENT, first = 0;

	for (size_t i = 0; i < n && rc != 0; i++) {
		rc = try(f, root, bases[i], library, options);
		if (first == 0)
			first = rc;
	}
	/* A container's /dev is its own, and often all that it may run code from. */
	f->by_us = rc != 0 && root[0] != '\0' && geteuid() == 0 && f->uid != 0;
	if (f->by_us)
		rc = try(f, root, "/dev", library, options);
	if (rc == 0)
		return 0;
	return FAIL(-first,
		    "there is no folder where it could load a library from: "
		    "/tmp: %s, and likewise /var/tmp, /dev/shm, /run and /dev; name "
		    "one that its user may write to (--folder=PATH, as the process sees "
		    "it)",
		    first == -EACCES ? "no code may be loaded from there (noexec), "
				       "or nothing written"
				     : strerror(-first));
}

static int
make(struct private_folder *f, const char *root, const char *base, int library,
     const char *options, char why[PRIVATE_FOLDER_WHY])
{
	if (base == NULL)
		return try_usual(f, root, library, options, why);
	int rc = try(f, root, base, library, options);
	return rc == 0 ? 0
		       : FAIL(-rc, "no library can be put into %s for it: %s", base,
			      rc == -EACCES ? "no code may be loaded from there "
					      "(noexec), or nothing written"
					    : strerror(-rc));
}

/* Ends as it would have. */
static void
on_end(int signal)
{
	if (there != NULL)
		private_folder_remove(there);
	raise(signal);
}

/* Whatever is ignored stays so. */
static void
remove_at_end(void)
{
	static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGXFSZ};
	struct sigaction act = {.sa_handler = on_end, .sa_flags = SA_RESETHAND}, before;

	sigfillset(&act.sa_mask);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (sigaction(ends[i], NULL, &before) == 0 &&
		    before.sa_handler == SIG_DFL)
			sigaction(ends[i], &act, NULL);
}

int
private_folder_make(struct private_folder *f, pid_t pid, const char *base,
		    const char *library, const char *options,
		    char why[PRIVATE_FOLDER_WHY])
{
	int fd = open(library, O_RDONLY | O_CLOEXEC), rc;
	char proc[64];
	struct container c;
	struct stat st;

	*f = (struct private_folder){.base = -1, .folder = -1};
	if (fd < 0)
		return FAIL(errno, "%s: %s", library, strerror(errno));
	snprintf(proc, sizeof(proc), "/proc/%d", (int)pid);
	if (stat(proc, &st) != 0) {
		close(fd);
		return FAIL(ESRCH, "it is gone");
	}
	f->uid = st.st_uid;
	f->gid = st.st_gid;
	container_of(pid, f->uid, &c);
	snprintf(f->name, sizeof(f->name), FOLDER "-%d-%d", (int)pid, (int)getpid());
	remove_at_end();
	rc = make(f, c.root, base, fd, options, why);
	close(fd);
	return rc;
}

void
private_folder_remove(struct private_folder *f)
{
	if (f->base < 0)
		return;
	if (!f->by_us)
		act_as(f->uid, f->gid);
	clear(f->base, f->folder, f->name);
	act_as_self();
	there = NULL;
	if (f->folder >= 0)
		close(f->folder);
	close(f->base);
	f->base = f->folder = -1;
}
