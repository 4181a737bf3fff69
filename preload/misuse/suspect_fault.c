/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handler of SIGSEGV, installed only under the options guard and quarantine. It says what it
 * knows of the address and hands the fault on: to the handler that the host had before, or to the
 * kernel's default, so that the host ends as it would have. It takes no lock and changes nothing.
 */
#include "preload/misuse/suspect_fault.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "pool/region.h"
#include "preload/ground/say.h"
#include "preload/misuse/misuse.h"

/* A host that survives its faults does not want a line for each of thousands. */
#define LINES_MAX 16

static struct sigaction before;
static _Atomic bool watching;
static _Atomic unsigned n_lines;

static const char *
kind_of_access(const void *context)
{
#if defined(__x86_64__)
	const ucontext_t *u = context;

	return u->uc_mcontext.gregs[REG_ERR] & 2 ? "write to " : "read of ";
#else
	(void)context;
	return "access to ";
#endif
}

/* As the kernel would have called it, with its own mask already blocked (see below). */
static void
hand_on(int number, siginfo_t *info, void *context)
{
	if (before.sa_flags & SA_SIGINFO) {
		before.sa_sigaction(number, info, context);
		return;
	}
	if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
		before.sa_handler(number);
		return;
	}
	/* The access is made again, and ends the host. A signal that was sent is sent again. */
	sigaction(number, &before, NULL);
	if (info->si_code <= 0)
		syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), number);
}

static void
on_fault(int number, siginfo_t *info, void *context)
{
	int saved_errno = errno;

	if (info->si_code > 0 && weir_region_has(info->si_addr) &&
	    atomic_fetch_add(&n_lines, 1) < LINES_MAX) {
		struct line l;

		line_begin(&l);
		line_text(&l, kind_of_access(context));
		misuse_describe_fault(&l, info->si_addr);
		line_end(&l);
	}
	errno = saved_errno;
	hand_on(number, info, context);
}

void
suspect_fault_watch(void)
{
	struct sigaction ours = {.sa_sigaction = on_fault};
	bool no = false;

	if (!atomic_compare_exchange_strong(&watching, &no, true))
		return;
	if (sigaction(SIGSEGV, NULL, &before) != 0)
		return;
	bool has_handler = before.sa_flags & SA_SIGINFO ||
			   (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN);
	/* The host's handler finds the stack and the mask that it asked for. */
	ours.sa_flags = SA_SIGINFO | (has_handler ? before.sa_flags : SA_ONSTACK);
	ours.sa_mask = before.sa_mask;
	sigaction(SIGSEGV, &ours, NULL);
}
