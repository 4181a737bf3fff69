/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For files that call what glibc 2.34 moved into libc.so: what is built here starts with every glibc from
 * 2.17 on, because each such function is asked for under its first version. Before 2.34 they are those of
 * libpthread and libdl, which not every program loads: so they are weak, and who calls one looks first.
 * tests/repo/libc_versions.bats reads what the libraries ask for.
 */
#ifndef POOL_OLD_LIBC_H
#define POOL_OLD_LIBC_H

#include <dlfcn.h>
#include <pthread.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER /* which has functions of these names itself, of no version */
#endif

/*
 * A static library is linked by whoever uses it, with the C library that is there. Before glibc 2.34 there is but the
 * first version, and the linker knows none of a weak function's whose library it is not given.
 */
#if defined(__GLIBC__) && defined(__PIC__) && !defined(__PIE__) && !defined(HAS_SANITIZER)
#if !__GLIBC_PREREQ(2, 34)
#elif defined(__x86_64__)
#define AT_FIRST(name) __asm__(".symver " #name ", " #name "@GLIBC_2.2.5")
#elif defined(__aarch64__)
#define AT_FIRST(name) __asm__(".symver " #name ", " #name "@GLIBC_2.17")
#endif
#endif

#ifdef AT_FIRST
AT_FIRST(dlerror);
AT_FIRST(pthread_key_create);
AT_FIRST(pthread_mutex_trylock);
AT_FIRST(pthread_once);
AT_FIRST(pthread_setspecific);
#undef AT_FIRST
#endif

#pragma weak dlerror
#pragma weak pthread_key_create
#pragma weak pthread_setspecific

#endif
