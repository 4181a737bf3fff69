/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Learning how much of zeroed blocks is used.
 */
#include "policy/zero.h"

/* Below this share, fresh pages are cheaper than clearing: 7 % measured, in 1/256 parts. */
#define SPARSE 18
/* Look again how a size is used after so many cleared ones: costs at most 5 %. */
#define LOOK_EVERY 256

/* Measured: to look, to give back and to fault one page take as long as to clear this. */
#define WORTH_BYTES (512u << 10)

bool
weir_zero_worth(uint64_t bytes)
{
	return bytes >= WORTH_BYTES;
}

uint32_t
weir_zero_row(uint64_t bytes)
{
	if (bytes < 4)
		return (uint32_t)bytes;
	uint32_t log2 = 63 - (uint32_t)__builtin_clzll(bytes);
	return (log2 - 1) * 4 + ((bytes >> (log2 - 2)) & 3);
}

bool
weir_zero_pages(struct weir_zero_memory *m)
{
	if (m->seen == 0 || m->touched < SPARSE || m->since_look >= LOOK_EVERY) {
		m->since_look = 0;
		return true;
	}
	m->since_look++;
	return false;
}

void
weir_zero_learn(struct weir_zero_memory *m, uint32_t touched)
{
	/* The first few count fully, later ones by an eighth: old habits fade. */
	int weight = m->seen < 8 ? m->seen + 1 : 8;
	int mean = m->touched + ((int)touched - m->touched) / weight;

	/* Integer steps must be able to reach both ends. */
	if (mean == m->touched && (int)touched != mean)
		mean += (int)touched > mean ? 1 : -1;
	m->touched = (uint16_t)mean;
	if (m->seen < UINT16_MAX)
		m->seen++;
}

bool
weir_zero_sparse(uint32_t touched)
{
	return touched < SPARSE;
}
