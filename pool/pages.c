/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel as page source: with pages_move.c the only file of pool/ that knows the memory system calls.
 *
 * All is mapped with MAP_NORESERVE. Blocks lie side by side and are one mapping to the kernel, which, where it counts what may be
 * written, refuses to copy a process (fork) that has one larger than the machine's memory; the host's own would be many.
 * What it would refuse to the host by itself (is_too_much), and under strict accounting, which knows no such mappings, is refused
 * here, and the request goes to the next allocator.
 */
#include "pool/pages_private.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA	     0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

size_t weir_machine_page = WEIR_PAGE_BYTES;

bool
weir_machine_page_is(size_t bytes)
{
	if (bytes < WEIR_PAGE_BYTES || bytes > WEIR_PAGE_MOST ||
	    (bytes & (bytes - 1)) != 0)
		return false;
	weir_machine_page = bytes;
	return true;
}

/* In /proc/PID/maps, for people. A kernel without such names is asked once. */
static void
name(void *p, size_t bytes, const char *as)
{
	static _Atomic bool nameless;

	if (!pages_sparing() && !nameless &&
	    syscall(SYS_prctl, PR_SET_VMA, PR_SET_VMA_ANON_NAME, p, bytes, as) != 0 &&
	    errno == EINVAL)
		nameless = true;
}

static _Atomic bool strict_commit;

/*
 * Regions are asked for in a part of the address space of their own, away from libraries,
 * stacks and the next allocator's arenas, so that hardly any foreign pointer lies between two
 * regions. And near its end, so that what is free below is one piece, as without weir: there are hosts that
 * reserve half of all addresses. Only a hint: the kernel may choose otherwise.
 */
static _Atomic uintptr_t next_hint;

void
weir_pages_strict_commit(bool strict)
{
	strict_commit = strict;
}

/*
 * 15/16 of all addresses, of which there are as many bits as the first stack's have, plus one of 4096 random steps
 * which are 1/64 together: of 128 TB, 120 TB and up to 2. From 123 on is ThreadSanitizer's heap.
 */
static uintptr_t
first_hint(void)
{
	const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);

	if (random == NULL)
		return 0;
	uintptr_t all = (uintptr_t)1 << (64 - __builtin_clzl((uintptr_t)random));
	uintptr_t slot = (random[3] | (uintptr_t)random[9] << 8) & 0xfff;

	return all / 16 * 15 + slot * (all >> 18);
}

void *
pages_reserve(size_t bytes, size_t align)
{
	int saved_errno = errno;
	uintptr_t hint = atomic_load_explicit(&next_hint, memory_order_relaxed);
	size_t span = bytes + align;

	if (hint == 0)
		hint = first_hint();
	hint = (hint + align - 1) & ~(align - 1);
	if (span < bytes || !pages_may(WEIR_CALL_MMAP | WEIR_CALL_MUNMAP))
		return NULL;
	char *p = mmap((void *)hint, bytes, PROT_NONE, PAGES_FLAGS, -1, 0);
	if (p != MAP_FAILED && ((uintptr_t)p & (align - 1)) != 0) {
		/* Not where we asked, and not aligned: take more and trim. */
		munmap(p, bytes);
		p = mmap(NULL, span, PROT_NONE, PAGES_FLAGS, -1, 0);
		if (p != MAP_FAILED) {
			size_t head = -(uintptr_t)p & (align - 1);

			if (head != 0)
				munmap(p, head);
			if (align - head != 0)
				munmap(p + head + bytes, align - head);
			p += head;
		}
	}
	if (p == MAP_FAILED) {
		errno = saved_errno;
		return NULL;
	}
	atomic_store_explicit(&next_hint, (uintptr_t)p + bytes, memory_order_relaxed);
	name(p, bytes, "weir");
	pages_tune_reserved(p, bytes);
	errno = saved_errno;
	return p;
}

static int
result(int rc, int saved_errno)
{
	int error = rc == 0 ? 0 : -errno;

	errno = saved_errno;
	return error;
}

/* More at once than the machine has: the kernel refuses that unless it is told to refuse nothing. */
static bool
is_too_much(size_t bytes)
{
	enum { ASKED_FROM = 64 << 20 }; /* hardly a machine has less */
	/* A sandbox may say that it was done, and do nothing. */
	struct sysinfo s = {0};

	return bytes >= ASKED_FROM && !pages_sparing() && syscall(SYS_sysinfo, &s) == 0 &&
	       bytes > (s.totalram + s.totalswap) * s.mem_unit;
}

int
pages_commit(void *addr, size_t bytes)
{
	int saved_errno = errno;

	if (!pages_may(WEIR_CALL_MPROTECT))
		return -EPERM;
	if (is_too_much(bytes))
		return -ENOMEM;
	return result(mprotect(addr, bytes, PROT_READ | PROT_WRITE), saved_errno);
}

int
pages_map_anew(void *addr, size_t bytes, int protection)
{
	int saved_errno = errno;

	if (!pages_may(WEIR_CALL_MMAP))
		return -EPERM;
	void *p = mmap(addr, bytes, protection, PAGES_FLAGS | MAP_FIXED, -1, 0);

	if (p == MAP_FAILED)
		return result(-1, saved_errno);
	name(p, bytes, "weir");
	pages_tune_reserved(p, bytes);
	errno = saved_errno;
	return 0;
}

int
pages_reset(void *addr, size_t bytes)
{
	return pages_map_anew(addr, bytes, PROT_NONE);
}

/* After mlockall for what comes, the kernel fills each usable mapping at once. */
static bool
is_filled(void *addr)
{
	unsigned char present = 0;

	/* One byte's page: the kernel's, also where a test says that pages are larger. */
	return !pages_sparing() && mincore(addr, 1, &present) == 0 && (present & 1);
}

int
pages_renew(void *addr, size_t bytes)
{
	static _Atomic bool filled;
	bool usable = !strict_commit && !filled;
	int rc = pages_map_anew(addr, bytes, usable ? PROT_READ | PROT_WRITE : PROT_NONE);

	if (rc == 0 && usable && is_filled(addr)) {
		filled = true;
		usable = false;
		rc = pages_map_anew(addr, bytes, PROT_NONE);
	}
	if (rc != 0)
		return rc;
	return usable ? WEIR_PURGED_USABLE : WEIR_PURGED_RESERVED;
}

int
pages_purge(void *addr, size_t bytes)
{
	int saved_errno = errno;

	if (!strict_commit && pages_may(WEIR_CALL_MADVISE)) {
		int rc = madvise(addr, bytes, MADV_DONTNEED);

		/* After mlockall: Linux 5.18 has a word for it, before that a new mapping serves. */
		if (rc != 0 && errno == EINVAL)
			rc = madvise(addr, bytes, MADV_DONTNEED_LOCKED);
		if (rc == 0) {
			errno = saved_errno;
			return WEIR_PURGED_USABLE;
		}
		/* The same where a filter forbids the call. */
		if (errno != EINVAL && errno != EPERM && errno != ENOSYS)
			return result(rc, saved_errno);
	}
	int rc = pages_reset(addr, bytes);
	return rc == 0 ? WEIR_PURGED_RESERVED : rc;
}

static bool (*_Atomic rare_begin)(void);
static void (*_Atomic rare_end)(void);

void
weir_pages_rare_calls(bool (*begin)(void), void (*end)(void))
{
	rare_end = end;
	rare_begin = begin;
}

/* The bytes that went back; -errno. Of oneself from Linux 6.13, by this number from 6.14. */
static ssize_t
advise_many(const struct iovec *ranges, int n)
{
	enum { SELF = -10000 };
	bool (*begin)(void) = rare_begin;
	int saved_errno = errno;

	if (begin == NULL || !begin())
		return -EPERM;
	ssize_t bytes =
		syscall(SYS_process_madvise, SELF, ranges, (size_t)n, MADV_DONTNEED, 0);
	if (bytes < 0)
		bytes = -errno;
	rare_end();
	errno = saved_errno;
	return bytes;
}

/* One call for many lone pieces: the kernel then flushes its translations once, which is most of a purge's price. */
int
pages_purge_many(const struct iovec *ranges, int n)
{
	static _Atomic bool refused;
	int done = 0;

	if (n < 2 || refused || strict_commit || pages_watched())
		return 0;
	ssize_t bytes = advise_many(ranges, n);
	/* Locked pages are told by EINVAL, as such pieces are. */
	if (bytes < 0 && bytes != -EINVAL)
		refused = true;
	for (; done < n && bytes >= (ssize_t)ranges[done].iov_len; done++)
		bytes -= (ssize_t)ranges[done].iov_len;
	return done;
}

int
pages_offer(void *addr, size_t bytes)
{
	int saved_errno = errno;

	if (!pages_may(WEIR_CALL_MADVISE))
		return -EPERM;
	return result(madvise(addr, bytes, MADV_FREE), saved_errno);
}

int
pages_release(void *addr, size_t bytes)
{
	int saved_errno = errno;

	if (!pages_may(WEIR_CALL_MUNMAP))
		return -EPERM;
	int rc = munmap(addr, bytes);
	/* The last region goes: the next one may lie there, or hosts of large blocks would get to the end. */
	uintptr_t end = (uintptr_t)addr + bytes;
	if (rc == 0)
		atomic_compare_exchange_strong(&next_hint, &end, (uintptr_t)addr);
	return result(rc, saved_errno);
}

/* No lock: an entry counts once its `bytes` are set. What finds no room is told of by nobody. */
static struct {
	uintptr_t base;
	_Atomic size_t bytes;
} metas[WEIR_PAGES_METAS];
static _Atomic uint32_t n_metas;

static void
note_meta(uintptr_t base, size_t bytes)
{
	uint32_t i = atomic_fetch_add(&n_metas, 1);

	if (i >= WEIR_PAGES_METAS)
		return;
	metas[i].base = base;
	atomic_store_explicit(&metas[i].bytes, bytes, memory_order_release);
}

uint32_t
weir_pages_metas(struct weir_pages_range rows[WEIR_PAGES_METAS])
{
	uint32_t n = 0, most = atomic_load(&n_metas);

	for (uint32_t i = 0; i < most && i < WEIR_PAGES_METAS; i++) {
		size_t bytes =
			atomic_load_explicit(&metas[i].bytes, memory_order_acquire);

		if (bytes != 0)
			rows[n++] = (struct weir_pages_range){metas[i].base, bytes};
	}
	return n;
}

void *
pages_meta(size_t bytes)
{
	int saved_errno = errno;

	if (!pages_may(WEIR_CALL_MMAP))
		return NULL;
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, PAGES_FLAGS, -1, 0);

	if (p != MAP_FAILED) {
		name(p, bytes, "weir-meta");
		note_meta((uintptr_t)p, bytes);
		/* Tables are touched here and there: where all memory is huge, each touch would be 2 MB. */
		if (!pages_sparing())
			madvise(p, bytes, MADV_NOHUGEPAGE);
	}
	errno = saved_errno;
	return p == MAP_FAILED ? NULL : p;
}

int64_t
pages_resident(void *addr, size_t bytes)
{
	/* A byte for each page of the kernel's, which are smaller than the machine's in tests. */
	enum { WINDOW_PAGES = 512, WINDOW = WINDOW_PAGES * WEIR_PAGE_BYTES };
	unsigned char present[WINDOW_PAGES];
	int saved_errno = errno;
	const unsigned shift = (unsigned)__builtin_ctzl(weir_machine_page);
	int64_t pages = 0;

	if (pages_sparing())
		return -ENOSYS;
	for (size_t at = 0; at < bytes; at += WINDOW) {
		size_t n = (bytes - at < WINDOW ? bytes - at : WINDOW) >> shift;

		if (mincore((char *)addr + at, n << shift, present) != 0)
			return result(-1, saved_errno);
		for (size_t i = 0; i < n; i++)
			pages += present[i] & 1;
	}
	return pages << shift;
}
