/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that installs a filter of system calls once it runs, and asks for large blocks for each line of its input:
 *   docker  as Docker's default profile is made: what is on a list is made, clone only without new namespaces, all
 *           else fails with EPERM
 *   strict  the same list, and all else ends the process
 *   refuse  openat fails
 *   kill    openat ends the process
 *   trap    mmap of code sends a signal, for which there is a handler
 *   two     the one that refuses mremap, then the one that kills: all of a thread's filters count
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#else
#define MACHINE AUDIT_ARCH_AARCH64
#endif
#define NAMESPACES 0x7e020000u

#define VERDICT(v)    BPF_STMT(BPF_RET | BPF_K, (v))
#define WORD(at)      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
#define IS(number, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, (n))
#define ARGUMENT(n)   ((uint32_t)(offsetof(struct seccomp_data, args) + 8 * (n)))

static const uint32_t allowed[] = {
	SYS_read,
	SYS_write,
	SYS_close,
	436 /* close_range */,
	SYS_fstat,
	SYS_lseek,
	SYS_mmap,
	SYS_mprotect,
	SYS_munmap,
	SYS_brk,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_pread64,
	SYS_pwrite64,
	SYS_madvise,
	SYS_mincore,
	SYS_getpid,
	SYS_exit,
	SYS_exit_group,
	SYS_fcntl,
	SYS_ftruncate,
	SYS_getuid,
	SYS_geteuid,
	SYS_getppid,
	SYS_prctl,
	SYS_gettid,
	SYS_futex,
	SYS_sched_getaffinity,
	SYS_set_robust_list,
	SYS_getdents64,
	SYS_clock_gettime,
	SYS_nanosleep,
	SYS_clock_nanosleep,
	SYS_openat,
	SYS_newfstatat,
	SYS_mkdirat,
	SYS_unlinkat,
	SYS_linkat,
	SYS_readlinkat,
	SYS_faccessat,
	SYS_fallocate,
	SYS_prlimit64,
	SYS_sched_setscheduler,
	SYS_rseq,
	SYS_sched_yield,
	SYS_mremap,
	SYS_getrusage,
	SYS_membarrier,
};

static void
install(const struct sock_filter *f, size_t n)
{
	struct sock_fprog program = {(unsigned short)n,
				     (struct sock_filter *)(uintptr_t)f};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
		perror("a filter");
		exit(77);
	}
}

static void
listed_only(uint32_t others)
{
	const size_t n_allowed = sizeof(allowed) / sizeof(allowed[0]);
	struct sock_filter f[256];
	size_t n = 0;

#define ADD(...) (f[n++] = (struct sock_filter)__VA_ARGS__)
	ADD(WORD(offsetof(struct seccomp_data, arch)));
	ADD(IS(MACHINE, 1));
	ADD(BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0));
	ADD(VERDICT(SECCOMP_RET_KILL_PROCESS));
	ADD(WORD(offsetof(struct seccomp_data, nr)));
	for (size_t i = 0; i < n_allowed; i++) {
		ADD(IS(allowed[i], 1));
		ADD(VERDICT(SECCOMP_RET_ALLOW));
	}
	ADD(IS(435 /* clone3 */, 1));
	ADD(VERDICT(SECCOMP_RET_ERRNO | ENOSYS));
	/* Of any kind, where what is not allowed ends it. */
	if (others == SECCOMP_RET_KILL_PROCESS) {
		ADD(IS(SYS_clone, 1));
		ADD(VERDICT(SECCOMP_RET_ALLOW));
	}
	ADD(IS(SYS_clone, 3));
	ADD(WORD(ARGUMENT(0)));
	ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 1, 0));
	ADD(VERDICT(SECCOMP_RET_ALLOW));
	ADD(VERDICT(others));
#undef ADD
	install(f, n);
}

static void
one_call(uint32_t number, uint32_t verdict)
{
	const struct sock_filter f[] = {
		WORD(offsetof(struct seccomp_data, nr)),
		IS(number, 1),
		VERDICT(verdict),
		VERDICT(SECCOMP_RET_ALLOW),
	};

	install(f, sizeof(f) / sizeof(f[0]));
}

static void
code_traps(void)
{
	const struct sock_filter f[] = {
		WORD(offsetof(struct seccomp_data, nr)),
		IS(SYS_mmap, 3),
		WORD(ARGUMENT(2)),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
		VERDICT(SECCOMP_RET_TRAP),
		VERDICT(SECCOMP_RET_ALLOW),
	};

	install(f, sizeof(f) / sizeof(f[0]));
}

__attribute__((noinline)) static void
leak_here(void)
{
	memset(malloc(300000), 1, 300000);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char line[64];

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 2;
	if (strcmp(what, "docker") == 0)
		listed_only(SECCOMP_RET_ERRNO | EPERM);
	if (strcmp(what, "strict") == 0)
		listed_only(SECCOMP_RET_KILL_PROCESS);
	if (strcmp(what, "refuse") == 0)
		one_call(SYS_openat, SECCOMP_RET_ERRNO | EPERM);
	if (strcmp(what, "two") == 0)
		one_call(SYS_mremap, SECCOMP_RET_ERRNO | EPERM);
	if (strcmp(what, "kill") == 0 || strcmp(what, "two") == 0)
		one_call(SYS_openat, SECCOMP_RET_KILL_PROCESS);
	if (strcmp(what, "trap") == 0)
		code_traps();
	puts("ready");
	while (fgets(line, sizeof(line), stdin) != NULL) {
		leak_here();
		printf("done %s", line);
	}
	return 7;
}
