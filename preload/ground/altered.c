/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C library's calls that leave something behind on memory: advice, protection, locks, a policy of
 * nodes, other memory mapped in its place, or none. Each is handed on; a block of weir's that it was
 * made for is marked, and when the host frees it, its place is mapped anew instead of being lent to
 * others as it is. What weir itself keeps may be why the kernel refuses one: then it is made once more
 * (retry.c). Weir's own calls arrive here as well, from inside the gate, and what the host does by number
 * (by_number.c).
 */
#include "preload/ground/altered.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "pool/region.h"
#include "pool/span.h"
#include "preload/ground/altered_mark.h"
#include "preload/ground/gate.h"
#include "preload/ground/jump.h"
#include "preload/ground/libc.h"
#include "preload/ground/symbol_next.h"

#define EXPORT	    __attribute__((visibility("default")))
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
/* The name as it is after tests/heaps/renamed.h. */
#define TEXT(name)  TEXT_(name)
#define TEXT_(name) #name

typedef int change_function(void *addr, size_t bytes, int how);
typedef int lock_function(const void *addr, size_t bytes);
typedef int unmap_function(void *addr, size_t bytes);
typedef void *move_function(void *addr, size_t bytes, size_t new_bytes, int flags, ...);

/* Those that this libc's headers do not have, or have in a library of their own. */
int pkey_mprotect(void *addr, size_t bytes, int protection, int key);
int mlock2(const void *addr, size_t bytes, unsigned flags);
long mbind(void *addr, unsigned long bytes, int mode, const unsigned long *nodes,
	   unsigned long most, unsigned flags);

static altered_map *_Atomic real_mmap, *_Atomic observer;
static change_function *_Atomic real_madvise, *_Atomic real_mprotect;
static lock_function *_Atomic real_mlock;
static unmap_function *_Atomic real_munmap;
static move_function *_Atomic real_mremap;

void
altered_init(void)
{
	atomic_store(&real_mmap, (altered_map *)symbol_next("mmap"));
	atomic_store(&real_madvise, (change_function *)symbol_next("madvise"));
	atomic_store(&real_mprotect, (change_function *)symbol_next("mprotect"));
	atomic_store(&real_mlock, (lock_function *)symbol_next("mlock"));
	atomic_store(&real_munmap, (unmap_function *)symbol_next("munmap"));
	atomic_store(&real_mremap, (move_function *)symbol_next("mremap"));
}

static bool (*_Atomic when_refused)(size_t bytes);

void
altered_when_refused(bool (*made_room)(size_t bytes))
{
	when_refused = made_room;
}

/* The kernel says EAGAIN of advice and of what would be locked. */
static __attribute__((noinline, cold)) bool
made_room(size_t bytes)
{
	bool (*ask)(size_t bytes) = when_refused;

	return (errno == ENOMEM || errno == EAGAIN) && gate_depth == 0 && ask != NULL &&
	       ask(bytes);
}

/* The call, and once more if that may help: as if it had not failed before. */
#define MADE(rc, bytes, call)                                                            \
	do {                                                                             \
		int saved_errno = errno;                                                 \
		(rc) = (call);                                                           \
		if (UNLIKELY((long)(rc) == -1) && made_room(bytes) &&                    \
		    (long)((rc) = (call)) != -1)                                         \
			errno = saved_errno;                                             \
	} while (0)

static _Atomic bool by_faults;

void
altered_by_faults(void)
{
	atomic_store(&by_faults, true);
}

bool
altered_all(void)
{
	return atomic_load_explicit(&by_faults, memory_order_relaxed);
}

static void *
hand_on_mmap(void *addr, size_t bytes, int protection, int flags, int fd, off_t at)
{
	altered_map *to = atomic_load_explicit(&real_mmap, memory_order_relaxed);
	void *p;

	if (UNLIKELY(to == NULL))
		MADE(p, bytes,
		     (void *)syscall(SYS_mmap, addr, bytes, protection, flags, fd, at));
	else
		MADE(p, bytes, to(addr, bytes, protection, flags, fd, at));
	return p;
}

altered_map *
altered_observe(altered_map *by)
{
	atomic_store(&observer, by);
	return hand_on_mmap;
}

/* `flag` 0: the call leaves nothing. */
static inline void
note(const void *addr, size_t bytes, uint8_t flag)
{
	if (UNLIKELY(weir_hull_has(addr)) && flag != 0)
		altered_mark((uintptr_t)addr, bytes, flag);
}

/*
 * Advice about what is there now, and what takes other advice back: NORMAL, WILLNEED, DONTNEED, FREE,
 * REMOVE, DOFORK, UNMERGEABLE, DODUMP, KEEPONFORK, and all from COLD (20) to COLLAPSE (25).
 */
#define PASSING                                                                          \
	(1u << 0 | 1u << 3 | 1u << 4 | 1u << 8 | 1u << 9 | 1u << 11 | 1u << 13 |         \
	 1u << 17 | 1u << 19 | 0x3fu << 20)

static inline uint8_t
left_by(int advice)
{
	if ((unsigned)advice < 32 && PASSING >> advice & 1)
		return 0;
	return advice == MADV_HUGEPAGE ? WEIR_SPAN_ADVISED : WEIR_SPAN_ALTERED;
}

EXPORT int
madvise(void *addr, size_t bytes, int advice)
{
	change_function *to = atomic_load_explicit(&real_madvise, memory_order_relaxed);
	int rc;

	note(addr, bytes, left_by(advice));
	if (UNLIKELY(to == NULL))
		MADE(rc, 0, (int)syscall(SYS_madvise, addr, bytes, advice));
	else
		MADE(rc, 0, to(addr, bytes, advice));
	return rc;
}

/* Where the ranges are is not looked at, they may be no one's: any block may have it from now on. */
EXPORT ssize_t
process_madvise(int of, const struct iovec *ranges, size_t n, int advice, unsigned flags)
{
	if (left_by(advice) != 0)
		altered_by_faults();
	return syscall(SYS_process_madvise, of, ranges, n, advice, flags);
}

int altered_madvise(void *addr, size_t bytes, int advice)
	__attribute__((alias(TEXT(madvise)), nothrow, leaf));

EXPORT int
mprotect(void *addr, size_t bytes, int protection)
{
	change_function *to = atomic_load_explicit(&real_mprotect, memory_order_relaxed);
	int rc;

	note(addr, bytes, protection != (PROT_READ | PROT_WRITE) ? WEIR_SPAN_ALTERED : 0);
	if (UNLIKELY(to == NULL))
		MADE(rc, 0, (int)syscall(SYS_mprotect, addr, bytes, protection));
	else
		MADE(rc, 0, to(addr, bytes, protection));
	return rc;
}

EXPORT int
mlock(const void *addr, size_t bytes)
{
	lock_function *to = atomic_load_explicit(&real_mlock, memory_order_relaxed);
	int rc;

	note(addr, bytes, WEIR_SPAN_ALTERED);
	if (UNLIKELY(to == NULL))
		MADE(rc, 0, (int)syscall(SYS_mlock, addr, bytes));
	else
		MADE(rc, 0, to(addr, bytes));
	return rc;
}

/* A C library need not have these: no look-up, which would leave an error for the host's dlerror. */
EXPORT int
mlock2(const void *addr, size_t bytes, unsigned flags)
{
	int rc;

	note(addr, bytes, WEIR_SPAN_ALTERED);
	MADE(rc, 0, (int)syscall(SYS_mlock2, addr, bytes, flags));
	return rc;
}

EXPORT int
pkey_mprotect(void *addr, size_t bytes, int protection, int key)
{
	int rc;

	if (key == -1)
		return mprotect(addr, bytes, protection);
	note(addr, bytes, WEIR_SPAN_ALTERED);
	MADE(rc, 0, (int)syscall(SYS_pkey_mprotect, addr, bytes, protection, key));
	return rc;
}

EXPORT long
mbind(void *addr, unsigned long bytes, int mode, const unsigned long *nodes,
      unsigned long most, unsigned flags)
{
	long rc;

	note(addr, bytes, mode != 0 ? WEIR_SPAN_ALTERED : 0);
	MADE(rc, 0, syscall(SYS_mbind, addr, bytes, mode, nodes, most, flags));
	return rc;
}

/* A file in a block's place would be written to by whoever has the block next. */
JUMPS EXPORT void *
mmap(void *addr, size_t bytes, int protection, int flags, int fd, off_t at)
{
	altered_map *to = hand_on_mmap;

	note(addr, bytes, (flags & MAP_FIXED) != 0 ? WEIR_SPAN_ALTERED : 0);
	if (bytes >= ALTERED_OBSERVED && (flags & MAP_ANONYMOUS) != 0 &&
	    gate_depth == 0 && observer != NULL)
		to = observer;
	JUMP to(addr, bytes, protection, flags, fd, at);
}

/*
 * What is gone of a block stays nobody's until the block is freed: what others map there would be lost then,
 * when its place is mapped anew.
 */
static void
keep_hole(char *at, size_t bytes)
{
	int saved_errno = errno;
	size_t whole = weir_whole_pages(bytes);
	void *p = mmap(at, whole, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
		       -1, 0);

	if (p != MAP_FAILED && p != at) /* it knows no NOREPLACE */
		syscall(SYS_munmap, p, whole);
	errno = saved_errno;
}

static int
hand_on_munmap(void *addr, size_t bytes)
{
	unmap_function *to = atomic_load_explicit(&real_munmap, memory_order_relaxed);
	int rc;

	MADE(rc, 0, to != NULL ? to(addr, bytes) : (int)syscall(SYS_munmap, addr, bytes));
	return rc;
}

static __attribute__((noinline, cold)) int
munmap_of_block(char *at, size_t bytes)
{
	size_t ours = altered_mark((uintptr_t)at, bytes, WEIR_SPAN_ALTERED);
	int rc = hand_on_munmap(at, bytes);

	if (rc == 0 && ours != 0)
		keep_hole(at, ours);
	return rc;
}

EXPORT int
munmap(void *addr, size_t bytes)
{
	if (UNLIKELY(weir_hull_has(addr)))
		return munmap_of_block(addr, bytes);
	return hand_on_munmap(addr, bytes);
}

int altered_munmap(void *addr, size_t bytes)
	__attribute__((alias(TEXT(munmap)), nothrow, leaf));

static void *
hand_on_mremap(void *addr, size_t bytes, size_t new_bytes, int flags, void *target)
{
	move_function *to = atomic_load_explicit(&real_mremap, memory_order_relaxed);
	void *p;

	MADE(p, new_bytes,
	     to != NULL ? to(addr, bytes, new_bytes, flags, target)
			: (void *)syscall(SYS_mremap, addr, bytes, new_bytes, flags,
					  target));
	return p;
}

static __attribute__((noinline, cold)) void *
mremap_of_block(char *at, size_t bytes, size_t new_bytes, int flags, void *target)
{
	size_t ours = altered_mark((uintptr_t)at, bytes, WEIR_SPAN_ALTERED);

	if (flags & MREMAP_FIXED)
		altered_mark((uintptr_t)target, new_bytes, WEIR_SPAN_ALTERED);
	char *p = hand_on_mremap(at, bytes, new_bytes, flags, target);
	size_t kept = p == at ? new_bytes : 0; /* at its place */
	if (p != MAP_FAILED && kept < ours)
		keep_hole(at + kept,
			  ours - kept); /* none is there with MREMAP_DONTUNMAP */
	return p;
}

/* The target is there or not, as for the kernel. */
EXPORT void *
mremap(void *addr, size_t bytes, size_t new_bytes, int flags, ...)
{
	va_list more;

	va_start(more, flags);
	void *target = va_arg(more, void *);
	va_end(more);
	if (UNLIKELY(weir_hull_has(addr)) ||
	    ((flags & MREMAP_FIXED) != 0 && weir_hull_has(target)))
		return mremap_of_block(addr, bytes, new_bytes, flags, target);
	return hand_on_mremap(addr, bytes, new_bytes, flags, target);
}

void *altered_mremap(void *addr, size_t bytes, size_t new_bytes, int flags, ...)
	__attribute__((alias(TEXT(mremap)), nothrow, leaf));

/* Where off_t has 64 bits it is the same. */
EXPORT void *mmap64(void *addr, size_t bytes, int protection, int flags, int fd,
		    off64_t at) __attribute__((alias(TEXT(mmap))));

EXPORT void *
shmat(int id, const void *addr, int flags)
{
	struct shmid_ds about;
	void *p;

	if (UNLIKELY(weir_hull_has(addr)) && (flags & SHM_REMAP) != 0 &&
	    shmctl(id, IPC_STAT, &about) == 0)
		note(addr, about.shm_segsz, WEIR_SPAN_ALTERED);
	MADE(p, 0, (void *)syscall(SYS_shmat, id, addr, flags));
	return p;
}
