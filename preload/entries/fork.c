/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handlers of pthread_atfork. Weir's are registered before all others, as the C library takes its own
 * allocator's locks after all handlers: so weir's locks are taken when other libraries have taken theirs, and
 * given back before these go on. Whoever registers first (a library's constructor may come before weir's) brings
 * them along. The order of locks in the whole shim: fork, boot, mapped, trace, record, suspect, pool.
 */
#include "preload/entries/fork.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/lock.h"
#include "pool/pool.h"
#include "pool/sys.h"
#include "preload/clock/timer.h"
#include "preload/entries/aside.h"
#include "preload/entries/sampler.h"
#include "preload/ground/gate.h"
#include "preload/ground/mapped.h"
#include "preload/ground/record.h"
#include "preload/ground/symbol_next.h"
#include "preload/machine/ready.h"
#include "preload/misuse/suspect.h"
#include "preload/sidecar/segment.h"
#include "trace/sites/sites.h"

#define EXPORT __attribute__((visibility("default")))

static bool takes_part;	      /* else the handlers do nothing */
static struct weir_lock lock; /* held while weir is frozen or woken */
static pid_t parent;
static bool
	by_first; /* forked by the parent's first thread: the child has its thread-local data */

/*
 * For each thread, since glibc may run the handlers of two forks at the same time: how many forks it
 * is in the midst of, a handler of another library may fork itself; and whether it is the child of one.
 */
static _Thread_local uint8_t forks;
static _Thread_local bool is_child;

/* Weir of a child, that is frozen yet. */
static bool
asleep(void)
{
	return atomic_load_explicit(&gate_first, memory_order_relaxed) != NULL;
}

static void
freeze(void)
{
	aside_freeze();
	ready_freeze();
	if (!ready_done())
		return;
	mapped_freeze();
	weir_trace_freeze();
	record_freeze();
	suspect_freeze();
	weir_pool_freeze();
}

static void
thaw(void)
{
	if (ready_done()) {
		weir_pool_thaw();
		suspect_thaw();
		record_thaw();
		weir_trace_thaw();
		mapped_thaw();
	}
	ready_thaw();
	aside_thaw();
}

static void
before(void)
{
	int saved_errno = errno;

	/* Not if a signal handler forks that interrupted weir: its thread may hold the locks. */
	if (!takes_part || (forks == 0 && gate_depth != 0))
		return;
	if (forks == 0)
		timer_be_alone();
	if (forks++ != 0)
		return;
	gate_depth = 1;
	weir_lock(&lock);
	by_first = gate_silent() || syscall(SYS_gettid) == gate_process;
	if (!asleep()) {
		timer_before_fork();
		freeze();
	}
	errno = saved_errno;
}

/*
 * What the gate is opened with (gate_first) is taken away by a release store once all is reset, and looked for by an acquire
 * load: who finds nothing there finds weir as it is in the child. Who finds it waits for the lock.
 */
static void
wake(void)
{
	weir_lock(&lock);
	if (asleep()) {
		weir_lock_after_fork();
		gate_after_fork();
		if (ready_done()) {
			weir_pool_after_fork();
			suspect_after_fork();
			weir_trace_after_fork();
		}
		mapped_after_fork();
		record_after_fork();
		ready_after_fork();
		sampler_after_fork();
		aside_after_fork();
		timer_after_fork();
		segment_after_fork((int32_t)parent);
		atomic_store_explicit(&gate_first, NULL, memory_order_release);
	}
	weir_unlock(&lock);
}

/* Writes to one page, and calls nothing far away: every page is a fault in each child. */
static void
fall_asleep(void)
{
	aside_forked();
	if (!gate_silent()) {
		gate_process = getpid();
		gate_born_ns = weir_sys_monotonic_ns();
		parent = getppid();
	}
	if (ready_done())
		weir_pool_forked();
	if (!by_first)
		timer_mark_first_thread();
	by_first = false;
	atomic_store_explicit(&gate_first, wake, memory_order_relaxed);
	weir_lock_reset(&lock);
}

static void
after(bool child)
{
	/* What a handler of signals has interrupted goes on in its child, and then comes the reset. */
	if (forks == 0 && child && takes_part)
		fall_asleep();
	if (forks == 0)
		return;
	is_child |= child;
	if (--forks != 0)
		return;
	if (is_child) {
		is_child = false;
		if (ready_done())
			weir_trace_forked();
		fall_asleep();
	} else {
		if (!asleep())
			thaw();
		weir_unlock(&lock);
	}
	gate_depth = 0;
}

static void
after_in_parent(void)
{
	after(false);
}

static void
after_in_child(void)
{
	after(true);
}

typedef void handler_function(void);
typedef int register_function(handler_function *prepare, handler_function *parent,
			      handler_function *child, void *library);
/* What the C library's pthread_atfork, a part of each library, comes down to. */
register_function __register_atfork;
static register_function *real_register;

static int
register_first(void)
{
	static bool done;

	if (done)
		return 0;
	done = true;
	real_register = (register_function *)symbol_next("__register_atfork");
	return real_register != NULL
		       ? real_register(before, after_in_parent, after_in_child, NULL)
		       : pthread_atfork(before, after_in_parent, after_in_child);
}

EXPORT int
__register_atfork(handler_function *prepare, handler_function *parent_handler,
		  handler_function *child, void *library)
{
	/* If weir's cannot be registered, the host's are all the same. */
	register_first();
	return real_register != NULL
		       ? real_register(prepare, parent_handler, child, library)
		       : ENOMEM;
}

/* Nobody else has a reason to stand before __register_atfork and to have weir's own functions. */
bool
fork_is_second(void)
{
	symbol_function *ask = symbol_asker();

	if (ask == NULL)
		return false;
	struct symbol_code first = symbol_code(ask(RTLD_DEFAULT, "__register_atfork"));

	return (uintptr_t)register_first - first.from >= first.bytes &&
	       (uintptr_t)ask(RTLD_DEFAULT, "weir_scratch_get") - first.from <
		       first.bytes;
}

int
fork_handlers_install(void)
{
	int rc = register_first();

	gate_process = getpid();
	gate_born_ns = weir_sys_monotonic_ns();
	takes_part = rc == 0;
	return -rc;
}
