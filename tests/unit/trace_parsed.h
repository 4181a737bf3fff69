/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sample trace as the reader takes it, for the tests of the reader.
 */
#ifndef TESTS_UNIT_TRACE_PARSED_H
#define TESTS_UNIT_TRACE_PARSED_H

#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/tools/sidecar_sample.h"
#include "tests/tools/trace_sample.h"
#include "tools/read/trace_view.h"

static struct trace_sample *sample;
static struct trace_view view;
static char why[TRACE_VIEW_WHY];

/* From a copy of exactly n bytes, so that a sanitizer sees any read beyond them. */
static int
parse(size_t n)
{
	size_t all;
	const void *bytes = trace_sample_bytes(sample, &all);
	void *copy;
	int rc;

	n = n < all ? n : all;
	copy = malloc(n > 0 ? n : 1);
	memcpy(copy, bytes, n);
	rc = trace_view_parse(&view, copy, n, why);
	free(copy);
	return rc;
}

static void
story(void)
{
	if (sample != NULL)
		trace_sample_free(sample);
	sample = trace_sample_new();
	trace_sample_story(sample);
}

#endif
