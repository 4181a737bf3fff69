/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel hands the file out in pieces, and goes on at the address where it stopped: a mapping that has
 * grown meanwhile is listed once more. Then the second time counts.
 */
#include "tools/read/smaps.h"

#include <inttypes.h>
#include <stdio.h>

static uint64_t
overlap(uint64_t from, uint64_t to, const struct proc_range *ranges, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t base = ranges[i].base, end;

		if (__builtin_add_overflow(base, ranges[i].bytes, &end))
			continue;
		uint64_t lo = from > base ? from : base, hi = to < end ? to : end;

		if (lo < hi)
			sum += hi - lo;
	}
	return sum;
}

void
smaps_line(struct smaps_sum *s, const char *line)
{
	uint64_t from, to, kb;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &from, &to) == 2) {
		if (from < s->to)
			s->bytes -= s->counted;
		s->from = from;
		s->to = to;
		s->common = overlap(from, to, s->ranges, s->n);
		s->counted = 0;
	} else if (s->common > 0 && sscanf(line, "Rss: %" SCNu64 " kB", &kb) == 1) {
		s->counted = kb < s->common / 1024 ? kb * 1024 : s->common;
		s->bytes += s->counted;
	}
}
