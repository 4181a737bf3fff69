/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wording of the account. What is not known is said as that, never as 0.
 */
#include "tools/view/resident_text.h"

#include <string.h>

#include "tools/text/json.h"
#include "tools/text/show.h"

#define UNRECORDED_LEAST ((uint64_t)1 << 20)
#define WORTH_SAYING	 ((uint64_t)16 << 20)
#define SUM_COLUMNS	 96

/* Where it goes in a sentence. */
static const char *
in_a_sum(const struct resident_row *row)
{
	return strcmp(row->name, "live") == 0	  ? "live in weir"
	       : strcmp(row->name, "cached") == 0 ? "cached by weir"
						  : row->meaning;
}

void
resident_text_sum(const struct resident *r, FILE *out)
{
	struct resident_row rows[WEIR_N_MEMORY_PARTS];
	size_t n = resident_rows(r, rows);
	const char *between = "";
	char v[SHOW_VALUE];
	int column;

	if (r->rss_bytes == 0) {
		fputs("resident memory: not recorded at that instant\n", out);
		return;
	}
	column = fprintf(out, "resident %s = ", show_bytes(v, r->rss_bytes));
	for (size_t i = 0; i < n; i++) {
		char part[128];

		if (rows[i].bytes == 0)
			continue;
		show_format(part, sizeof(part), "%s %s", show_bytes(v, rows[i].bytes),
			    in_a_sum(&rows[i]));
		if (between[0] != '\0' && column + 3 + (int)strlen(part) > SUM_COLUMNS) {
			fputs("\n ", out);
			column = 1;
		}
		column += fprintf(out, "%s%s", between, part);
		between = " + ";
	}
	putc('\n', out);
}

static void
print_script(const struct resident *r, FILE *out, int indent)
{
	char v[SHOW_VALUE];

	if (!r->v8)
		return;
	if (r->js_used_bytes != 0)
		fprintf(out, "%*sof V8's heap %s were in use at its last collection\n",
			indent, "", show_bytes(v, r->js_used_bytes));
	else
		fprintf(out,
			"%*swhat of V8's heap is in use is not known: no full collection "
			"was seen\n",
			indent, "");
}

static void
print_next(const struct resident *r, FILE *out, int indent)
{
	char used[SHOW_VALUE], kept[SHOW_VALUE], age[SHOW_VALUE];
	uint64_t bytes;

	if (r->part_bytes[WEIR_PART_OF_NEXT] == 0)
		return;
	if (resident_next_free(r, &bytes))
		fprintf(out,
			"%*sof the own allocator's memory %s are in use and %s free and "
			"kept, as it told %s before\n",
			indent, "",
			show_bytes(used, r->part_bytes[WEIR_PART_OF_NEXT] - bytes),
			show_bytes(kept, bytes), show_duration(age, r->next_age_ns));
	else if (r->part_bytes[WEIR_PART_OF_NEXT] >= WORTH_SAYING)
		fprintf(out,
			"%*show much of the own allocator's memory is free is not known: "
			"it was not asked yet\n",
			indent, "");
}

void
resident_text_notes(const struct resident *r, FILE *out, int indent)
{
	char age[SHOW_VALUE], bytes[SHOW_VALUE];

	if (r->rss_bytes == 0)
		return;
	if (!r->parts_known) {
		fprintf(out,
			"%*swhat is not weir's is not split: smaps may not be read now, "
			"and the process did not look (it does from its first second "
			"on)\n",
			indent, "");
		return;
	}
	if (r->unrecorded_bytes >= UNRECORDED_LEAST)
		fprintf(out,
			"%*sat least %s that weir serves came after the last write and "
			"has no line yet: a process of one thread writes when it asks "
			"for memory\n",
			indent, "", show_bytes(bytes, r->unrecorded_bytes));
	if (r->age_ns != 0)
		fprintf(out, "%*sas the process saw it %s before its last write\n",
			indent, "", show_duration(age, r->age_ns));
	print_script(r, out, indent);
	print_next(r, out, indent);
}

void
resident_json(struct json *j, const struct resident *r)
{
	uint64_t bytes;

	if (!r->parts_known) {
		json_null(j, "parts");
	} else {
		json_open(j, "parts", '{');
		for (int i = 0; i < WEIR_N_MEMORY_PARTS; i++)
			json_u64(j, resident_part_name((enum weir_memory_part)i),
				 r->part_bytes[i]);
		json_close(j, '}');
	}
	json_number(j, "parts_age_seconds", (double)r->age_ns / 1e9);
	if (r->js_used_bytes != 0)
		json_u64(j, "script_used_bytes", r->js_used_bytes);
	else
		json_null(j, "script_used_bytes");
	if (resident_next_free(r, &bytes)) {
		json_u64(j, "next_used_bytes", r->next_used_bytes);
		json_u64(j, "next_free_bytes", bytes);
	} else {
		json_null(j, "next_used_bytes");
		json_null(j, "next_free_bytes");
	}
}
