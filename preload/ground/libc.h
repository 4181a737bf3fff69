/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What glibc declares, and an older glibc or musl does not. The shim has all of it whatever C library it
 * was built with, since programs may call it.
 */
#ifndef PRELOAD_LIBC_H
#define PRELOAD_LIBC_H

#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>

#if !defined(__GLIBC__) || (__GLIBC__ == 2 && __GLIBC_MINOR__ < 33)
struct mallinfo2 {
	size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks,
		fordblks, keepcost;
};
struct mallinfo2 mallinfo2(void);
#endif

#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

/* By no C library, or only by newer ones. */
struct iovec;
long mbind(void *addr, unsigned long bytes, int mode, const unsigned long *nodes,
	   unsigned long most, unsigned flags);
int mlock2(const void *addr, size_t bytes, unsigned flags);
int pkey_mprotect(void *addr, size_t bytes, int protection, int key);
ssize_t process_madvise(int of, const struct iovec *ranges, size_t n, int advice,
			unsigned flags);

#ifdef __GLIBC__
#include <gnu/lib-names.h> /* LIBC_SO */
typedef __rlimit_resource_t limit_resource;
#else
#define LIBC_SO	      "libc.so" /* by which musl knows itself, whatever its file */
typedef int limit_resource;
typedef long Lmid_t;
#define LM_ID_BASE    0
#define RTLD_DEEPBIND 0 /* no such mode */
#undef mmap64
#undef setrlimit64
#undef prlimit64
#undef rlimit64
#undef off64_t
#define rlimit64 rlimit
#define off64_t	 off_t

int malloc_trim(size_t pad);
void *pvalloc(size_t size);
void *dlmopen(Lmid_t space, const char *file, int mode);
int pthread_clockjoin_np(pthread_t thread, void **result, clockid_t clock,
			 const struct timespec *until);
#endif

#endif
