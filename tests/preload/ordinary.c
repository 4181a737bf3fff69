/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the clock's thread is like in a host of two threads: ordinary NAME. The large blocks come from a
 * thread that is not like others; then it says how many threads there are, and of weir's, how it is
 * scheduled and what it may do. 77: not possible here.
 */
#include <dirent.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

#ifdef TLS_BYTES
static __thread volatile char much[TLS_BYTES];
#else
static __thread volatile char much[1];
#endif

static void
use_blocks(void)
{
	for (int i = 0; i < 4; i++) {
		char *volatile p = malloc(20 * MB);

		if (p == NULL)
			exit(1);
		memset(p, 1, 20 * MB);
		free(p);
	}
}

static void
bound_to_one(int policy, int priority)
{
	struct sched_param p = {.sched_priority = priority};
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	/* Of the calling thread only. */
	if (syscall(SYS_sched_setscheduler, 0, policy, &p) != 0 ||
	    sched_setaffinity(0, sizeof(one), &one) != 0)
		exit(77);
}

static void *
urgent(void *p)
{
	bound_to_one(SCHED_FIFO, 40);
	use_blocks();
	return p;
}

static void *
lazy(void *p)
{
	setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 15);
	bound_to_one(SCHED_IDLE, 0);
	prctl(PR_SET_TIMERSLACK, 100000000);
	use_blocks();
	return p;
}

static void *
usual(void *p)
{
	much[0] = 1;
	use_blocks();
	return p;
}

static bool
is_clock(pid_t tid)
{
	char path[64], name[32] = "";

	snprintf(path, sizeof(path), "/proc/self/task/%d/comm", tid);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return false;
	bool is = fgets(name, sizeof(name), f) != NULL &&
		  strncmp(name, "weir-timer", 10) == 0;
	fclose(f);
	return is;
}

static pid_t
clocks_tid(void)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	pid_t tid = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (is_clock(atoi(e->d_name)))
			tid = atoi(e->d_name);
	if (d != NULL)
		closedir(d);
	return tid;
}

static void
describe(pid_t tid)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3,
					     .pid = tid};
	struct __user_cap_data_struct may[2] = {{0}};
	struct sched_param p = {0};
	cpu_set_t all, its;

	sched_getaffinity(0, sizeof(all), &all);
	sched_getaffinity(tid, sizeof(its), &its);
	sched_getparam(tid, &p);
	syscall(SYS_capget, &h, may);
	uint32_t users = 1u << CAP_SETUID | 1u << CAP_SETGID;
	uint32_t files = 1u << CAP_DAC_OVERRIDE;
	printf("policy %d priority %d nice %d\n", sched_getscheduler(tid),
	       p.sched_priority, getpriority(PRIO_PROCESS, (id_t)tid));
	printf("processors %s\n", CPU_EQUAL(&all, &its) ? "all" : "some");
	printf("may %s\n", may[1].permitted != 0 || may[0].permitted & ~(users | files)
				   ? "much"
			   : may[0].permitted & files ? "open files"
						      : "little");
}

static pid_t
await_clock(void)
{
	pid_t tid = 0;

	for (int i = 0; i < 200 && tid == 0; i++) {
		usleep(10000);
		tid = clocks_tid();
	}
	return tid;
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "usual";
	pthread_t t;

	if (pthread_create(&t, NULL,
			   strcmp(name, "urgent") == 0 ? urgent
			   : strcmp(name, "lazy") == 0 ? lazy
						       : usual,
			   NULL) != 0)
		exit(77);
	pid_t tid = await_clock();
	if (tid == 0) {
		puts("no clock");
		return 0;
	}
	usleep(500000);
	pthread_join(t, NULL);
	describe(tid);
	/* The C library has all threads change; it ends the process where some may not. */
	if (strcmp(name, "drops") == 0)
		printf("setuid %d\n", setgid(65534) != 0 || setuid(65534) != 0);
	return 0;
}
