/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in one kind of wait while weir attaches, and says whether it came back as it should: what it returned,
 * not too early, with errno, vector registers and the mask of signals as before.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ends[2];
static struct shared {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	volatile int told;
} * shared;
#define told  shared->told
#define mutex shared->mutex
#define cond  shared->cond

static char path[64];

/* What the one locks, which the other waits for; opened twice, for a lock is of the opening. */
static int
open_ours(void)
{
	return open(path, O_RDWR | O_CREAT, 0600);
}

static int
lock_part(int fd, int command)
{
	struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, command, &all);
}

static struct sockaddr_un name = {.sun_family = AF_UNIX};

/* A socket with room for one connection, which is taken. */
static int
listen_full(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int one = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "weir-waits-%d",
		 (int)getpid());
	if (bind(fd, (struct sockaddr *)&name, sizeof(name)) != 0 || listen(fd, 0) != 0 ||
	    connect(one, (struct sockaddr *)&name, sizeof(name)) != 0)
		return -1;
	return fd;
}

/* Another process, so that this one has one thread: lets go what waits, once it is told by standard input. */
static void
start_other(const char *what)
{
	pthread_mutexattr_t m;
	pthread_condattr_t c;
	int fd = -1, listener = listen_full();
	char one;

	snprintf(path, sizeof(path), "/tmp/weir-waits-%d", (int)getpid());
	if (strcmp(what, "fifo") == 0)
		mkfifo(path, 0600);

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&m);
	pthread_mutexattr_setpshared(&m, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&mutex, &m);
	pthread_condattr_init(&c);
	pthread_condattr_setpshared(&c, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&cond, &c);
	if (fork() != 0) {
		(void)!read(ends[0], &one, 1);
		return;
	}
	if (strcmp(what, "fifo") != 0) {
		fd = open_ours();
		flock(fd, LOCK_EX);
		lock_part(fd, F_SETLK);
	}
	(void)!write(ends[1], "x", 1);
	if (read(0, &one, 1) == 1) {
		told = 1;
		close(fd);
		if (strcmp(what, "fifo") == 0)
			fd = open(path, O_WRONLY);
		if (strcmp(what, "connect") == 0)
			accept(listener, NULL, NULL);
		pthread_mutex_lock(&mutex);
		pthread_cond_signal(&cond);
		pthread_mutex_unlock(&mutex);
		(void)!write(ends[1], "x", 1);
	}
	_exit(0);
}

static int
wait_for(const char *what)
{
	struct epoll_event e = {.events = EPOLLIN};
	struct pollfd p = {.fd = ends[0], .events = POLLIN};
	struct timespec late;
	int loop = epoll_create1(0);
	fd_set set;
	char c;

	if (strcmp(what, "flock") == 0)
		return flock(open_ours(), LOCK_EX) + 1;
	if (strcmp(what, "fcntl") == 0)
		return lock_part(open_ours(), F_SETLKW) + 1;
	if (strcmp(what, "ofd") == 0)
		return lock_part(open_ours(), F_OFD_SETLKW) + 1;
	if (strcmp(what, "fifo") == 0)
		return open(path, O_RDONLY) >= 0;
	if (strcmp(what, "connect") == 0)
		return connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name,
			       sizeof(name)) +
		       1;
	clock_gettime(CLOCK_REALTIME, &late);
	late.tv_sec += 600;
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	epoll_ctl(loop, EPOLL_CTL_ADD, ends[0], &e);
	if (strcmp(what, "read") == 0)
		return (int)read(ends[0], &c, 1);
	if (strcmp(what, "recv") == 0)
		return (int)recv(ends[0], &c, 1, 0);
	if (strcmp(what, "epoll") == 0)
		return epoll_wait(loop, &e, 1, -1);
	if (strcmp(what, "poll") == 0)
		return poll(&p, 1, -1);
	if (strcmp(what, "select") == 0)
		return select(ends[0] + 1, &set, NULL, NULL, NULL);
	pthread_mutex_lock(&mutex);
	while (!told)
		if ((strcmp(what, "condition") == 0
			     ? pthread_cond_wait(&cond, &mutex)
			     : pthread_cond_timedwait(&cond, &mutex, &late)) != 0)
			return -1;
	pthread_mutex_unlock(&mutex);
	return 1;
}

/* In a loop of its own, with all registers in use; 0 once told, or what was changed. */
#if defined(__x86_64__)
#define WIDE __attribute__((target("avx")))
#else
#define WIDE
#endif
typedef double wide __attribute__((vector_size(32)));

WIDE __attribute__((noinline)) static int
spin_wide(void)
{
	wide v[12];
	int bad = 0;

	for (int i = 0; i < 12; i++)
		v[i] = (wide){i + 1, i + 2, i + 3, i + 4};
#define KEEP(i) "+x"(v[i])
	while (!told)
		__asm__ volatile(""
				 : KEEP(0), KEEP(1), KEEP(2), KEEP(3), KEEP(4), KEEP(5),
				   KEEP(6), KEEP(7), KEEP(8), KEEP(9), KEEP(10),
				   KEEP(11));
	for (int i = 0; i < 12; i++)
		for (int k = 0; k < 4; k++)
			bad += v[i][k] != i + k + 1;
	return bad;
}

#if defined(__x86_64__)
/* The same with all else that a thread has: general registers, flags, the red zone, rounding of both units. */
__attribute__((noinline)) static int
spin_rest(void)
{
	const uint32_t rounds_up = 0x5f80;
	const uint16_t short_up = 0x0a7f;
	uint64_t sum = 0, flags = 0, under = 0;
	uint32_t rounds = 0, usual = 0x1f80;
	uint16_t word = 0;

	/* A function that calls others keeps nothing in the red zone itself. */
	(void)getppid();
	__asm__ volatile("ldmxcsr %[up]\n\t"
			 "fldcw %[short_up]\n\t"
			 "movl $1, %%eax\n\t"
			 "movl $2, %%ebx\n\t"
			 "movl $4, %%edx\n\t"
			 "movl $8, %%esi\n\t"
			 "movl $16, %%r8d\n\t"
			 "movl $32, %%r9d\n\t"
			 "movl $64, %%r10d\n\t"
			 "movl $128, %%r11d\n\t"
			 "movl $256, %%r12d\n\t"
			 "movl $512, %%r13d\n\t"
			 "movl $1024, %%r14d\n\t"
			 "movl $2048, %%r15d\n\t"
			 "movq $4711, -8(%%rsp)\n\t"
			 "movq $4711, -64(%%rsp)\n\t"
			 "movq $4711, -128(%%rsp)\n\t"
			 "xorl %%ecx, %%ecx\n\t"
			 "stc\n\t"
			 "std\n"
			 "1:\tmovl (%%rdi), %%ecx\n\t"
			 "jrcxz 1b\n\t"
			 /* Not by a push: that would be in the red zone. */
			 "movq -8(%%rsp), %%rcx\n\t"
			 "lea (%%rcx), %%rdi\n\t"
			 "movq -64(%%rsp), %%rcx\n\t"
			 "lea (%%rcx, %%rdi), %%rdi\n\t"
			 "movq -128(%%rsp), %%rcx\n\t"
			 "lea (%%rcx, %%rdi), %%rdi\n\t"
			 "pushfq\n\t"
			 "popq %%rcx\n\t"
			 "cld\n\t"
			 "addq %%rbx, %%rax\n\t"
			 "addq %%rdx, %%rax\n\t"
			 "addq %%rsi, %%rax\n\t"
			 "addq %%r8, %%rax\n\t"
			 "addq %%r9, %%rax\n\t"
			 "addq %%r10, %%rax\n\t"
			 "addq %%r11, %%rax\n\t"
			 "addq %%r12, %%rax\n\t"
			 "addq %%r13, %%rax\n\t"
			 "addq %%r14, %%rax\n\t"
			 "addq %%r15, %%rax\n\t"
			 : "=a"(sum), "=c"(flags), "=D"(under)
			 : "D"(&told), [up] "m"(rounds_up), [short_up] "m"(short_up)
			 : "rbx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13",
			   "r14", "r15", "memory", "cc");
	__asm__ volatile("stmxcsr %0\n\tfnstcw %1\n\tldmxcsr %2\n\tfninit"
			 : "=m"(rounds), "=m"(word)
			 : "m"(usual));
	/* What an addition left in them is not looked at: its carry and direction are. */
	return (sum != 4095) + (under != UINT64_C(3) * 4711) +
	       ((flags & 0x401) != 0x401) + ((rounds & 0xffc0) != rounds_up) +
	       (word != short_up);
}
#else
static int
spin_rest(void)
{
	while (!told)
		;
	return 0;
}
#endif

static int
spin(void)
{
#if defined(__x86_64__)
	if (!__builtin_cpu_supports("avx"))
		while (!told)
			;
	else
#endif
		return spin_wide();
	return 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "read";
	/* The C library writes only what the kernel has of them. */
	sigset_t before = {0}, after = {0};
	stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536}, now;
	int rc;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return 2;
	sigaltstack(&stack, NULL);
	sigemptyset(&before);
	sigaddset(&before, SIGUSR2);
	sigprocmask(SIG_BLOCK, &before, NULL);
	sigprocmask(SIG_BLOCK, NULL, &before);
	start_other(what);
	puts("ready");
	fflush(stdout);
	errno = 4711;
	rc = strcmp(what, "spin") == 0	 ? 1 + spin()
	     : strcmp(what, "rest") == 0 ? 1 + spin_rest()
					 : wait_for(what);
	int error = errno;
	unlink(path);
	sigprocmask(SIG_BLOCK, NULL, &after);
	sigaltstack(NULL, &now);
	printf("%s returned %d, %s, errno %s, mask %s, stack %s\n", what, rc,
	       told ? "told" : "too early", error == 4711 ? "kept" : strerror(error),
	       memcmp(&before, &after, sizeof(before)) == 0 ? "kept" : "changed",
	       now.ss_sp == stack.ss_sp ? "kept" : "changed");
	return 0;
}
