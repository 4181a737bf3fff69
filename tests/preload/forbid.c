/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter of system calls for this process and all that it starts. For without.c, which starts a
 * command under one, and for refuse.c, which puts one on whatever the shim is loaded into.
 */
#include "tests/preload/forbid.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

#define ANY -1

/* Forbidden with this third argument (a protection) and with an argument that, masked, has value. */
struct call {
	const char *name;
	long number;
	int third;
	unsigned argument, mask, value;
};

static const struct call calls[] = {
	{"madvise", SYS_madvise, ANY, 0, 0, 0},
	{"mremap", SYS_mremap, ANY, 0, 0, 0},
	{"ptrace", SYS_ptrace, ANY, 0, 0, 0},
	{"munmap", SYS_munmap, ANY, 0, 0, 0},
	{"mincore", SYS_mincore, ANY, 0, 0, 0},
	{"membarrier", SYS_membarrier, ANY, 0, 0, 0},
	{"close_range", SYS_close_range, ANY, 0, 0, 0},
	{"process_vm_readv", SYS_process_vm_readv, ANY, 0, 0, 0},
	{"pidfd_open", SYS_pidfd_open, ANY, 0, 0, 0},
	{"process_madvise", SYS_process_madvise, ANY, 0, 0, 0},
	{"pwrite64", SYS_pwrite64, ANY, 0, 0, 0},
	{"fallocate", SYS_fallocate, ANY, 0, 0, 0},
	{"ftruncate", SYS_ftruncate, ANY, 0, 0, 0},
	{"mkdirat", SYS_mkdirat, ANY, 0, 0, 0},
	{"unlinkat", SYS_unlinkat, ANY, 0, 0, 0},
#ifdef SYS_mkdir
	{"mkdir", SYS_mkdir, ANY, 0, 0, 0},
	{"unlink", SYS_unlink, ANY, 0, 0, 0},
#endif
	{"prctl", SYS_prctl, ANY, 0, 0, 0},
	{"clone", SYS_clone, ANY, 0, 0, 0},
	{"clone3", SYS_clone3, ANY, 0, 0, 0},
	/* Address space, the pool's tables, the sidecar's file. */
	{"mmap-reserve", SYS_mmap, PROT_NONE, 3, ~0u, ANONYMOUS},
	{"mmap-reset", SYS_mmap, PROT_NONE, 3, ~0u, ANONYMOUS | MAP_FIXED},
	{"mmap-tables", SYS_mmap, PROT_READ | PROT_WRITE, 3, ~0u, ANONYMOUS},
	{"open-create", SYS_openat, ANY, 2, O_CREAT, O_CREAT},
	{"open-nameless", SYS_openat, ANY, 2, O_TMPFILE, O_TMPFILE},
	{"linkat", SYS_linkat, ANY, 0, 0, 0},
	/* Names of mappings alone; what a page is asked for by; where memory is taken from. */
	{"prctl-names", SYS_prctl, ANY, 0, ~0u, 0x53564d41},
	{"sigprocmask-probe", SYS_rt_sigprocmask, ANY, 0, ~0u, ~0u},
	{"mbind", SYS_mbind, ANY, 0, 0, 0},
	{"get_mempolicy", SYS_get_mempolicy, ANY, 0, 0, 0},
	{"getrandom", SYS_getrandom, ANY, 0, 0, 0},
	{"memfd_create", SYS_memfd_create, ANY, 0, 0, 0},
	{"readlinkat", SYS_readlinkat, ANY, 0, 0, 0},
#ifdef SYS_readlink
	{"readlink", SYS_readlink, ANY, 0, 0, 0},
#endif
};

static const struct call *
call_of(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strlen(calls[i].name) == len && memcmp(calls[i].name, name, len) == 0)
			return &calls[i];
	return NULL;
}

static int
install(const struct call *call, unsigned action)
{
	unsigned low = (unsigned)offsetof(struct seccomp_data, args[call->argument]);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call->number, 0, 6),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call->third, 0,
			 call->third == ANY ? 0 : 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, call->mask),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call->value, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]),
				     .filter = code};

	/* By the number: the shim watches the C library's prctl. */
	return (int)syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0,
			    0);
}

int
forbid(const char *names, int error)
{
	while (*names != '\0') {
		bool kill = *names == '!';
		names += kill;
		size_t len = strcspn(names, ",");
		const struct call *call = call_of(names, len);

		if (call == NULL)
			return -EINVAL;
		if (install(call, kill ? SECCOMP_RET_KILL_PROCESS
				       : SECCOMP_RET_ERRNO | (unsigned)error) != 0)
			return -errno;
		names += len + (names[len] == ',');
	}
	return 0;
}
