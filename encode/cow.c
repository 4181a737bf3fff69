/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snapshots (weir/bytes.h). A large block is a memory file. Until its first snapshot the owner
 * writes to the file itself; a snapshot freezes the file, and from then on everybody, the owner
 * included, has private mappings of it, which the kernel copies page by page on writing.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "encode/state.h"
#include "weir/bytes.h"
#include "weir/scratch.h"

enum {
	STATE_PLAIN,  /* a scratch block */
	STATE_SHARED, /* bytes map the file itself: writing changes it */
	STATE_FROZEN, /* bytes are as in the file, and read-only */
	STATE_PRIVATE /* bytes differ from the file, or may */
};

static int
new_file(size_t bytes)
{
	int fd = memfd_create("weir-snapshots", MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, (off_t)bytes) != 0) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* 0 or -errno, keeping errno. */
static int
rc_of(bool good, int saved_errno)
{
	int rc = good ? 0 : -errno;

	errno = saved_errno;
	return rc;
}

EXPORT int
weir_cow_new(struct weir_cow *block, size_t bytes)
{
	int saved_errno = errno;

	*block = (struct weir_cow){.n = bytes, .fd = -1, .state = STATE_PLAIN};
	if (bytes < WEIR_COW_MIN) {
		block->bytes = weir_scratch_get(bytes);
		return rc_of(block->bytes != NULL, saved_errno);
	}
	block->fd = new_file(bytes);
	if (block->fd < 0)
		return rc_of(false, saved_errno);
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, block->fd, 0);
	int rc = rc_of(p != MAP_FAILED, saved_errno);
	if (rc != 0) {
		close(block->fd);
		block->fd = -1;
		return rc;
	}
	block->bytes = p;
	block->state = STATE_SHARED;
	return 0;
}

EXPORT void *
weir_cow_write(struct weir_cow *block)
{
	if (block->state == STATE_FROZEN) {
		if (mprotect(block->bytes, block->n, PROT_READ | PROT_WRITE) != 0)
			return NULL;
		block->state = STATE_PRIVATE;
	}
	return block->bytes;
}

EXPORT void
weir_cow_free(struct weir_cow *block)
{
	int saved_errno = errno;

	if (block->state == STATE_PLAIN && block->bytes != NULL)
		weir_scratch_unref(block->bytes);
	if (block->state != STATE_PLAIN) {
		munmap(block->bytes, block->n);
		close(block->fd);
	}
	*block = (struct weir_cow){.fd = -1};
	errno = saved_errno;
}

static bool
write_all(int fd, const uint8_t *bytes, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t more = pwrite(fd, bytes + done, n - done, (off_t)done);

		if (more < 0 && errno == EINTR)
			continue;
		if (more <= 0)
			return false;
		done += (size_t)more;
	}
	return true;
}

/* Makes the file hold what the block holds, and the block a mapping of it that nobody changes. */
static bool
freeze(struct weir_cow *block)
{
	int fd = block->fd;

	if (block->state == STATE_FROZEN)
		return true;
	if (block->state == STATE_PRIVATE) {
		/* Older snapshots live on the old file: this moment wants one of its own. */
		fd = new_file(block->n);
		if (fd < 0)
			return false;
	}
	if ((fd != block->fd && !write_all(fd, block->bytes, block->n)) ||
	    mmap(block->bytes, block->n, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) ==
		    MAP_FAILED) {
		int error = errno;

		if (fd != block->fd)
			close(fd);
		errno = error;
		return false;
	}
	if (fd != block->fd)
		close(block->fd);
	block->fd = fd;
	block->state = STATE_FROZEN;
	return true;
}

EXPORT int
weir_snapshot_take(struct weir_snapshot *snapshot, struct weir_cow *block)
{
	int saved_errno = errno;

	*snapshot = (struct weir_snapshot){.n = block->n};
	if (block->state == STATE_PLAIN) {
		snapshot->bytes = weir_scratch_get(block->n);
		if (snapshot->bytes != NULL)
			weir_copy(snapshot->bytes, block->bytes, block->n);
		return rc_of(snapshot->bytes != NULL, saved_errno);
	}
	if (!freeze(block))
		return rc_of(false, saved_errno);
	void *p = mmap(NULL, block->n, PROT_READ | PROT_WRITE, MAP_PRIVATE, block->fd, 0);
	if (p != MAP_FAILED) {
		snapshot->bytes = p;
		snapshot->mapped = 1;
	}
	return rc_of(p != MAP_FAILED, saved_errno);
}

EXPORT void
weir_snapshot_release(struct weir_snapshot *snapshot)
{
	int saved_errno = errno;

	if (snapshot->mapped)
		munmap(snapshot->bytes, snapshot->n);
	else if (snapshot->bytes != NULL)
		weir_scratch_unref(snapshot->bytes);
	*snapshot = (struct weir_snapshot){0};
	errno = saved_errno;
}
