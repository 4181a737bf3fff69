/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fork, exec, wait. Called by `weir run --summary` only: without a summary the program simply
 * takes this process's place. Must not change what the child sees of signals or descriptors.
 */
#include "tools/host/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/read/proc.h"
#include "tools/text/monotonic.h"

static volatile sig_atomic_t child;

static void
pass_on(int sig)
{
	int saved_errno = errno;

	if (child > 0)
		kill((pid_t)child, sig);
	errno = saved_errno;
}

struct handlers {
	struct sigaction interrupt, quit, term, hangup;
	sigset_t mask;
};

/* A signal that this process was told to ignore (nohup) stays ignored. */
static void
divert(int sig, void (*handler)(int), struct sigaction *old)
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};

	sigaction(sig, NULL, old);
	if (old->sa_handler != SIG_IGN)
		sigaction(sig, &sa, NULL);
}

static void
restore(const struct handlers *h)
{
	sigaction(SIGINT, &h->interrupt, NULL);
	sigaction(SIGQUIT, &h->quit, NULL);
	sigaction(SIGTERM, &h->term, NULL);
	sigaction(SIGHUP, &h->hangup, NULL);
	sigprocmask(SIG_SETMASK, &h->mask, NULL);
}

static void
start(char **argv, const struct handlers *h, int report)
{
	ssize_t written;
	int error;

	restore(h);
	execvp(argv[0], argv);
	error = errno;
	do
		written = write(report, &error, sizeof(error));
	while (written < 0 && errno == EINTR);
	_exit(127);
}

int
guest_run(struct guest *g, char **argv)
{
	struct proc_stat st;
	struct handlers h;
	sigset_t all;
	int report[2], status;

	memset(g, 0, sizeof(*g));
	if (pipe2(report, O_CLOEXEC) != 0)
		return -errno;
	/* Blocked until the handlers know the child: none is lost, none goes astray. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &h.mask);
	divert(SIGINT, SIG_IGN, &h.interrupt);
	divert(SIGQUIT, SIG_IGN, &h.quit);
	divert(SIGTERM, pass_on, &h.term);
	divert(SIGHUP, pass_on, &h.hangup);
	fflush(NULL);
	uint64_t began = (uint64_t)monotonic_ns();

	g->pid = fork();
	if (g->pid == 0)
		start(argv, &h, report[1]);
	child = g->pid;
	close(report[1]);
	if (g->pid < 0) {
		int error = errno;

		close(report[0]);
		restore(&h);
		return -error;
	}
	if (proc_stat(g->pid, &st) == 0)
		g->start_ticks = st.start_ticks;
	sigprocmask(SIG_SETMASK, &h.mask, NULL);
	if (read(report[0], &g->exec_error, sizeof(g->exec_error)) !=
	    sizeof(g->exec_error))
		g->exec_error = 0;
	close(report[0]);
	while (wait4(g->pid, &status, 0, &g->usage) < 0 && errno == EINTR)
		;
	g->elapsed_ns = (uint64_t)monotonic_ns() - began;
	child = 0;
	restore(&h);
	g->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	g->status = g->signal != 0 ? 128 + g->signal : WEXITSTATUS(status);
	return 0;
}
