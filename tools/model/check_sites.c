/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identities between the sites of a trace and the kinds of the slot of the same instant. Called
 * by `weir stat --check` and the tests; prints nothing.
 */
#include "tools/model/check.h"
#include "tools/read/trace_view.h"

static const char *const of_sites[] = {
	"sites.live_bytes = kinds.live_bytes",
	"sites.live_count = kinds.live",
};

static const struct {
	enum weir_site_field site;
	enum weir_kind_field kind;
} fields[] = {
	{WEIR_S_live_bytes, WEIR_KF_live_bytes},
	{WEIR_S_live_count, WEIR_KF_live},
};

/* Samples stand for blocks below the floor, and maps for what is not weir's: no kind counts them. */
static unsigned __int128
sum_of_sites(const struct trace_view *v, enum weir_site_field field)
{
	unsigned __int128 sum = 0;

	for (uint32_t i = 0; i < v->n_sites; i++)
		if (trace_view_site(v, i, WEIR_S_sampled_count) == 0 &&
		    trace_view_site(v, i, WEIR_S_caller_kind) != WEIR_KIND_MMAP)
			sum += trace_view_site(v, i, field);
	return sum;
}

static unsigned __int128
sum_of_kinds(const struct sidecar *s, enum weir_kind_field field)
{
	unsigned __int128 sum = 0;

	for (uint32_t row = 0; row < s->rows[WEIR_SECTION_KINDS].records; row++)
		sum += sidecar_at(s, WEIR_SECTION_KINDS, row, field);
	return sum;
}

struct check_result
check_sites(const struct sidecar *s, const struct trace_view *v,
	    struct check_failure *failures, size_t max)
{
	struct check_result result = {0};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		unsigned __int128 left = sum_of_sites(v, fields[i].site);
		unsigned __int128 right = sum_of_kinds(s, fields[i].kind);

		if (v->cut || v->head.monotonic_ns != s->slot.monotonic_ns ||
		    !sidecar_has(s, WEIR_SECTION_KINDS, 0, fields[i].kind)) {
			result.skipped++;
		} else if (left == right) {
			result.held++;
		} else if (result.failed++ < max) {
			struct check_failure *f = &failures[result.failed - 1];

			f->identity = of_sites[i];
			f->row = CHECK_NO_ROW;
			check_print_wide(f->left, left);
			check_print_wide(f->right, right);
		}
	}
	return result;
}
