/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where there is a limit of data or of address space (scarce.c), a refusal by the next allocator makes
 * weir give back all that it keeps, and the request is made once more: these functions go in front of the
 * next allocator's then, and never before. The host's setrlimit is watched for that; what others set for
 * this process is seen by the clock, and at a refused call for memory. Such a call is made once more also where the
 * process has all the mappings that it may have. mlockall counts address space, so that goes first as well.
 */
#include "preload/entries/retry.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/pages.h"
#include "pool/pool.h"
#include "preload/blocks/place_private.h"
#include "preload/clock/timer.h"
#include "preload/entries/sampler.h"
#include "preload/ground/altered.h"
#include "preload/ground/gate.h"
#include "preload/ground/next.h"
#include "preload/ground/symbol_next.h"
#include "preload/machine/ready.h"
#include "preload/machine/scarce.h"

#define EXPORT __attribute__((visibility("default")))
/* The name as it is after tests/heaps/renamed.h. */
#define TEXT(name)  TEXT_(name)
#define TEXT_(name) #name

static struct weir_next beneath;
static _Atomic bool installed;

/* Whoever is refused asks again and again: what was looked through in vain is left alone. */
static bool
may_give(void)
{
	return ready_done() && (weir_pool_changed() || weir_pool_cached_bytes() != 0);
}

static bool
made_room(size_t bytes)
{
	struct gate g;

	if (bytes > scarce_most() || !gate_enter(&g))
		return false;
	bool may = may_give();
	if (may)
		timer_shed();
	place_leave(&g);
	return may;
}

/* Somebody else may have set a limit since. */
static bool
made_room_for_call(size_t bytes)
{
	struct gate g;

	if (gate_guest() || !gate_enter(&g))
		return false;
	bool may = may_give() &&
		   (weir_pages_crowded() ||
		    (scarce_look() != RLIM_INFINITY && bytes <= scarce_most()));
	if (may)
		timer_shed();
	place_leave(&g);
	return may;
}

bool
retry_made_room_for_thread(void)
{
	return gate_depth == 0 && made_room_for_call(0);
}

/* CALL again, as if it had not failed before. */
#define ONCE_MORE(p, bytes, call)                                                        \
	do {                                                                             \
		if (__builtin_expect((p) == NULL, 0) && made_room(bytes) &&              \
		    ((p) = (call)) != NULL)                                              \
			errno = saved_errno;                                             \
	} while (0)

static void *
retry_malloc(size_t size)
{
	int saved_errno = errno;
	void *p = beneath.malloc(size);

	ONCE_MORE(p, size, beneath.malloc(size));
	return p;
}

static void *
retry_calloc(size_t n, size_t size)
{
	int saved_errno = errno;
	void *p = beneath.calloc(n, size);
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	ONCE_MORE(p, bytes, beneath.calloc(n, size));
	return p;
}

static void *
retry_realloc(void *old, size_t size)
{
	int saved_errno = errno;
	void *p = beneath.realloc(old, size);

	/* That has freed it. */
	if (size != 0)
		ONCE_MORE(p, size, beneath.realloc(old, size));
	return p;
}

static int
retry_posix_memalign(void **p, size_t align, size_t size)
{
	int saved_errno = errno, rc = beneath.posix_memalign(p, align, size);

	if (rc == ENOMEM && made_room(size)) {
		rc = beneath.posix_memalign(p, align, size);
		errno = saved_errno;
	}
	return rc;
}

static void *
retry_aligned_alloc(size_t align, size_t size)
{
	int saved_errno = errno;
	void *p = beneath.aligned_alloc(align, size);

	ONCE_MORE(p, size, beneath.aligned_alloc(align, size));
	return p;
}

static void *
retry_memalign(size_t align, size_t size)
{
	int saved_errno = errno;
	void *p = beneath.memalign(align, size);

	ONCE_MORE(p, size, beneath.memalign(align, size));
	return p;
}

static void *
retry_valloc(size_t size)
{
	int saved_errno = errno;
	void *p = beneath.valloc(size);

	ONCE_MORE(p, size, beneath.valloc(size));
	return p;
}

/* Other threads call these all the time: each finds the one or the other. */
static void
install(void)
{
	struct weir_next *to = sampler_beneath();

	if (next_found() != 0 || atomic_exchange(&installed, true))
		return;
	beneath = *to;
	atomic_thread_fence(memory_order_seq_cst);
#define PUT(name) __atomic_store_n(&to->name, retry_##name, __ATOMIC_RELEASE)
	PUT(malloc);
	PUT(calloc);
	PUT(realloc);
	PUT(posix_memalign);
	PUT(aligned_alloc);
	PUT(memalign);
#undef PUT
	sampler_changed();
	/* The sampler does not take part in this one. */
	__atomic_store_n(&next.valloc, retry_valloc, __ATOMIC_RELEASE);
}

static void
look_again(int rc)
{
	struct gate g;

	if (rc != 0 || !ready_done() || gate_guest() || !gate_enter(&g))
		return;
	if (scarce_look() != RLIM_INFINITY)
		timer_shed(); /* what was reserved and kept before counts from now on */
	place_leave(&g);
}

typedef int limit_function(limit_resource resource, const struct rlimit *limit);
typedef int prlimit_function(pid_t pid, limit_resource resource,
			     const struct rlimit *limit, struct rlimit *old);
typedef int lock_function(int flags);

static limit_function *_Atomic real_setrlimit;
static prlimit_function *_Atomic real_prlimit;
static lock_function *_Atomic real_mlockall;

void
retry_init(void)
{
	scarce_init(install);
	altered_when_refused(made_room_for_call);
	atomic_store(&real_setrlimit, (limit_function *)symbol_next("setrlimit"));
	atomic_store(&real_prlimit, (prlimit_function *)symbol_next("prlimit"));
	atomic_store(&real_mlockall, (lock_function *)symbol_next("mlockall"));
}

EXPORT int
prlimit(pid_t pid, limit_resource resource, const struct rlimit *limit,
	struct rlimit *old)
{
	prlimit_function *to = real_prlimit;
	int rc = to != NULL ? to(pid, resource, limit, old)
			    : (int)syscall(SYS_prlimit64, pid, resource, limit, old);

	if (limit != NULL)
		look_again(rc);
	return rc;
}

EXPORT int
setrlimit(limit_resource resource, const struct rlimit *limit)
{
	limit_function *to = real_setrlimit;
	int rc = to != NULL ? to(resource, limit)
			    : (int)syscall(SYS_prlimit64, 0, resource, limit, NULL);

	look_again(rc);
	return rc;
}

/* Programs that are built for large files call these; where long has 64 bits they are the same. */
EXPORT int setrlimit64(limit_resource resource, const struct rlimit64 *limit)
	__attribute__((alias(TEXT(setrlimit))));
EXPORT int prlimit64(pid_t pid, limit_resource resource, const struct rlimit64 *limit,
		     struct rlimit64 *old) __attribute__((alias(TEXT(prlimit))));

EXPORT int
mlockall(int flags)
{
	lock_function *to = real_mlockall;
	struct gate g;

	if (flags & MCL_CURRENT && ready_done() && !gate_guest() &&
	    scarce_limit(RLIMIT_MEMLOCK) != RLIM_INFINITY && gate_enter(&g)) {
		timer_shed();
		place_leave(&g);
	}
	return to != NULL ? to(flags) : (int)syscall(SYS_mlockall, flags);
}
