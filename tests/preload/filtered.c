/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Works with large blocks before and after it has installed a filter for all its threads that kills
 * for process_vm_readv and process_madvise; where the C library's prctl installs it, also for mincore and for naming memory.
 * filtered prctl|syscall|raw: by which call; raw is past the C library's prctl, as a privileged program
 * may do it.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

/* Lone pieces, which are given back together. */
static int
leave_pieces(void)
{
	enum { PIECES = 16, BYTES = 1 << 20 };
	char *p[PIECES];

	for (int i = 0; i < PIECES; i++) {
		p[i] = malloc(BYTES);
		if (p[i] == NULL)
			return 1;
		memset(p[i], 1, BYTES);
	}
	for (int i = 0; i < PIECES; i += 2)
		free(p[i]);
	return 0;
}

static int
work(int rounds)
{
	if (leave_pieces() != 0)
		return 1;
	for (int i = 0; i < rounds; i++) {
		size_t bytes = 2000000 + 100000 * (size_t)i;
		char *p = calloc(1, bytes);

		if (p == NULL || p[bytes / 2] != 0)
			return 1;
		memset(p, i, bytes);
		free(p);
		usleep(20000);
	}
	return 0;
}

static int
install(const char *how)
{
	bool more = strcmp(how, "prctl") == 0;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_madvise, 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, more ? SYS_mincore : ~0u, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, more ? SYS_prctl : ~0u, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_VMA, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]),
				     .filter = code};

	if (strcmp(how, "raw") != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	/* For this thread alone, or for the clock's as well. */
	return strcmp(how, "prctl") == 0
		       ? prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)
		       : (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				      SECCOMP_FILTER_FLAG_TSYNC, &program);
}

int
main(int argc, char **argv)
{
	if (argc != 2 || work(10) != 0)
		return 1;
	if (install(argv[1]) != 0)
		return 77;
	if (work(20) != 0)
		return 2;
	puts("worked");
	return 0;
}
