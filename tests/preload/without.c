/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command to which some system calls are forbidden: they fail with EPERM, as in a
 * sandbox. without NAME[,NAME...] COMMAND [ARG...]
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static const struct {
	const char *name;
	long number;
} calls[] = {
	{"madvise", SYS_madvise},	  {"mremap", SYS_mremap},
	{"mincore", SYS_mincore},	  {"membarrier", SYS_membarrier},
	{"close_range", SYS_close_range}, {"process_vm_writev", SYS_process_vm_writev},
	{"fallocate", SYS_fallocate},	  {"clone", SYS_clone},
	{"clone3", SYS_clone3},
};

static long
number_of(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strlen(calls[i].name) == len && memcmp(calls[i].name, name, len) == 0)
			return calls[i].number;
	return -1;
}

static int
forbid(long number)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]),
				     .filter = code};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int
main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: without NAME[,NAME...] COMMAND [ARG...]\n");
		return 2;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		perror("without: no_new_privs");
		return 77;
	}
	for (const char *name = argv[1]; *name != '\0';) {
		size_t len = strcspn(name, ",");
		long number = number_of(name, len);

		if (number < 0) {
			fprintf(stderr, "without: unknown call in \"%s\"\n", name);
			return 2;
		}
		if (forbid(number) != 0) {
			perror("without: seccomp");
			return 77;
		}
		name += len + (name[len] == ',');
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
