/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The intrinsics of x86-64, for all kernels with wide registers. gcc before 10.3 takes _mm256_zeroupper() to end whole registers, and so
 * drops what it has put aside in one itself (its bug 99563): there it is told that they all end, and puts nothing aside.
 */
#ifndef ENCODE_ZERO_UPPER_H
#define ENCODE_ZERO_UPPER_H

#include <immintrin.h>

#if !defined(__clang__) && (__GNUC__ < 10 || (__GNUC__ == 10 && __GNUC_MINOR__ < 3))
#define _mm256_zeroupper()                                                               \
	__asm__ volatile("vzeroupper"                                                    \
			 :                                                               \
			 :                                                               \
			 : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",       \
			   "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",   \
			   "xmm14", "xmm15")
#endif

#endif
