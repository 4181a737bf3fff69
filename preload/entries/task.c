/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes a process: the clock is one task, and a limit may leave room for exactly what the host needs. So
 * a refusal lets it end, and the call is made once more; it stays away for some time then (timer_life.c). A host
 * whose fork is refused has run the handlers of pthread_atfork before and after it: they run again. vfork.c has
 * the one whose child is on its parent's stack.
 */
#include "preload/entries/task.h"

#include <errno.h>
#include <sched.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "preload/clock/timer.h"
#include "preload/entries/aside.h"
#include "preload/ground/gate.h"
#include "preload/ground/symbol_next.h"

bool
task_made_room(int error)
{
	return error == EAGAIN && gate_depth == 0 && timer_give_task();
}

#define EXPORT __attribute__((visibility("default")))

typedef pid_t fork_function(void);
typedef int clone_function(int (*run)(void *), void *stack, int flags, void *with, ...);
typedef int spawn_function(pid_t *pid, const char *path,
			   const posix_spawn_file_actions_t *actions,
			   const posix_spawnattr_t *attributes, char *const argv[],
			   char *const envp[]);
typedef int system_function(const char *command);
typedef FILE *popen_function(const char *command, const char *how);

static void *_Atomic real_fork, *_Atomic real_clone, *_Atomic real_spawn,
	*_Atomic real_spawnp;
static void *_Atomic real_system, *_Atomic real_popen;

void
task_init(void)
{
	symbol_kept(&real_fork, "fork");
	symbol_kept(&real_clone, "clone");
	symbol_kept(&real_spawn, "posix_spawn");
	symbol_kept(&real_spawnp, "posix_spawnp");
	symbol_kept(&real_system, "system");
	symbol_kept(&real_popen, "popen");
}

/* A child returns through it: near what runs first there, that is no page fault more. */
__attribute__((hot)) EXPORT pid_t
fork(void)
{
	int saved_errno = errno;
	fork_function *to = (fork_function *)symbol_kept(&real_fork, "fork");
	pid_t rc = to();

	if (rc == -1 && task_made_room(errno)) {
		rc = to();
		if (rc != -1)
			errno = saved_errno;
	}
	return rc;
}

/* A child without its parent's memory runs no handlers of fork: the next allocator's locks have to be free. */
EXPORT int
clone(int (*run)(void *), void *stack, int flags, void *with, ...)
{
	int saved_errno = errno;
	clone_function *to = (clone_function *)symbol_kept(&real_clone, "clone");
	va_list more;

	va_start(more, with);
	void *parent = va_arg(more, void *), *tls = va_arg(more, void *);
	void *child = va_arg(more, void *);
	va_end(more);
	if ((flags & CLONE_VM) == 0)
		aside_wait();
	int rc = to(run, stack, flags, with, parent, tls, child);
	if (rc == -1 && task_made_room(errno)) {
		rc = to(run, stack, flags, with, parent, tls, child);
		if (rc != -1)
			errno = saved_errno;
	}
	return rc;
}

EXPORT int
posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
	    const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	spawn_function *to = (spawn_function *)symbol_kept(&real_spawn, "posix_spawn");
	int rc = to(pid, path, actions, attributes, argv, envp);

	return task_made_room(rc) ? to(pid, path, actions, attributes, argv, envp) : rc;
}

EXPORT int
posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
	     const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	spawn_function *to = (spawn_function *)symbol_kept(&real_spawnp, "posix_spawnp");
	int rc = to(pid, file, actions, attributes, argv, envp);

	return task_made_room(rc) ? to(pid, file, actions, attributes, argv, envp) : rc;
}

/* Without a child it says -1, or what a shell that could not be started would say; and sets errno. */
EXPORT int
system(const char *command)
{
	int saved_errno = errno;
	system_function *to = (system_function *)symbol_kept(&real_system, "system");

	errno = 0;
	int rc = to(command);
	if (command != NULL && (rc == -1 || WEXITSTATUS(rc) == 127) &&
	    task_made_room(errno)) {
		errno = 0;
		rc = to(command);
	}
	if (errno == 0)
		errno = saved_errno;
	return rc;
}

EXPORT FILE *
popen(const char *command, const char *how)
{
	int saved_errno = errno;
	popen_function *to = (popen_function *)symbol_kept(&real_popen, "popen");
	FILE *f = to(command, how);

	/* The C library has its own word for it. */
	if (f == NULL && task_made_room(errno == ENOMEM ? EAGAIN : errno)) {
		f = to(command, how);
		if (f != NULL)
			errno = saved_errno;
	}
	return f;
}
