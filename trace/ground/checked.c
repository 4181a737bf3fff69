/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks by process_vm_readv on oneself: the kernel copies, and answers EFAULT where a load would
 * have died. About 1 us a call whatever its length, hence whole blocks and several of them at once.
 */
#include "trace/ground/checked.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "pool/pages.h"
#include "trace/ground/vm_calls.h"

/*
 * Where process_vm_readv is missing, or may be punished with death (vm_calls.h), each page is asked for
 * by a call that every program makes, then read. A page that another thread unmaps in between would be a
 * fault, which is why this is not the usual way. The kernel reads a set of signals from there before it
 * refuses what it is asked to do with it.
 */
static bool
is_readable(uint64_t address)
{
	int saved_errno = errno;
	long rc = syscall(SYS_rt_sigprocmask, ~0, address & ~(uint64_t)7, NULL, 8);
	bool readable = rc != 0 && errno == EINVAL;

	errno = saved_errno;
	return readable;
}

/* Not every kernel's likeness, nor every filter, answers in that order: nothing is at address 8. */
static bool
can_ask(void)
{
	static _Atomic enum { UNKNOWN, YES, NO } known;

	if (known == UNKNOWN)
		known = is_readable(8) ? NO : YES;
	return known == YES;
}

static bool
read_by_pages(uint64_t address, void *to, size_t n)
{
	for (size_t done = 0, some; done < n; done += some) {
		some = WEIR_PAGE_BYTES - (address + done) % WEIR_PAGE_BYTES;
		if (!is_readable(address + done))
			return false;
		some = some < n - done ? some : n - done;
		memcpy((char *)to + done, (const void *)(uintptr_t)(address + done),
		       some);
	}
	return true;
}

/* As process_vm_readv(2): how much could be read, up to the first piece that could not. */
static size_t
read_own(void *to, size_t n, const struct iovec *pieces, size_t n_pieces)
{
	static _Atomic bool missing;

	if (!missing && vm_calls_begin()) {
		struct iovec local = {to, n};
		/* getpid() each time: what is remembered would be wrong in a forked child. */
		ssize_t got = process_vm_readv(getpid(), &local, 1, pieces, n_pieces, 0);

		vm_calls_end();
		if (got >= 0 || (errno != ENOSYS && errno != EPERM))
			return got > 0 ? (size_t)got : 0;
		missing = true;
	}
	size_t done = 0;
	for (size_t i = 0; i < n_pieces && can_ask(); done += pieces[i++].iov_len)
		if (!read_by_pages((uintptr_t)pieces[i].iov_base, (char *)to + done,
				   pieces[i].iov_len))
			break;
	return done;
}

static size_t
fetch_own(void *context, const uint64_t *blocks, size_t n, uint8_t (*to)[CHECKED_BLOCK])
{
	struct iovec remote[CHECKED_AT_ONCE];
	size_t pieces = 0;

	(void)context;
	for (size_t i = 0; i < n; i++) {
		/* cppcheck-suppress objectIndex; who gives one block says so in n */
		if (i > 0 && blocks[i] == blocks[i - 1] + CHECKED_BLOCK)
			remote[pieces - 1].iov_len += CHECKED_BLOCK;
		else
			remote[pieces++] = (struct iovec){(void *)(uintptr_t)blocks[i],
							  CHECKED_BLOCK};
	}
	return read_own(to, n * CHECKED_BLOCK, remote, pieces) / CHECKED_BLOCK;
}

bool
checked_peek(uint64_t address, void *to, size_t n)
{
	/* cppcheck-suppress ctuuninitvar; the kernel fills it */
	const struct iovec remote = {(void *)(uintptr_t)address, n};

	return read_own(to, n, &remote, 1) == n;
}

bool
checked_readable(uint64_t address)
{
	uint64_t word;

	return can_ask() ? is_readable(address)
			 : checked_peek(address & ~(uint64_t)7, &word, sizeof(word));
}

size_t
checked_peek_many(const uint64_t *addresses, size_t n, size_t bytes, void *to)
{
	struct iovec remote[2 * CHECKED_AT_ONCE];

	if (n == 0 || n > 2 * CHECKED_AT_ONCE)
		return 0;
	for (size_t i = 0; i < n; i++)
		remote[i] = (struct iovec){(void *)(uintptr_t)addresses[i], bytes};
	return read_own(to, n * bytes, remote, n) / bytes;
}

int
checked_of_self(struct checked *m)
{
	static const uint8_t probe[2 * CHECKED_BLOCK];
	uint64_t block =
		((uintptr_t)probe + CHECKED_BLOCK - 1) & -(uint64_t)CHECKED_BLOCK;

	m->fetch = fetch_own;
	m->context = NULL;
	errno = EIO;
	if (fetch_own(NULL, &block, 1, m->blocks) == 1)
		return 0;
	return -errno;
}

void
checked_begin(struct checked *m)
{
	m->generation++;
	m->failed = false;
}

static size_t
slot_of(uint64_t block)
{
	uint64_t n = block / CHECKED_BLOCK;

	return (n ^ n >> 7 ^ n >> 14) % CHECKED_BLOCKS;
}

static bool
has(const struct checked *m, uint64_t block, size_t slot)
{
	return m->tags[slot] == block && m->ages[slot] == m->generation;
}

static void
keep(struct checked *m, uint64_t block, size_t slot)
{
	m->tags[slot] = block;
	m->ages[slot] = m->generation;
	m->fetched++;
}

static const uint8_t *
block_at(struct checked *m, uint64_t block)
{
	size_t slot = slot_of(block);

	if (!has(m, block, slot)) {
		m->ages[slot] = m->generation - 1;
		if (m->fetch(m->context, &block, 1, &m->blocks[slot]) != 1)
			return NULL;
		keep(m, block, slot);
	}
	return m->blocks[slot];
}

void
checked_expect(struct checked *m, const uint64_t *addresses, size_t n)
{
	uint64_t wanted[CHECKED_AT_ONCE];

	for (size_t i = 0; i < n;) {
		size_t n_wanted = 0, n_got;

		for (; i < n && n_wanted < CHECKED_AT_ONCE; i++) {
			uint64_t block = addresses[i] & -(uint64_t)CHECKED_BLOCK;

			if (block != 0 && !has(m, block, slot_of(block)))
				wanted[n_wanted++] = block;
		}
		if (n_wanted == 0)
			break;
		n_got = m->fetch(m->context, wanted, n_wanted, m->ahead);
		for (size_t k = 0; k < n_got; k++) {
			size_t slot = slot_of(wanted[k]);

			memcpy(m->blocks[slot], m->ahead[k], CHECKED_BLOCK);
			keep(m, wanted[k], slot);
		}
	}
}

void
checked_read(struct checked *m, uint64_t address, void *to, size_t n)
{
	uint8_t *out = to;

	for (size_t done = 0; done < n;) {
		uint64_t block = (address + done) & -(uint64_t)CHECKED_BLOCK;
		size_t within = (size_t)(address + done - block);
		size_t some = n - done < CHECKED_BLOCK - within ? n - done
								: CHECKED_BLOCK - within;
		const uint8_t *bytes = block_at(m, block);

		if (bytes == NULL) {
			m->failed = true;
			memset(to, 0, n);
			return;
		}
		memcpy(out + done, bytes + within, some);
		done += some;
	}
}

uint64_t
checked_u64(struct checked *m, uint64_t address)
{
	uint64_t value;

	checked_read(m, address, &value, sizeof(value));
	return value;
}

uint32_t
checked_u32(struct checked *m, uint64_t address)
{
	uint32_t value;

	checked_read(m, address, &value, sizeof(value));
	return value;
}

uint16_t
checked_u16(struct checked *m, uint64_t address)
{
	uint16_t value;

	checked_read(m, address, &value, sizeof(value));
	return value;
}
