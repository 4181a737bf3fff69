/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests and benchmarks that call what the C library of Debian 11 lacks. Its mallinfo, with figures of 32 bits, is enough
 * where only the call counts.
 */
#ifndef TESTS_OLD_GLIBC_H
#define TESTS_OLD_GLIBC_H

#include <malloc.h>
#include <unistd.h>

#ifdef __GLIBC__
#if !__GLIBC_PREREQ(2, 33)
#define HAS_NO_MALLINFO2
#define mallinfo2 mallinfo
#endif
#if !__GLIBC_PREREQ(2, 34)
static inline void
closefrom(int lowest)
{
	for (int fd = lowest; fd < sysconf(_SC_OPEN_MAX); fd++)
		close(fd);
}
#endif
#endif

#endif
