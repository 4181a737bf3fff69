/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits that a stop may spoil: sleeps of a while, again and again until standard input ends, of which none may end early;
 * writes and reads that want all or nothing; waits in functions of the C library that have no frame of their own. Says
 * "ready", and at the end what came of them.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define WHILE_MS 300
#define LARGE	 (1 << 20)

static sem_t semaphore;
static pthread_barrier_t barrier;

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void *
await_end(void *how)
{
	char c;

	while (read(0, &c, 1) > 0)
		;
	if (strcmp(how, "semaphore") == 0)
		sem_post(&semaphore);
	if (strcmp(how, "barrier") == 0)
		pthread_barrier_wait(&barrier);
	return NULL;
}

typedef double wide __attribute__((vector_size(32)));

/* By a call of its own, with registers in use that the C library would not keep; 0, or how it came back. */
#if defined(__x86_64__)
__attribute__((target("avx"), noinline)) static long
sleep_wide(const struct timespec *t)
{
	wide v[8];
	long rc = SYS_nanosleep;

	for (int i = 0; i < 8; i++)
		v[i] = (wide){i + 1, i + 2, i + 3, i + 4};
#define KEEP(i) "+x"(v[i])
	__asm__ volatile("syscall"
			 : "+a"(rc), KEEP(0), KEEP(1), KEEP(2), KEEP(3), KEEP(4), KEEP(5),
			   KEEP(6), KEEP(7)
			 : "D"(t), "S"(NULL)
			 : "rcx", "r11", "memory");
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 4; k++)
			rc += v[i][k] != i + k + 1;
	return rc;
}
#endif

/* 0, or how it came back too early. */
static int
sleep_once(const char *how)
{
	struct timespec t = {.tv_nsec = WHILE_MS * 1000000};
	uint32_t word = 0;

	if (strcmp(how, "nanosleep") == 0)
		return nanosleep(&t, NULL);
	if (strcmp(how, "clock") == 0)
		return clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
	if (strcmp(how, "poll") == 0)
		return poll(NULL, 0, WHILE_MS);
#if defined(__x86_64__)
	if (strcmp(how, "wide") == 0 && __builtin_cpu_supports("avx"))
		return (int)sleep_wide(&t);
#endif
	if (strcmp(how, "futex") == 0)
		return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &t, NULL, 0) == -1 &&
				       errno == ETIMEDOUT
			       ? 0
			       : errno;
	return nanosleep(&t, NULL);
}

static int
sleep_on(const char *how)
{
	struct pollfd end = {.fd = 0, .events = POLLIN};
	sigset_t mask;
	int early = 0;

	do {
		int64_t from = now_ns();
		int rc = sleep_once(how);

		if (rc != 0 || now_ns() - from < WHILE_MS * INT64_C(1000000))
			early++;
	} while (poll(&end, 1, 0) == 0);
	sigemptyset(&mask);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	printf("%d ended early, mask %s\n", early,
	       sigismember(&mask, SIGTERM) || sigismember(&mask, SIGUSR1) ? "changed"
									  : "kept");
	return early;
}

/* A child that reads, or writes the rest, once standard input ends. */
static void
start_child(int fd, int other, const char *how)
{
	static char all[LARGE];
	char c;

	if (fork() != 0)
		return;
	close(other);
	while (read(0, &c, 1) > 0)
		;
	if (strcmp(how, "all") == 0)
		(void)!write(fd, "xy", 2);
	else
		while (read(fd, all, sizeof(all)) > 0)
			;
	_exit(0);
}

static ssize_t
move_all(const char *how)
{
	static char bytes[LARGE];
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return -1;
	(void)!write(ends[1], "ab", 2);
	start_child(ends[1], ends[0], how);
	close(ends[1]);
	puts("ready");
	fflush(stdout);
	return strcmp(how, "all") == 0	  ? recv(ends[0], bytes, 4, MSG_WAITALL)
	       : strcmp(how, "send") == 0 ? send(ends[0], bytes, LARGE, 0)
					  : write(ends[0], bytes, LARGE);
}

/* As lists of what is allowed do: what is no call ends the process. */
static int
forbid_what_is_none(void)
{
	struct sock_filter steps[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(steps) / sizeof(steps[0]), steps};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0;
}

/* As deep in the first stack as it has ever been: what is below is not there yet. */
static void
sleep_deep(void)
{
	char line[256];
	unsigned long start = 0;
	FILE *maps = fopen("/proc/self/maps", "r");

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		if (strstr(line, "[stack]") != NULL)
			start = strtoul(line, NULL, 16);
	if (maps != NULL)
		fclose(maps);
	/* What is called is found by the loader now: that needs room as well. */
	sleep_once("nanosleep");
	poll(NULL, 0, now_ns() == 0);
	size_t bytes = (uintptr_t)__builtin_frame_address(0) - (start - 8192 + 1200);
	volatile char *deep = __builtin_alloca(bytes);

	for (size_t k = bytes; k > 0; k -= k < 4096 ? k : 4096)
		deep[k - 1] = 1;
	deep[0] = 1;
	sleep_on("nanosleep");
}

static void *
receive(void *unused)
{
	struct timeval limit = {.tv_sec = 600};
	static int ends[2];
	char c;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return unused;
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	ssize_t n = recv(ends[0], &c, 1, 0);
	printf("received %zd, %s\n", n, strerror(errno));
	exit(3);
}

int
main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "nanosleep";
	char command[64];
	pthread_t t;

	if (strcmp(how, "write") == 0 || strcmp(how, "send") == 0 ||
	    strcmp(how, "all") == 0) {
		ssize_t n = move_all(how);

		printf("moved %zd of %d\n", n, strcmp(how, "all") == 0 ? 4 : LARGE);
		return 7;
	}
	sem_init(&semaphore, 0, 0);
	pthread_barrier_init(&barrier, NULL, 2);
	if (strcmp(how, "system") == 0) {
		puts("ready");
		fflush(stdout);
		snprintf(command, sizeof(command), "cat >/dev/null; exit 4");
		printf("system %x\n", (unsigned)system(command));
		return 7;
	}
	if (strcmp(how, "filtered") == 0 && forbid_what_is_none() != 0)
		return 2;
	if (strcmp(how, "limit") == 0)
		pthread_create(&t, NULL, receive, NULL);
	if (strcmp(how, "semaphore") == 0 || strcmp(how, "barrier") == 0 ||
	    strcmp(how, "join") == 0)
		pthread_create(&t, NULL, await_end, (void *)how);
	puts("ready");
	fflush(stdout);
	if (strcmp(how, "semaphore") == 0)
		printf("waited %d\n", sem_wait(&semaphore));
	else if (strcmp(how, "barrier") == 0)
		printf("waited %d\n", pthread_barrier_wait(&barrier) > 0);
	else if (strcmp(how, "join") == 0)
		printf("waited %d\n", pthread_join(t, NULL));
	else if (strcmp(how, "deep") == 0)
		sleep_deep();
	else
		sleep_on(how);
	return 7;
}
