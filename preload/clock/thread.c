/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw system calls where the C library's would concern all threads. Each may fail: then the thread
 * is less ordinary, and works all the same.
 */
#include "preload/clock/thread.h"

#include <errno.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/sys.h"
#include "preload/ground/gate.h"
#include "preload/ground/thread_create.h"
#include "trace/ground/vm_calls.h"

/* The C library takes the thread-local data of all libraries out of it, which may be megabytes. */
#define STACK_LEAST ((size_t)128 << 10)
#define STACK_MOST  ((size_t)64 << 20)

#define JOIN_STEP_NS 100000
#define SLACK_NS     50000 /* as the kernel gives it to the first process */

static pthread_t thread;

/* How the process was started: whatever its threads make of themselves is for them alone. */
static unsigned long processors[1024 / sizeof(unsigned long)];
static long processors_bytes;
static int niceness, policy = SCHED_OTHER;
static bool none_left; /* of the capabilities */

void
thread_note_process(void)
{
	pid_t first = getpid();
	int now = sched_getscheduler(first);

	/* A process that was started as a real-time one is that for its own work. */
	if (now == SCHED_BATCH || now == SCHED_IDLE)
		policy = now;
	processors_bytes =
		syscall(SYS_sched_getaffinity, first, sizeof(processors), processors);
	niceness = getpriority(PRIO_PROCESS, (id_t)first);
}

/* 0: that cannot be known. */
static unsigned
known_count(void)
{
	struct stat st;

	/* Two links and one for each. */
	return !gate_silent() && weir_sys_lstat("/proc/self/task", &st) == 0 &&
			       st.st_nlink > 2
		       ? (unsigned)st.st_nlink - 2
		       : 0;
}

unsigned
thread_count(void)
{
	unsigned known = known_count();

	return known != 0 ? known : 3;
}

bool
thread_has_others(void)
{
	unsigned known = known_count();

	if (known != 0 || !vm_calls_allowed())
		return known > 1;
	/* Without /proc: this changes nothing, and is refused so where there are others. */
	return syscall(SYS_unshare, CLONE_THREAD) != 0 && errno == EINVAL;
}

int
thread_start(void *(*run)(void *))
{
	sigset_t all, before;
	pthread_attr_t attr;
	int rc = pthread_attr_init(&attr);

	if (rc != 0)
		return -rc;
	sigfillset(
		&all); /* and for the calling thread alone, whatever POSIX leaves open */
	sigprocmask(SIG_SETMASK, &all, &before);
	rc = EINVAL;
	for (size_t bytes = STACK_LEAST; rc == EINVAL && bytes <= STACK_MOST;
	     bytes *= 2) {
		rc = thread_stack_bytes(&attr, bytes);
		if (rc == 0)
			rc = thread_create(&thread, &attr, run, NULL);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -rc;
}

/* pthread_join is a cancellation point. */
void
thread_join(void)
{
	while (thread_try_join(thread, NULL) == EBUSY)
		weir_sys_sleep(JOIN_STEP_NS);
}

void
thread_be_ordinary(void)
{
	const struct sched_param none = {.sched_priority = 0};

	none_left = false;
	prctl(PR_SET_NAME, "weir-timer");
	/* A filter may kill for what few programs call. */
	if (!vm_calls_allowed())
		return;
	syscall(SYS_sched_setscheduler, 0, policy, &none);
	if (processors_bytes > 0)
		syscall(SYS_sched_setaffinity, 0, (size_t)processors_bytes, processors);
	setpriority(PRIO_PROCESS, 0, niceness);
	prctl(PR_SET_TIMERSLACK, SLACK_NS);
	thread_drop_capabilities(true);
}

/*
 * The C library has all threads change their user and group together, and ends the process if some may
 * and others may not. The sidecar may lie in another user's folder.
 */
void
thread_drop_capabilities(bool makes_files)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct own[2], first[2];
	uint32_t keep = 1u << CAP_SETUID | 1u << CAP_SETGID;

	if (none_left || !vm_calls_allowed() || syscall(SYS_capget, &h, own) != 0)
		return;
	none_left = (own[0].permitted | own[1].permitted) == 0;
	h.pid = getpid();
	if (none_left || syscall(SYS_capget, &h, first) != 0)
		return;
	h.pid = 0;
	if (makes_files)
		keep |= 1u << CAP_DAC_OVERRIDE;
	keep &= own[0].permitted & first[0].permitted;
	if (own[0].permitted == keep && own[1].permitted == 0)
		return;
	own[0] = (struct __user_cap_data_struct){
		.effective = keep & own[0].effective,
		.permitted = keep,
	};
	own[1] = (struct __user_cap_data_struct){0};
	syscall(SYS_capset, &h, own);
}
