/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of one thread, or one that has two for a while: alone NAME. It uses large blocks, then does what
 * only a process of one thread may do, and says how that went, or how many threads it has. 77: not possible
 * here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

static void
work(void)
{
	for (size_t i = 0; i < 60; i++) {
		char *volatile p = malloc((i % 30 + 1) * MB);

		if (p == NULL)
			exit(1);
		memset(p, 1, (i % 30 + 1) * MB);
		free(p);
		usleep(1000);
	}
}

static unsigned
threads(void)
{
	struct stat st;

	return stat("/proc/self/task", &st) == 0 ? (unsigned)st.st_nlink - 2 : 0;
}

static void
say(const char *what, int rc)
{
	printf("%s %s\n", what, rc == 0 ? "done" : strerror(errno));
	fflush(stdout);
}

static void *
nothing(void *p)
{
	return p;
}

static void
make_one_more(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, nothing, NULL) != 0 || pthread_join(t, NULL) != 0)
		exit(77);
}

static void *
errand(void *unused)
{
	char *volatile p = malloc(3 * MB / 2);

	if (p != NULL)
		memset(p, 1, 3 * MB / 2);
	free(p);
	return unused;
}

/* A thread for each task, one after another. */
static void
errands(void)
{
	for (int i = 0; i < 400; i++) {
		pthread_t t;

		if (pthread_create(&t, NULL, errand, NULL) != 0 ||
		    pthread_join(t, NULL) != 0)
			exit(77);
	}
}

static void
spaces(void)
{
	int fd = open("/proc/self/ns/mnt", O_RDONLY);

	work();
	say("setns", setns(fd, 0));
	say("unshare", unshare(CLONE_NEWUSER));
}

/* Namespaces entered one after another wait for nobody: a wait is a switch to another task. */
static void
waits(void)
{
	struct rusage begin, end;

	getrusage(RUSAGE_SELF, &begin);
	for (int i = 0; i < 50; i++)
		if (unshare(CLONE_NEWUTS) != 0)
			exit(77);
	getrusage(RUSAGE_SELF, &end);
	long n = end.ru_nvcsw - begin.ru_nvcsw;
	printf("waits %s\n", n < 100 ? "few" : "many");
}

/* And that though it cannot see its threads. */
static void
unseen(void)
{
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    umount2("/proc", MNT_DETACH) != 0)
		exit(77);
	work();
	waits();
	for (int i = 0; i < 300; i++) {
		make_one_more();
		if (unshare(CLONE_THREAD) != 0) /* what a user namespace wants as well */
			say("unshare", -1);
	}
	work();
	waits();
}

/* All of it by calls that concern the calling thread alone. */
static void
privileges(void)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	work();
	say("setresuid", (int)syscall(SYS_setresuid, 65534, 65534, 65534));
	say("capset", (int)syscall(SYS_capset, &h, none));
	say("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	work();
}

static void
children(void)
{
	make_one_more();
	work();
	pid_t child = fork();
	if (child == 0) {
		work();
		printf("child %u\n", threads());
		fflush(stdout);
		say("unshare", unshare(CLONE_NEWUSER));
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

/* Threads that have come and gone are no company. */
static void
joined(void)
{
	work();
	make_one_more();
	work();
}

static void *
wait_for(void *word)
{
	while (__atomic_load_n((int *)word, __ATOMIC_ACQUIRE) == 0)
		usleep(10000);
	return NULL;
}

/* The clock goes when the last of the others has gone, though there is work all the time. */
static void
company(void)
{
	static int word;
	pthread_t t;

	if (pthread_create(&t, NULL, wait_for, &word) != 0)
		exit(77);
	work();
	printf("with %u\n", threads());
	__atomic_store_n(&word, 1, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	for (int i = 0; i < 600 && threads() > 1; i++) {
		char *p = malloc((size_t)3 << 20);

		if (p != NULL)
			*(volatile char *)p = 1;
		free(p);
		usleep(20000);
	}
	work();
}

static size_t
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	size_t pages;

	if (f == NULL || fscanf(f, "%*u %zu", &pages) != 1)
		exit(77);
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static size_t before; /* at the start */

/* Blocks of all sizes, 400 MB; then silence. Nothing is waited for, but that a clock ends. */
static void
blocks_freed(void (*before_free)(void))
{
	enum { N = 800 };
	static char *blocks[N];

	for (size_t i = 0; i < N; i++) {
		size_t size = i < N - 1 ? 130000 + i * 7919 % 64 * 12000 : 64 * MB;

		blocks[i] = malloc(size);
		memset(blocks[i], 1, size);
	}
	if (before_free != NULL)
		before_free();
	for (size_t i = 0; i < N; i++)
		free(blocks[i * 97 % N]);
	for (int i = 0; i < 3000 && threads() > 1; i++)
		usleep(20000);
	printf("kept %zu\n", resident() - before);
}

static void
burst(void)
{
	blocks_freed(NULL);
}

static void *
work_of_a_thread(void *p)
{
	work();
	return p;
}

/* Nobody joins it. What fork makes is of one thread; what CPython counts after a fork is the parent. */
static void
detached(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, work_of_a_thread, NULL) != 0 ||
	    pthread_detach(t) != 0)
		exit(77);
	work();
	for (int i = 0; i < 600 && threads() > 2; i++)
		usleep(20000);
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	printf("after fork %u\n", threads());
	waitpid(child, NULL, 0);
}

static pthread_barrier_t all_filtered;

/* A filter of this thread's own, that refuses to change users. */
static void *
refuse_users(void *p)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setresuid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog program = {sizeof(rules) / sizeof(rules[0]), rules};

	work();
	if (syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		exit(77);
	pthread_barrier_wait(&all_filtered);
	if (p != NULL)
		pause();
	return NULL;
}

/* The C library ends a process of whose threads some may change their user and others may not. */
static void
filtered_threads(void)
{
	pthread_t t;

	pthread_barrier_init(&all_filtered, NULL, 2);
	if (pthread_create(&t, NULL, refuse_users, &all_filtered) != 0)
		exit(77);
	refuse_users(NULL);
	say("setresuid", setresuid(65534, 65534, 65534));
	printf("as %u\n", (unsigned)geteuid());
	fflush(stdout);
	_exit(0);
}

static int end;
static pthread_t other;

static void
join_other(void)
{
	__atomic_store_n(&end, 1, __ATOMIC_RELEASE);
	pthread_join(other, NULL);
}

/* The clock is there while they are freed, and has the last word on what is kept. */
static void
left(void)
{
	if (pthread_create(&other, NULL, wait_for, &end) != 0)
		exit(77);
	work();
	printf("with %u\n", threads());
	blocks_freed(join_other);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} scenarios[] = {{"work", work},
			 {"errands", errands},
			 {"spaces", spaces},
			 {"unseen", unseen},
			 {"burst", burst},
			 {"left", left},
			 {"privileges", privileges},
			 {"joined", joined},
			 {"company", company},
			 {"children", children},
			 {"detached", detached},
			 {"filtered", filtered_threads}};

	for (size_t i = 0; argc > 1 && i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		if (strcmp(argv[1], scenarios[i].name) == 0) {
			before = resident();
			scenarios[i].run();
			printf("threads %u\n", threads());
			return 0;
		}
	fprintf(stderr, "alone: which one?\n");
	return 2;
}
