/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which tier is in use: the scalar one until the constructor has found out what the processor has and
 * the operating system saves (XCR0). Without ifunc and __builtin_cpu_supports, which may run too early
 * in a process that this library is loaded into.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "encode/state.h"
#include "policy/options.h"

#define TIERS_MAX 5

const struct codec_tier *codec_current = &codec_scalar;
size_t codec_stream_bytes = (size_t)16 << 20;

static const struct codec_tier *available[TIERS_MAX + 1] = {&codec_scalar};

#if defined(__x86_64__)

#include <cpuid.h>

struct cpu {
	bool sse4, avx2, avx512;
};

static uint64_t
xcr0(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static struct cpu
ask_cpu(void)
{
	enum { XMM_YMM = 0x06, ALL_ZMM = 0xe6 };
	const uint32_t avx2 = bit_AVX2 | bit_BMI,
		       popcnt_osxsave = bit_OSXSAVE | bit_POPCNT;
	/* The one with VBMI2 also runs at full clock; older ones do not (Skylake-X). */
	const uint32_t bw = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
	const uint32_t vbmi = bit_AVX512VBMI | bit_AVX512VBMI2 | bit_GFNI;
	uint32_t a, b, c, d, leaf1, leaf7b = 0, leaf7c = 0;
	struct cpu cpu = {0};

	if (!__get_cpuid(1, &a, &b, &leaf1, &d))
		return cpu;
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
		leaf7b = b;
		leaf7c = c;
	}
	cpu.sse4 = (leaf1 & (bit_SSSE3 | bit_SSE4_1)) == (bit_SSSE3 | bit_SSE4_1);
	if ((leaf1 & popcnt_osxsave) != popcnt_osxsave)
		return cpu;
	uint64_t state = xcr0();
	cpu.avx2 = cpu.sse4 && (leaf7b & avx2) == avx2 && (state & XMM_YMM) == XMM_YMM;
	cpu.avx512 = cpu.avx2 && (leaf7b & bit_BMI2) && (leaf7b & bw) == bw &&
		     (leaf7c & vbmi) == vbmi && (state & ALL_ZMM) == ALL_ZMM;
	return cpu;
}

static void
list_tiers(void)
{
	struct cpu cpu = ask_cpu();
	size_t n = 0;

	if (cpu.avx512 && codec_avx512 != NULL)
		available[n++] = codec_avx512;
	if (cpu.avx2 && codec_avx2 != NULL)
		available[n++] = codec_avx2;
	if (cpu.sse4 && codec_sse4 != NULL)
		available[n++] = codec_sse4;
	available[n] = &codec_scalar;
}

#else

static void
list_tiers(void)
{
	if (codec_neon != NULL) {
		available[0] = codec_neon;
		available[1] = &codec_scalar;
	}
}

#endif

const struct codec_tier *const *
codec_available(void)
{
	return available;
}

int
codec_force(const char *name)
{
	for (size_t i = 0; available[i] != NULL; i++)
		if (strcmp(available[i]->name, name) == 0) {
			__atomic_store_n(&codec_current, available[i], __ATOMIC_RELAXED);
			return 0;
		}
	return -ENOENT;
}

__attribute__((constructor)) static void
choose(void)
{
	struct weir_options o;
	int saved_errno = errno;

	list_tiers();
	weir_options_defaults(&o);
	weir_options_parse(&o, secure_getenv("WEIR_OPTIONS"), NULL, 0);
	/* A name that is not there, "auto" among them: the best. */
	if (codec_force(o.isa) != 0)
		__atomic_store_n(&codec_current, available[0], __ATOMIC_RELAXED);
	errno = saved_errno;
}

EXPORT const char *
weir_isa(void)
{
	return codec()->name;
}
