/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The making of the file: room on the disk, and a name once there is something in it; and the one way
 * to write it. Never by a mapping: a store into one that others have cut would end the host.
 */
#include "preload/sidecar/segment_file.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "pool/pages.h"
#include "pool/sys.h"
#include "preload/ground/own_files.h"
#include "preload/sidecar/segment_name.h"
#include "preload/sidecar/segment_old.h"

/* A signal ends whoever writes beyond it; one that cannot be known is taken for too low. */
static uint64_t
allowed(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
		return 0;
	return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
}

static int
check(const struct segment_file *f)
{
	struct stat st;
	int error = weir_sys_fstat(f->open - 1, &st);

	if (error != 0)
		return error;
	return st.st_dev == f->device && st.st_ino == f->inode ? 0 : -ESTALE;
}

static void
close_now(struct segment_file *f)
{
	if (f->open != 0 && f->table == own_files_here() && check(f) == 0)
		weir_sys_close(f->open - 1);
	f->open = 0;
}

static int
identify(struct segment_file *f)
{
	struct stat st;
	int error = weir_sys_fstat(f->open - 1, &st);

	if (error != 0) {
		weir_sys_close(f->open - 1);
		f->open = 0;
		return error;
	}
	f->device = st.st_dev;
	f->inode = st.st_ino;
	return 0;
}

/* Blocks for the fixed part: a full disk is found here, not in the middle of the work. */
static int
allocate(const struct segment_file *f)
{
	static const char zeros[WEIR_PAGE_BYTES];

	if (f->allowed < SEGMENT_FIXED_BYTES)
		return -EFBIG;
	int error = weir_sys_allocate(f->open - 1, SEGMENT_FIXED_BYTES);
	/* Forbidden, or not of this file system. */
	if (error != -EPERM && error != -ENOSYS && error != -EOPNOTSUPP)
		return error;
	error = 0;
	for (size_t at = 0; at < SEGMENT_FIXED_BYTES && error == 0; at += sizeof(zeros)) {
		size_t rest = SEGMENT_FIXED_BYTES - at;

		error = segment_file_put(f, at, zeros,
					 rest < sizeof(zeros) ? rest : sizeof(zeros));
	}
	return error;
}

static bool nameless_failed; /* here, files must have names from the start */

/* Where the sidecar will be: a file without a name yet, or -errno. */
static int
open_nameless(struct segment_file *f, const char *where, int32_t pid)
{
	if (nameless_failed)
		return -EOPNOTSUPP;
	int error = segment_name_folder(&f->path, where, pid);
	return error != 0 ? error
			  : weir_sys_open(f->path.text, O_RDWR | O_TMPFILE | O_CLOEXEC,
					  0600);
}

/* Only in a default folder: in others, files are the user's own affair. */
static int
take_name(struct segment_file *f, const char *where, int32_t pid, uint64_t start_ticks)
{
	int fd = segment_name_take(f, where, pid, start_ticks);

	if (fd >= 0 && strcmp(where, "auto") == 0)
		segment_old_remove(&f->path);
	return fd;
}

int
segment_file_make(struct segment_file *f, const char *where, int32_t pid,
		  uint64_t start_ticks)
{
	int fd = open_nameless(f, where, pid);

	f->nameless = fd >= 0;
	if (fd < 0)
		fd = take_name(f, where, pid, start_ticks);
	if (fd < 0)
		return fd;
	f->open = fd + 1;
	f->table = own_files_here();
	f->allowed = allowed();
	int error = identify(f);
	if (error == 0)
		error = allocate(f);
	f->made = error == 0;
	if (error != 0)
		segment_file_drop(f);
	return error;
}

void
segment_file_extend(const struct segment_file *f, uint64_t bytes)
{
	if (bytes <= f->allowed)
		weir_sys_truncate(f->open - 1, bytes);
}

int
segment_file_show(struct segment_file *f, const char *where, int32_t pid,
		  uint64_t start_ticks)
{
	if (!f->nameless)
		return 0;
	int error = check(f);
	if (error == 0)
		error = take_name(f, where, pid, start_ticks);
	if (error >= 0) {
		f->nameless = false;
		return 0;
	}
	segment_file_drop(f);
	if (error == -EEXIST || error == -ENAMETOOLONG)
		return error;
	/* No /proc, a sandbox: once more, by name. */
	nameless_failed = true;
	return -EAGAIN;
}

int
segment_file_open(struct segment_file *f)
{
	f->allowed = allowed();
	if (f->open != 0 && f->table == own_files_here() && check(f) == 0)
		return 0;
	int fd = weir_sys_open(f->path.text, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
			       0);
	f->open = 0;
	if (fd < 0)
		return fd;
	f->open = fd + 1;
	f->table = own_files_here();
	int error = check(f);
	if (error != 0) {
		weir_sys_close(fd);
		f->open = 0;
	}
	return error;
}

void
segment_file_close(struct segment_file *f)
{
	if (own_files_here() == 0)
		close_now(f);
}

int
segment_file_put(const struct segment_file *f, uint64_t offset, const void *from,
		 size_t bytes)
{
	if (offset + bytes > f->allowed)
		return -EFBIG;
	for (size_t done = 0; done < bytes;) {
		ssize_t n = weir_sys_pwrite(f->open - 1, (const char *)from + done,
					    bytes - done, offset + done);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? (int)n : -ENOSPC;
		done += (size_t)n;
	}
	return 0;
}

int
segment_file_get(const struct segment_file *f, uint64_t offset, void *to, size_t bytes)
{
	ssize_t n = weir_sys_pread(f->open - 1, to, bytes, offset);

	return n == (ssize_t)bytes ? 0 : n < 0 ? (int)n : -ENODATA;
}

const void *
segment_file_mailbox(struct segment_file *f)
{
	const off_t in_page = SEGMENT_MAILBOX % (off_t)weir_machine_page;

	if (f->page == NULL && f->open != 0) {
		f->page = mmap(NULL, weir_machine_page, PROT_READ, MAP_SHARED,
			       f->open - 1, SEGMENT_MAILBOX - in_page);
		if (f->page != MAP_FAILED)
			madvise((void *)f->page, weir_machine_page, MADV_DONTFORK);
	}
	return f->page == NULL || f->page == MAP_FAILED ? NULL : f->page + in_page;
}

static void
unmap(struct segment_file *f)
{
	if (f->page != NULL && f->page != MAP_FAILED)
		munmap((void *)f->page, weir_machine_page);
	f->page = NULL;
}

void
segment_file_drop(struct segment_file *f)
{
	unmap(f);
	if (!f->nameless)
		weir_sys_unlink(f->path.text);
	close_now(f);
	f->made = f->nameless = false;
}

void
segment_file_after_fork(struct segment_file *f)
{
	/* Open if another thread of the parent's was at work, in the table that was copied. */
	if (f->table == 0)
		close_now(f);
	f->open = 0;
	f->page = NULL; /* not inherited */
	f->made = f->nameless = false;
}
