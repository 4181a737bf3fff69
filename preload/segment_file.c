/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The making of the file: room on the disk, the mapping, and a name once there is something in it.
 */
#include "preload/segment_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pool/pages.h"
#include "preload/segment_name.h"

/* Blocks for what is mapped now: a full disk is found here, not in the middle of the work. */
static int
allocate(int fd)
{
	static const char zeros[WEIR_PAGE_BYTES];
	int error = segment_file_allowed(SEGMENT_FIXED_BYTES);

	if (error != 0)
		return error;
	error = posix_fallocate(fd, 0, SEGMENT_FIXED_BYTES);
	/* Where the call is forbidden, the C library does not look for another way. */
	if (error != EPERM && error != ENOSYS)
		return -error;
	for (size_t at = 0; at < SEGMENT_FIXED_BYTES; at += sizeof(zeros)) {
		size_t rest = SEGMENT_FIXED_BYTES - at;
		ssize_t n = pwrite(fd, zeros, rest < sizeof(zeros) ? rest : sizeof(zeros),
				   (off_t)at);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		if ((size_t)n < sizeof(zeros) && (size_t)n < rest)
			return -ENOSPC;
	}
	return 0;
}

static int
make_at(struct segment_file *f, int fd)
{
	struct stat st;

	int error = allocate(fd);
	if (error != 0)
		return error;
	if (fstat(fd, &st) != 0)
		return -errno;
	void *p = mmap(NULL, SEGMENT_FIXED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		       0);
	if (p == MAP_FAILED)
		return -errno;
	madvise(p, SEGMENT_FIXED_BYTES, MADV_DONTFORK);
	f->mapping = p;
	f->device = st.st_dev;
	f->inode = st.st_ino;
	return 0;
}

static bool nameless_failed; /* here, files must have names from the start */

/* Where the sidecar will be: a file without a name yet, or -errno. */
static int
open_nameless(const char *where, int32_t pid)
{
	char folder[SEGMENT_PATH_BYTES];

	if (nameless_failed)
		return -EOPNOTSUPP;
	int error = segment_name_folder(where, pid, folder);
	if (error != 0)
		return error;
	int fd = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	return fd >= 0 ? fd : -errno;
}

int
segment_file_make(struct segment_file *f, const char *where, int32_t pid,
		  uint64_t start_ticks)
{
	int fd = open_nameless(where, pid);

	f->fresh = fd >= 0 ? fd + 1 : 0;
	if (fd < 0)
		fd = segment_name_take(f, where, pid, start_ticks);
	if (fd < 0)
		return fd;
	int error = make_at(f, fd);
	if (f->fresh == 0 || error != 0)
		close(fd);
	if (error != 0 && f->fresh == 0)
		unlink(f->path);
	if (error != 0)
		f->fresh = 0;
	return error;
}

static void
close_fresh(struct segment_file *f)
{
	if (segment_file_check(f, f->fresh - 1) == 0)
		close(f->fresh - 1);
	f->fresh = 0;
}

int
segment_file_show(struct segment_file *f, const char *where, int32_t pid,
		  uint64_t start_ticks)
{
	if (f->fresh == 0)
		return 0;
	int fd = segment_name_take(f, where, pid, start_ticks);
	if (fd >= 0) {
		close_fresh(f);
		return 0;
	}
	segment_file_drop(f);
	if (fd == -EEXIST || fd == -ENAMETOOLONG)
		return fd;
	/* No /proc, a sandbox: once more, by name. */
	nameless_failed = true;
	return -EAGAIN;
}

void
segment_file_drop(struct segment_file *f)
{
	if (f->mapping != NULL)
		munmap(f->mapping, SEGMENT_FIXED_BYTES);
	f->mapping = NULL;
	if (f->fresh == 0)
		unlink(f->path);
	else
		close_fresh(f);
}
