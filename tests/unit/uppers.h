/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the upper halves of the vector registers are in use: a library that leaves them so makes
 * its host's own code several times slower. For the tests of kernels.
 */
#ifndef TESTS_UNIT_UPPERS_H
#define TESTS_UNIT_UPPERS_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <cpuid.h>

/* Whether the processor and the system say which parts of the registers are in use. */
static inline bool
uppers_known(void)
{
	static int known = -1; /* asking takes long under a hypervisor */
	uint32_t a, b, c, d;

	if (known < 0)
		known = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE) &&
			__get_cpuid_count(13, 1, &a, &b, &c, &d) && (a & 4);
	return known;
}

static inline bool
uppers_dirty(void)
{
	uint32_t a, d;

	if (!uppers_known())
		return false;
	__asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(1));
	return (a & 0x44) != 0;
}

/* As a kernel would that forgets vzeroupper. Needs AVX2. */
static inline void
uppers_soil(void)
{
	__asm__ volatile("vpcmpeqd %%ymm0, %%ymm0, %%ymm0" : : : "xmm0");
}

static inline void
uppers_clean(void)
{
	__asm__ volatile("vzeroupper");
}
#else
static inline bool
uppers_known(void)
{
	return false;
}

static inline bool
uppers_dirty(void)
{
	return false;
}

static inline void
uppers_soil(void)
{
}

static inline void
uppers_clean(void)
{
}
#endif

#endif
