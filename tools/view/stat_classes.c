/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which size classes are worth a row. A Node uses a dozen of them before its first line runs.
 */
#include "tools/view/stat_classes.h"

#include "tools/model/derive.h"

#define MOST_CLASSES 8 /* rows of them, that the rest has its place on a screen */

/* What a class holds, and of those that hold nothing how often it was asked. */
static bool
matters_more(const struct sidecar *s, uint32_t a, uint32_t b)
{
	uint32_t rows[] = {a, b};
	uint64_t held[2], gets[2];

	for (int i = 0; i < 2; i++) {
		held[i] = sidecar_class(s, rows[i], WEIR_K_capacity_bytes) / 4096 *
			  (sidecar_class(s, rows[i], WEIR_K_live) +
			   sidecar_class(s, rows[i], WEIR_K_cached));
		gets[i] = sidecar_class(s, rows[i], WEIR_K_gets);
	}
	if (held[0] != held[1])
		return held[0] > held[1];
	return gets[0] != gets[1] ? gets[0] > gets[1] : a < b;
}

bool
stat_classes_matters(const struct sidecar *s, uint32_t row)
{
	int above = 0;

	for (uint32_t other = 0; other < s->rows[WEIR_SECTION_CLASSES].records; other++)
		above += other != row && derive_class_used(s, other) &&
			 matters_more(s, other, row);
	return above < MOST_CLASSES;
}
