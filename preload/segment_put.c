/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing and reading the sidecar, by the kernel's hands. For segment.c and mailbox.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "preload/own_files.h"
#include "preload/segment_file.h"
#include "trace/vm_calls.h"

int
segment_file_check(const struct segment_file *f, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	return st.st_dev == f->device && st.st_ino == f->inode ? 0 : -ESTALE;
}

static int
open_same(const struct segment_file *f)
{
	int fd = open(f->path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int error = segment_file_check(f, fd);
	if (error == 0)
		return fd;
	close(fd);
	return error;
}

int
segment_file_open(struct segment_file *f)
{
	if (f->fresh != 0) {
		int error = segment_file_check(f, f->fresh - 1);

		return error == 0 ? f->fresh - 1 : error;
	}
	if (!own_files_here())
		return open_same(f);
	if (f->kept == 0) {
		int fd = open_same(f);

		if (fd < 0)
			return fd;
		f->kept = fd + 1;
	}
	return f->kept - 1;
}

void
segment_file_close(const struct segment_file *f, int fd)
{
	if (f->fresh != fd + 1 && (!own_files_here() || f->kept != fd + 1))
		close(fd);
}

int
segment_file_allowed(uint64_t end)
{
	struct rlimit limit;

	/* A signal ends whoever writes beyond it; one that cannot be known is taken for too low. */
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	    (limit.rlim_cur == RLIM_INFINITY || end <= limit.rlim_cur))
		return 0;
	return -EFBIG;
}

int
segment_file_put(int fd, uint64_t offset, const void *from, size_t bytes)
{
	int error = segment_file_allowed(offset + bytes);

	if (error != 0)
		return error;
	for (size_t done = 0; done < bytes;) {
		ssize_t n = pwrite(fd, (const char *)from + done, bytes - done,
				   (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		done += (size_t)n;
	}
	return 0;
}

static int
write_by_path(struct segment_file *f, size_t offset, const void *from, size_t bytes)
{
	int fd = segment_file_open(f);

	if (fd < 0)
		return fd;
	int error = segment_file_put(fd, offset, from, bytes);
	segment_file_close(f, fd);
	return error;
}

static int
read_by_path(struct segment_file *f, size_t offset, void *to, size_t bytes)
{
	int fd = segment_file_open(f);

	if (fd < 0)
		return fd;
	ssize_t n = pread(fd, to, bytes, (off_t)offset);
	int error = n == (ssize_t)bytes ? 0 : n < 0 ? -errno : -ENODATA;
	segment_file_close(f, fd);
	return error;
}

/* 0, -errno, or 1: the call is forbidden or missing. */
static int
outcome(ssize_t n, size_t bytes)
{
	if (n == (ssize_t)bytes)
		return 0;
	if (n >= 0)
		return -EFAULT;
	return errno == EPERM || errno == ENOSYS ? 1 : -errno;
}

int
segment_file_write(struct segment_file *f, size_t offset, const void *from, size_t bytes)
{
	struct iovec local = {.iov_base = (void *)from, .iov_len = bytes};
	struct iovec remote = {.iov_base = f->mapping + offset, .iov_len = bytes};
	int rc = 1;

	if (vm_calls_begin()) {
		rc = outcome(process_vm_writev(getpid(), &local, 1, &remote, 1, 0),
			     bytes);
		vm_calls_end();
	}
	return rc <= 0 ? rc : write_by_path(f, offset, from, bytes);
}

int
segment_file_read(struct segment_file *f, size_t offset, void *to, size_t bytes)
{
	struct iovec local = {.iov_base = to, .iov_len = bytes};
	struct iovec remote = {.iov_base = f->mapping + offset, .iov_len = bytes};
	int rc = 1;

	if (vm_calls_begin()) {
		rc = outcome(process_vm_readv(getpid(), &local, 1, &remote, 1, 0), bytes);
		vm_calls_end();
	}
	return rc <= 0 ? rc : read_by_path(f, offset, to, bytes);
}
